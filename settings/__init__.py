"""Reads `config/` into frozen settings; every mistake is reported with its place and its remedy."""
