"""What can be asked of Azure DevOps, a module a subject. Each function takes the :class:`client.services.Services`.

Attributes have Azure DevOps's own names in snake case: ``modifiedOn`` is ``modified_on``. The pages of documentation
that the modules name lie below https://learn.microsoft.com/rest/api/azure/devops/.
"""
