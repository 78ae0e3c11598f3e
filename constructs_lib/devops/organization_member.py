"""A managed identity as a member of the Azure DevOps organization, and what it may do in the project."""

from __future__ import annotations

from typing import Literal

from cdktf import Fn, TerraformStack

from constructs_lib.bindings import azuredevops
from constructs_lib.devops.project import Project

EverywhereRole = Literal["Reader", "Creator"]
"""Whoever is a Creator administers what it has created, and nothing else. Administrators would open others' gates."""


class OrganizationMember:
    """A service principal that Terraform signs in to Azure DevOps with.

    To add one, take a Project Collection Administrator. With the access level ``stakeholder`` it sees no repositories.
    """

    def __init__(
        self,
        scope: TerraformStack,
        id_: str,
        *,
        project: Project,
        principal_id: str,
        license_: Literal["express", "stakeholder"],
        group: str,
    ) -> None:
        """Add the service principal to the organization, and to ``group``, which every project has."""
        self._scope, self._id, self._project = scope, id_, project
        self._member = azuredevops.ServicePrincipalEntitlement(
            scope, id_, origin_id=principal_id, account_license_type=license_
        )
        azuredevops.GroupMembership(
            scope,
            f"{id_}_group",
            group=project.built_in_group(group),
            members=[self._member.descriptor],
            mode="add",
        )

    def give_role(self, role: EverywhereRole) -> None:
        """Give it a role on the project's whole Library, on all service connections and all environments."""
        project_id = self._project.id
        for key, (security_scope, resource_id) in {
            # Not an f-string: "$" and "{" next to each other mean something else to Terraform.
            "library": ("distributedtask.library", Fn.join("$", [project_id, "0"])),
            "connections": ("distributedtask.project.serviceendpointrole", project_id),
            "environments": ("distributedtask.globalenvironmentreferencerole", project_id),
        }.items():
            azuredevops.SecurityroleAssignment(
                self._scope,
                f"{self._id}_{key}",
                scope=security_scope,
                resource_id=resource_id,
                identity_id=self._member.id,
                role_name=role,
            )
