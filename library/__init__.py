"""The Library as it is, brought into the configuration."""
