"""Typed bindings of the three providers. Nothing here knows this platform."""
