"""Shared base of the hand-bound Terraform types.

``microsoft/azuredevops`` and ``azure/azapi`` have no prebuilt cdktf package. A hand-bound type is a Python
subclass that names its Terraform type, takes typed arguments and hands them to the base as one mapping. The
arguments stay in Python until cdktf writes the stack, and then go to Node together, which is quicker than a call
from Node for each resource.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import fields, is_dataclass
from functools import cache, cached_property
from typing import Any, ClassVar, Literal, NoReturn

from cdktf import (
    ITerraformDependable,
    TerraformDataSource,
    TerraformElement,
    TerraformProvider,
    TerraformProviderGeneratorMetadata,
    TerraformResource,
    TerraformResourceLifecycle,
    TerraformStack,
)
from constructs import Construct

_NAME = re.compile("[A-Za-z0-9_-]{1,255}")


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


class _Arguments(TerraformElement):
    """The arguments of all hand-bound resources and data sources of a stack.

    cdktf merges what the elements of a stack write, in their order, into one document. A resource itself writes
    the rest: ``depends_on``, ``lifecycle``, ``provider``, overrides and cdktf's metadata. An override adds to an
    argument or replaces it, but ``None`` does not take it away.
    """

    def __init__(self, stack: TerraformStack) -> None:
        super().__init__(stack, "bound-arguments")
        self._written: dict[str, dict[str, dict[str, Mapping[str, object]]]] = {}

    def add(self, kind: str, tf_type: str, name: str, arguments: Mapping[str, object]) -> None:
        self._written.setdefault(kind, {}).setdefault(tf_type, {})[name] = arguments

    def to_terraform(self) -> Any:
        return self._written


_arguments_of = cache(_Arguments)


class _Bound:
    """What resources and data sources have in common."""

    TF_RESOURCE_TYPE: ClassVar[str]

    def _write(
        self, kind: Literal["resource", "data"], scope: Construct, id_: str, given: Mapping[str, object]
    ) -> dict[str, object]:
        """Have the arguments written, and return them; to be called before the element is made.

        It then writes on top of them. Their place is known without asking cdktf for it: a child of a stack with an
        id that Terraform takes is named by that id.
        """
        if not isinstance(scope, TerraformStack):
            raise TypeError(
                f"{id_}: {self.TF_RESOURCE_TYPE} in a {type(scope).__name__}, and it has to be in a stack: "
                "hand the stack on, and put what tells siblings apart into the id."
            )
        if not _NAME.fullmatch(id_):
            raise ValueError(
                f"{id_}: not an id for {self.TF_RESOURCE_TYPE}, which has 1 to 255 letters, digits, - and _: "
                "leave the other characters out."
            )
        arguments = _arguments(given)
        _arguments_of(scope).add(kind, self.TF_RESOURCE_TYPE, id_, arguments)
        return arguments

    def override_logical_id(self, new_logical_id: str) -> NoReturn:
        """Refuse: the arguments would stay where they are."""
        raise ValueError(
            f"{self.TF_RESOURCE_TYPE}: a name other than the id ({new_logical_id}), and hand-bound types are named "
            "by their ids: give it that id."
        )


class BoundResource(_Bound, TerraformResource):
    """A resource bound by hand. Subclass it for each Terraform type; never use it as it is."""

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
        self._given = self._write("resource", scope, id_, given)
        super().__init__(
            scope,
            id_,
            terraform_resource_type=self.TF_RESOURCE_TYPE,
            terraform_generator_metadata=_origin(self.TF_RESOURCE_TYPE),
            depends_on=list(depends_on) if depends_on else None,
            lifecycle=lifecycle,
            provider=provider,
        )

    def move_to(self, move_target: str, index: str | float | None = None) -> NoReturn:
        """Refuse: the arguments would stay where they are."""
        raise self._not_moved()

    def move_to_id(self, id: str) -> NoReturn:
        """Refuse: the arguments would stay where they are."""
        raise self._not_moved()

    def _not_moved(self) -> ValueError:
        return ValueError(
            f"{self.TF_RESOURCE_TYPE}: a move away from here, and hand-bound types only know where they come from: "
            "leave this one out, and call move_from_id() of the new one."
        )

    @cached_property
    def id(self) -> str:
        """The resource's Terraform id, as a token."""
        return self.get_string_attribute("id")


class BoundDataSource(_Bound, TerraformDataSource):
    """A data source bound by hand. Subclass it for each Terraform type; never use it as it is."""

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
        self._write("data", scope, id_, given)
        super().__init__(
            scope,
            id_,
            terraform_resource_type=self.TF_RESOURCE_TYPE,
            terraform_generator_metadata=_origin(self.TF_RESOURCE_TYPE),
            depends_on=list(depends_on) if depends_on else None,
            provider=provider,
        )

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
