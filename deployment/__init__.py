"""What cdktf wrote, what it prints and what comes of it: read by ``cli/`` and ``sandbox/``."""
