"""The second door: the REST APIs of Azure Resource Manager and Azure DevOps, over the same services and cloud."""
