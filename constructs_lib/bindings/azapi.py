"""The ``azure/azapi`` provider, bound by hand: resources that azurerm does not have.

Source: documentation of azure/azapi 2.12, provider index and resource ``azapi_resource``.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar, Literal, TypeAlias

from cdktf import IResolvable, ITerraformDependable, TerraformProvider, TerraformResourceLifecycle
from constructs import Construct

from constructs_lib.bindings.terraform import BoundDataSource, BoundProvider, BoundResource

BodyValue: TypeAlias = "str | float | bool | IResolvable | Sequence[BodyValue] | Mapping[str, BodyValue]"


class AzapiProvider(BoundProvider):
    """Configuration of ``azure/azapi``.

    Secrets (client secret, certificate, OIDC token) cannot be bound: the credential comes from the
    environment. Unset arguments are read from their ``ARM_*`` variables.

    Source: azapi documentation, provider index.
    """

    TF_RESOURCE_TYPE: ClassVar[str] = "azapi"
    SOURCE: ClassVar[str] = "azure/azapi"
    VERSION_CONSTRAINT: ClassVar[str] = "~> 2.12"

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        subscription_id: str | None = None,
        tenant_id: str | None = None,
        client_id: str | None = None,
        use_cli: bool | None = None,
        use_msi: bool | None = None,
        use_oidc: bool | None = None,
        oidc_azure_service_connection_id: str | None = None,
        skip_provider_registration: bool | None = None,
        disable_default_output: bool | None = None,
        enable_preflight: bool | None = None,
        alias: str | None = None,
    ) -> None:
        """Configure the provider.

        ``disable_default_output`` keeps the read-only part of every response out of the state unless a
        resource asks for it. ``skip_provider_registration`` leaves Azure resource providers unregistered.
        ``enable_preflight`` asks Azure to validate a new resource during the plan.
        """
        super().__init__(
            scope,
            id_,
            {
                "subscription_id": subscription_id,
                "tenant_id": tenant_id,
                "client_id": client_id,
                "use_cli": use_cli,
                "use_msi": use_msi,
                "use_oidc": use_oidc,
                "oidc_azure_service_connection_id": oidc_azure_service_connection_id,
                "skip_provider_registration": skip_provider_registration,
                "disable_default_output": disable_default_output,
                "enable_preflight": enable_preflight,
            },
            alias=alias,
        )


@dataclass(frozen=True, kw_only=True)
class ResourceIdentity:
    """The ``identity`` block. ``identity_ids`` are the ids of user-assigned identities."""

    type: Literal["SystemAssigned", "UserAssigned", "SystemAssigned, UserAssigned", "None"]
    identity_ids: Sequence[str] | None = None


@dataclass(frozen=True, kw_only=True)
class ResourceRetry:
    """The ``retry`` argument: repeat a request whose error matches one of the regular expressions.

    ``interval_seconds`` is 1 to 120 (provider default 10), ``max_interval_seconds`` 1 to 300 (180).
    """

    error_message_regex: Sequence[str]
    interval_seconds: float | None = None
    max_interval_seconds: float | None = None


class Resource(BoundResource):
    """``azapi_resource``: any Azure Resource Manager resource, described by its REST body.

    Not for a type that azurerm has: azurerm checks more at plan time.

    Source: azapi documentation, resource ``azapi_resource``.
    """

    TF_RESOURCE_TYPE: ClassVar[str] = "azapi_resource"

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        type: str,
        name: str,
        parent_id: str,
        body: Mapping[str, BodyValue],
        sensitive_body: Mapping[str, BodyValue] | None = None,
        location: str | None = None,
        tags: Mapping[str, str] | None = None,
        identity: ResourceIdentity | None = None,
        schema_validation_enabled: bool | None = None,
        response_export_values: Sequence[str] | Mapping[str, str] | None = None,
        ignore_casing: bool | None = None,
        ignore_missing_property: bool | None = None,
        retry: ResourceRetry | None = None,
        depends_on: Sequence[ITerraformDependable] | None = None,
        lifecycle: TerraformResourceLifecycle | None = None,
        provider: TerraformProvider | None = None,
    ) -> None:
        """Create the resource.

        ``type`` is ``<resource type>@<API version>``. Changing ``name`` or ``parent_id`` (of a top-level
        resource: its resource group's id) replaces the resource.

        ``body`` is the request body with the REST API's own camelCase names, without ``name``,
        ``location``, ``tags`` and ``identity``; it cannot hold nulls, and no secrets, since it is stored in
        the state. ``schema_validation_enabled`` (default true) checks it against the schema built into the
        provider: turn it off only for an API version newer than that. ``sensitive_body`` is merged into it in
        every request and is write-only: it is in no plan and no state, and needs Terraform 1.11.

        ``response_export_values`` are the response paths kept in ``output``, or a mapping of name to
        JMESPath. ``ignore_casing`` (default false) and ``ignore_missing_property`` (default true) say which
        differences between body and response are no drift.
        """
        super().__init__(
            scope,
            id_,
            {
                "type": type,
                "name": name,
                "parent_id": parent_id,
                "body": body,
                "sensitive_body": sensitive_body,
                "location": location,
                "tags": tags,
                "identity": identity,
                "schema_validation_enabled": schema_validation_enabled,
                "response_export_values": response_export_values,
                "ignore_casing": ignore_casing,
                "ignore_missing_property": ignore_missing_property,
                "retry": retry,
            },
            depends_on=depends_on,
            lifecycle=lifecycle,
            provider=provider,
        )
        self._tags = tags

    @property
    def principal_id(self) -> str:
        """Object id of the system-assigned identity; needs an ``identity`` block."""
        return self.get_string_attribute("identity[0].principal_id")

    @property
    def output(self) -> IResolvable:
        """Everything exported from the response."""
        return self.interpolation_for_attribute("output")

    def output_string(self, path: str) -> str:
        """Return one exported string, such as ``properties.discoveryUrl``."""
        return self.get_string_attribute(f"output.{path}")

    @property
    def tags(self) -> Mapping[str, str]:
        """The resource's tags, as a token."""
        return self.get_string_map_attribute("tags")

    @tags.setter
    def tags(self, value: Mapping[str, str]) -> None:
        self._tags = value
        self._given["tags"] = dict(value)

    @property
    def tags_input(self) -> Mapping[str, str] | None:
        """The tags as given, under the name that azurerm's generated classes use."""
        return self._tags


class DataAzapiResourceAction(BoundDataSource):
    """``data.azapi_resource_action``: what an action of a resource answers. It runs with every plan.

    Not for an action that changes something.

    Source: azapi documentation, data source ``azapi_resource_action``.
    """

    TF_RESOURCE_TYPE: ClassVar[str] = "azapi_resource_action"

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        type: str,
        resource_id: str,
        action: str | None = None,
        method: Literal["POST", "GET"] | None = None,
        sensitive_response_export_values: Sequence[str] | Mapping[str, str] | None = None,
        depends_on: Sequence[ITerraformDependable] | None = None,
        provider: TerraformProvider | None = None,
    ) -> None:
        """Run ``action``, the path behind ``resource_id``, with ``method`` (provider default POST).

        ``type`` is the resource's type with the API version. ``sensitive_response_export_values`` are the
        response paths kept in ``sensitive_output``, or a mapping of name to JMESPath.
        """
        super().__init__(
            scope,
            id_,
            {
                "type": type,
                "resource_id": resource_id,
                "action": action,
                "method": method,
                "sensitive_response_export_values": sensitive_response_export_values,
            },
            depends_on=depends_on,
            provider=provider,
        )

    def sensitive_output_string(self, path: str) -> str:
        """Return one exported string. Terraform hides it in what it prints; it is in the state."""
        return self.get_string_attribute(f"sensitive_output.{path}")
