"""Constructs of the Azure side: workspace, compute, registry, storage, key vault, identity, monitoring."""
