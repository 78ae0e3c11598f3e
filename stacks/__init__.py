"""The stacks: one for what is shared, one for each environment. They only compose constructs."""
