"""The ``azure/azapi`` provider, bound by hand: resources that azurerm does not have.

Source: documentation of azure/azapi 2.12; each class starts with the name of its page.
"""

from collections.abc import Mapping, Sequence
from typing import ClassVar, Literal, Required, TypeAlias, TypedDict, Unpack

from cdktf import IResolvable
from constructs import Construct

from constructs_lib.bindings.terraform import BoundDataSource, BoundProvider, BoundResource, MetaArguments

BodyValue: TypeAlias = "str | float | bool | IResolvable | Sequence[BodyValue] | Mapping[str, BodyValue]"


class AzapiProvider(BoundProvider):
    """Configuration of ``azure/azapi``, the documentation's index.

    Secrets (client secret, certificate, OIDC token) cannot be bound: the credential comes from the
    environment. Unset arguments are read from their ``ARM_*`` variables.
    """

    TF_RESOURCE_TYPE: ClassVar[str] = "azapi"
    SOURCE: ClassVar[str] = "azure/azapi"
    VERSION_CONSTRAINT: ClassVar[str] = "~> 2.12"

    class Arguments(TypedDict, total=False):
        subscription_id: str
        tenant_id: str

    def __init__(self, scope: Construct, id_: str, /, **given: Unpack[Arguments]) -> None:
        super().__init__(scope, id_, given)


class ResourceIdentity(TypedDict):
    """The ``identity`` block."""

    type: Literal["SystemAssigned"]


class Timeouts(TypedDict, total=False):
    """The ``timeouts`` block: durations such as ``60m``; the provider gives up after 30 minutes by itself."""

    create: str
    delete: str


QueryParameters: TypeAlias = Mapping[Literal["skipValidation"], Sequence[str]]

UNTRIED: QueryParameters = {"skipValidation": ["true"]}
"""Has Azure Machine Learning take a datastore without trying to reach it."""


class Resource(BoundResource):
    """``azapi_resource``: any Azure Resource Manager resource, described by its REST body.

    Not for a type that azurerm has: azurerm checks more at plan time.
    """

    TF_RESOURCE_TYPE: ClassVar[str] = "azapi_resource"

    tags_input: ClassVar[None] = None
    """There, as in azurerm's classes, for types that take tags."""

    class Arguments(MetaArguments, total=False):
        type: Required[str]
        """``<resource type>@<API version>``."""
        name: Required[str]
        """Changing it replaces the resource."""
        parent_id: Required[str]
        """Of a top-level resource: its resource group's id. Changing it replaces the resource."""
        location: str
        identity: ResourceIdentity
        body: Required[Mapping[str, BodyValue]]
        """The request body with the REST API's own camelCase names, without ``name``, ``location``, ``tags`` and
        ``identity``. No nulls, and no secrets: it is stored in the state. The provider checks it against the schema
        that it has of the API version."""
        ignore_casing: bool
        """Whether letters of another case in the answer count as the same."""
        timeouts: Timeouts
        create_query_parameters: QueryParameters
        """Behind the address of the request that creates the resource."""
        update_query_parameters: QueryParameters
        """The same for the requests that change it."""
        sensitive_body: Mapping[str, BodyValue]
        """Merged into ``body`` in every request, and write-only: in no plan and no state. Needs Terraform 1.11."""

    def __init__(self, scope: Construct, id_: str, /, **given: Unpack[Arguments]) -> None:
        super().__init__(scope, id_, given)
        self.arm_type = given["type"]
        """The type and its API version, as they were given."""


class DataAzapiResourceAction(BoundDataSource):
    """``data.azapi_resource_action``: what an action of a resource answers. It runs with every plan.

    Not for an action that changes something.
    """

    TF_RESOURCE_TYPE: ClassVar[str] = "azapi_resource_action"

    class Arguments(TypedDict, total=False):
        type: Required[str]
        """The resource's type with the API version."""
        resource_id: Required[str]
        action: str
        """The path behind ``resource_id``."""
        method: Literal["POST", "GET"]
        """``POST`` unless set."""
        sensitive_response_export_values: Sequence[str]
        """The response paths kept in ``sensitive_output``."""

    def __init__(self, scope: Construct, id_: str, /, **given: Unpack[Arguments]) -> None:
        super().__init__(scope, id_, given)

    def sensitive_output_string(self, path: str) -> str:
        """Return one exported string. Terraform hides it in what it prints; it is in the state."""
        return self.get_string_attribute(f"sensitive_output.{path}")


class DataAzapiResource(BoundDataSource):
    """``data.azapi_resource``: any existing resource, found by its id. A missing one fails the plan."""

    TF_RESOURCE_TYPE: ClassVar[str] = "azapi_resource"

    class Arguments(TypedDict):
        type: str
        """The resource's type with the API version."""
        resource_id: str
        response_export_values: Sequence[str]
        """The response paths kept in ``output``. None given, it would hold all that the service computes."""

    def __init__(self, scope: Construct, id_: str, /, **given: Unpack[Arguments]) -> None:
        super().__init__(scope, id_, given)
