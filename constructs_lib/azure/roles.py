"""Azure's built-in roles that this platform grants, by their names."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

ROLES: Mapping[str, str] = {
    "AcrPull": "7f951dda-4ed3-4680-a7ca-43fe172d538d",
    "Azure AI Enterprise Network Connection Approver": "b556d68e-0be0-4f35-a333-ad7ee1ce17ea",
    "AzureML Compute Operator": "e503ece1-11d0-4e8e-8e2c-7a6c3bf38815",
    "AzureML Data Scientist": "f6c7c914-8db3-469d-8ca1-694a8f32e121",
    "Contributor": "b24988ac-6180-42a0-ab88-20f7382dd24c",
    "Key Vault Administrator": "00482a5a-887f-4fb3-b363-3b7fe8e74483",
    "Key Vault Secrets User": "4633458b-17de-408a-b874-0445c86b69e6",
    "Locks Contributor": "28bf596f-4eb7-45ce-b5bc-6cf482fec137",
    "Log Analytics Contributor": "92aaf0da-9dab-42b6-94a3-d43ce8d16293",
    "Managed Identity Operator": "f1a07417-d97a-45cb-824c-7a7467783830",
    "Monitoring Metrics Publisher": "3913510d-42f4-4e42-8a64-420c390055eb",
    "Monitoring Reader": "43d0d8ad-25c7-4714-9337-8ba259a9fe05",
    "Reader": "acdd72a7-3385-48ef-bd42-f606fba81ae7",
    "Resource Policy Contributor": "36243c78-bf99-498c-9df9-86d9f8d28608",
    "Role Based Access Control Administrator": "f58310d9-a9f6-439a-9e8d-f62e7b41a168",
    "Storage Account Backup Contributor": "e5e2a7ff-d759-4cd2-bb51-3152d37e2eb1",
    "Storage Blob Data Contributor": "ba92f5b4-2d11-453d-a403-e96b0029c9fe",
    "Storage Blob Data Reader": "2a2b9908-6ea1-4ae2-8e65-a410df84e7d1",
    "Storage File Data Privileged Contributor": "69566ab7-960f-475b-8e7c-b3118f30c6bd",
    "Storage File Data Privileged Reader": "b8eda974-7b85-4f76-af95-65846b26df6d",
    "Storage Queue Data Contributor": "974c5e8b-45b9-4653-ba55-5f855dd0fb88",
    "Storage Table Data Contributor": "0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3",
}
"""The last part of the id of each role's definition, the same for every customer.

Source: Azure, "Azure built-in roles".
"""

FOR_APPLYING = ("Locks Contributor", "Resource Policy Contributor", "Role Based Access Control Administrator")
"""Those that only an identity has which applies Terraform: it cannot hand them on."""


def role_definition_id(subscription_id: str, role: str) -> str:
    """Return the id of a role's definition as a subscription has it. Raises KeyError for a role that is not above."""
    return f"/subscriptions/{subscription_id}/providers/Microsoft.Authorization/roleDefinitions/{ROLES[role]}"


def may_assign(roles: Iterable[str]) -> str:
    """Return the condition of a Role Based Access Control Administrator who may give and take these ``roles`` alone.

    Source: Azure, "Examples to delegate Azure role assignment management with conditions".
    """
    ids = ", ".join(ROLES[role] for role in sorted(roles))
    assignments = "Microsoft.Authorization/roleAssignments"
    return " AND ".join(
        f"((!(ActionMatches{{'{assignments}/{action}'}})) OR "
        f"(@{of}[{assignments}:RoleDefinitionId] ForAnyOfAnyValues:GuidEquals {{{ids}}}))"
        for action, of in (("write", "Request"), ("delete", "Resource"))
    )
