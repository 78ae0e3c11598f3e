"""Shared base of the hand-bound Terraform types.

``microsoft/azuredevops`` and ``azure/azapi`` have no prebuilt cdktf package. A hand-bound type is a Python
subclass that names its Terraform type, takes typed arguments and hands them to the base as one mapping. The
base gives that mapping back whenever cdktf synthesizes, at one call into Python a pass; an ``add_override``
for each argument costs one call an argument and comes out slower.
"""

from collections.abc import Mapping, Sequence
from dataclasses import fields, is_dataclass
from functools import cache, cached_property
from typing import ClassVar

from cdktf import (
    ITerraformDependable,
    TerraformDataSource,
    TerraformProvider,
    TerraformProviderGeneratorMetadata,
    TerraformResource,
    TerraformResourceLifecycle,
)
from constructs import Construct


def rendered(value: object) -> object:
    """Return ``value`` as plain dictionaries and lists, without the arguments left out (``None``).

    Blocks are dataclasses whose field names are Terraform's. Tuples become lists, the only sequence jsii
    knows. Tokens pass through untouched: cdktf resolves them when it synthesizes.
    """
    if is_dataclass(value):
        return rendered({field.name: getattr(value, field.name) for field in fields(value)})
    if isinstance(value, Mapping):
        return {key: rendered(item) for key, item in value.items() if item is not None}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [rendered(item) for item in value]
    return value


def _arguments(given: Mapping[str, object]) -> dict[str, object]:
    return {name: rendered(value) for name, value in given.items() if value is not None}


@cache
def _origin(tf_type: str) -> TerraformProviderGeneratorMetadata:
    """Name the provider of a type, so that cdktf refuses a stack that uses the type without its provider."""
    return TerraformProviderGeneratorMetadata(provider_name=tf_type.partition("_")[0])


class BoundResource(TerraformResource):
    """A resource bound by hand. Subclass it for each Terraform type; never use it as it is."""

    TF_RESOURCE_TYPE: ClassVar[str]

    def __init__(
        self,
        scope: Construct,
        id_: str,
        given: Mapping[str, object],
        *,
        depends_on: Sequence[ITerraformDependable] | None,
        lifecycle: TerraformResourceLifecycle | None,
        provider: TerraformProvider | None,
    ) -> None:
        """Create the resource from ``given``: Terraform argument names and values, ``None`` for left out."""
        self._given = _arguments(given)
        super().__init__(
            scope,
            id_,
            terraform_resource_type=self.TF_RESOURCE_TYPE,
            terraform_generator_metadata=_origin(self.TF_RESOURCE_TYPE),
            depends_on=depends_on,
            lifecycle=lifecycle,
            provider=provider,
        )

    def _synthesize_attributes(self) -> Mapping[str, object]:
        return self._given

    @cached_property
    def id(self) -> str:
        """The resource's Terraform id, as a token."""
        return self.get_string_attribute("id")


class BoundDataSource(TerraformDataSource):
    """A data source bound by hand. Subclass it for each Terraform type; never use it as it is."""

    TF_RESOURCE_TYPE: ClassVar[str]

    def __init__(
        self,
        scope: Construct,
        id_: str,
        given: Mapping[str, object],
        *,
        depends_on: Sequence[ITerraformDependable] | None,
        provider: TerraformProvider | None,
    ) -> None:
        """Create the data source from ``given``: Terraform argument names and values."""
        self._given = _arguments(given)
        super().__init__(
            scope,
            id_,
            terraform_resource_type=self.TF_RESOURCE_TYPE,
            terraform_generator_metadata=_origin(self.TF_RESOURCE_TYPE),
            depends_on=depends_on,
            provider=provider,
        )

    def _synthesize_attributes(self) -> Mapping[str, object]:
        return self._given

    @cached_property
    def id(self) -> str:
        """The data source's Terraform id, as a token."""
        return self.get_string_attribute("id")


class BoundProvider(TerraformProvider):
    """A provider bound by hand. Subclass it for each provider; never use it as it is."""

    TF_RESOURCE_TYPE: ClassVar[str]
    SOURCE: ClassVar[str]
    VERSION_CONSTRAINT: ClassVar[str]

    def __init__(self, scope: Construct, id_: str, given: Mapping[str, object], *, alias: str | None) -> None:
        """Configure the provider with ``given``; ``alias`` names a second configuration of the same one."""
        self._given = _arguments(given)
        self._alias = alias
        super().__init__(
            scope,
            id_,
            terraform_resource_type=self.TF_RESOURCE_TYPE,
            terraform_provider_source=self.SOURCE,
            terraform_generator_metadata=TerraformProviderGeneratorMetadata(
                provider_name=self.TF_RESOURCE_TYPE, provider_version_constraint=self.VERSION_CONSTRAINT
            ),
        )

    def _synthesize_attributes(self) -> Mapping[str, object]:
        return self._given

    @property
    def alias(self) -> str | None:
        """Name of this configuration, ``None`` for the default one. cdktf reads it to write references."""
        return self._alias

    @alias.setter
    def alias(self, value: str | None) -> None:
        self._alias = value
