"""Checks a file against its model, and explains what is wrong; the JSON Schemas for editors."""
