"""Constructs of the Azure DevOps side: variable groups, approval environments, connections, teams."""
