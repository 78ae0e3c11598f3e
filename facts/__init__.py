"""What the providers say about their types: a file for each provider, and the one reader of them all."""
