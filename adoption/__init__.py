"""Finds by name what exists in Azure and Azure DevOps of what the stacks describe, so that Terraform can take it over."""
