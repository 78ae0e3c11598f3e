"""Azure's types, as hashicorp/azurerm and azure/azapi show them."""
