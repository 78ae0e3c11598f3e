"""What the organization and the subscriptions are like now, against the configuration. Everything here reads."""
