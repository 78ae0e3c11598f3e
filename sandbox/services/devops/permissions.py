"""Who may do what."""

from __future__ import annotations

from sandbox.cloud.request import Request
from sandbox.services.devops.devops_resource import (
    DevOpsResource,
)
from sandbox.services.resource_type import Arguments
from sandbox.services.rules import IS_UUID, ProviderRules


class SecurityRoleAssignment(DevOpsResource, type_name="azuredevops_securityrole_assignment"):
    """A role of a group or person on something. Granted again, it is granted as if for the first time."""

    import_names_project = False
    rules = ProviderRules(force_new=("resource_id", "identity_id"), values={"identity_id": IS_UUID})

    def new_id(self, request: Request, arguments: Arguments) -> str:
        """Return the provider's id: what the role is on, and whose it is."""
        return f"{arguments['scope']}/{arguments['resource_id']}/{arguments['identity_id']}"
