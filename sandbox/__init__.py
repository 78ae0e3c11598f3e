"""The sandbox: offline stand-ins for Azure and Azure DevOps that the real ``terraform`` plans and applies against.

Four executables speak Terraform's plugin protocol for hashicorp/azurerm, microsoft/azuredevops, azure/azapi and
hashicorp/time (which does not wait).
What they create are JSON files in one folder, the stand-in cloud, which can be read, edited and deleted by hand, and
read through the REST APIs of both services.
No network, no account and no registry is involved. ``python -m sandbox --help`` lists the commands.
"""
