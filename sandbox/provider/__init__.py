"""Terraform's door to the stand-in cloud: its plugin protocol, and how a provider plans a change."""
