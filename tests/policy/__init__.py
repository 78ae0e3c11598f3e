"""Checkov's Azure policies over the synthesized stacks."""
