"""Azure DevOps's types, as microsoft/azuredevops shows them."""
