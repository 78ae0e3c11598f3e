"""The network of an environment: its own or that of others, private endpoints, and the ways out."""
