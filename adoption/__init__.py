"""Finds by name what exists of what the stacks describe, so that Terraform can take it over."""
