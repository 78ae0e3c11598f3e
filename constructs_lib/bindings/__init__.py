"""Typed bindings of the four providers. Nothing here knows this platform."""
