"""Reads a pipeline: its YAML, its templates and expressions as Azure DevOps expands them, its stages and jobs."""
