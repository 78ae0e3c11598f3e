"""Constructs of the platform: ``azure``, ``devops`` and the provider ``bindings`` they stand on."""
