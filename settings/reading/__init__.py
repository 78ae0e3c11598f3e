"""Reads YAML with the place of every key and value, and reports a mistake."""
