"""Checks Azure Pipelines YAML against the platform's settings, without running or deploying anything."""
