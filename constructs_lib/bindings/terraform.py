"""Shared base of the hand-bound Terraform types.

``microsoft/azuredevops`` and ``azure/azapi`` have no prebuilt cdktf package. A hand-bound type is a Python
subclass that names its Terraform type and its arguments, in a ``TypedDict`` that ``__init__`` unpacks. So an argument
stands once, with its type and its meaning; calls read as those of azurerm's classes do, and mypy checks them; and
what is given is the mapping that the base needs. A dataclass would have to be named at each call as well. With
``dataclass_transform`` the arguments would be attributes of the class, where cdktf has its own of the same names, and
scope and id would have no place in front. Those two are positional only: some types have an argument ``scope``.

The arguments stay in Python until cdktf writes the stack, and then go to Node together, which is quicker than a
call from Node for each resource.
"""

import re
from collections.abc import Mapping, Sequence
from functools import cache, cached_property
from typing import Any, ClassVar, Literal, NoReturn, Required, TypedDict, Unpack

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


class MetaArguments(TypedDict, total=False):
    """What every resource takes beside the arguments of its type; cdktf itself writes it."""

    depends_on: Sequence[ITerraformDependable]
    lifecycle: TerraformResourceLifecycle | None


def _rendered(value: object) -> object:
    """Return ``value`` as plain dictionaries and lists.

    Tuples become lists, the only sequence jsii knows. Tokens pass through untouched: cdktf resolves them when it
    synthesizes.
    """
    if isinstance(value, Mapping):
        return {key: _rendered(item) for key, item in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_rendered(item) for item in value]
    return value


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
        self._written: dict[str, dict[str, dict[str, object]]] = {}

    def add(self, kind: str, tf_type: str, name: str, arguments: Mapping[str, object]) -> None:
        self._written.setdefault(kind, {}).setdefault(tf_type, {})[name] = _rendered(arguments)

    def to_terraform(self) -> Any:
        return self._written


_arguments_of = cache(_Arguments)


class _Bound:
    """What resources and data sources have in common."""

    TF_RESOURCE_TYPE: ClassVar[str]

    def _write(
        self, kind: Literal["resource", "data"], scope: Construct, id_: str, given: Mapping[str, object]
    ) -> None:
        """Have the arguments written; to be called before the element is made.

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
        _arguments_of(scope).add(kind, self.TF_RESOURCE_TYPE, id_, given)

    def override_logical_id(self, new_logical_id: str) -> NoReturn:
        """Refuse: the arguments would stay where they are."""
        raise ValueError(
            f"{self.TF_RESOURCE_TYPE}: a name other than the id ({new_logical_id}), and hand-bound types are named "
            "by their ids: give it that id."
        )


class BoundResource(_Bound, TerraformResource):
    """A resource bound by hand. Subclass it for each Terraform type; never use it as it is."""

    def __init__(self, scope: Construct, id_: str, given: MetaArguments) -> None:
        """Create the resource from ``given``: Terraform argument names and values, meta arguments among them."""
        meta = MetaArguments.__annotations__
        own = {name: value for name, value in given.items() if name not in meta}
        self._write("resource", scope, id_, own)
        self.address = f"{self.TF_RESOURCE_TYPE}.{id_}"
        """The Terraform address, as plain text: for places that take an address and no expression."""
        depends_on = given.get("depends_on")
        super().__init__(
            scope,
            id_,
            terraform_resource_type=self.TF_RESOURCE_TYPE,
            terraform_generator_metadata=_origin(self.TF_RESOURCE_TYPE),
            depends_on=list(depends_on) if depends_on else None,
            lifecycle=given.get("lifecycle"),
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

    def __init__(self, scope: Construct, id_: str, given: Mapping[str, object]) -> None:
        """Create the data source from ``given``: Terraform argument names and values."""
        self._write("data", scope, id_, given)
        self.address = f"data.{self.TF_RESOURCE_TYPE}.{id_}"
        """The Terraform address, as plain text."""
        super().__init__(
            scope,
            id_,
            terraform_resource_type=self.TF_RESOURCE_TYPE,
            terraform_generator_metadata=_origin(self.TF_RESOURCE_TYPE),
        )

    @cached_property
    def id(self) -> str:
        """The data source's Terraform id, as a token."""
        return self.get_string_attribute("id")


class Data(BoundResource):
    """``terraform_data``: a value in Terraform's state, which nothing but Terraform knows.

    Terraform has the type itself: there is no provider to install, and none to configure. ``cdktf.DataResource`` is
    the same, but has every synthesis ask the terraform binary for its version.
    """

    TF_RESOURCE_TYPE: ClassVar[str] = "terraform_data"

    class Arguments(MetaArguments, total=False):
        input: Required[str | Sequence[str]]
        """What ``output`` then is."""
        triggers_replace: Sequence[str]
        """Changing them replaces the value by what ``input`` is then, even if changes of that are ignored."""

    def __init__(self, scope: Construct, id_: str, /, **given: Unpack[Arguments]) -> None:
        super().__init__(scope, id_, given)


class BoundProvider(TerraformProvider):
    """A provider bound by hand. Subclass it for each provider; never use it as it is."""

    TF_RESOURCE_TYPE: ClassVar[str]
    SOURCE: ClassVar[str]
    VERSION_CONSTRAINT: ClassVar[str]

    def __init__(self, scope: Construct, id_: str, given: Mapping[str, object]) -> None:
        """Configure the provider with ``given``: Terraform argument names and values."""
        self._given = given
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
