"""The client of the live services: documented REST calls of Azure DevOps 7.1 and of Azure Resource Manager.

:func:`client.services.connect` opens it. What can be asked stands in :mod:`client.devops`, a module a subject, and in
:mod:`client.azure`. Whatever goes wrong is a :class:`client.errors.ServiceError`, with which a command cannot be done:
exit code 3.
"""
