"""The Library as it is, against the configuration."""
