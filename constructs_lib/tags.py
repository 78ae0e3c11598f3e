"""The one place that puts tags on Azure resources."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from cdktf import TerraformResource, TerraformStack

from constructs_lib.guard_rails.allowed import AZAPI_NEVER_TAGGED, NEVER_TAGGED


def tag_everything(stack: TerraformStack, tags: Mapping[str, str]) -> None:
    """Tag every resource in ``stack`` that takes tags (names and values).

    For the end of composition: what is added later gets no tags. A cdktf aspect would do the same with a
    call from Node for every construct, which took a tenth of the whole synthesis.
    """
    for node in stack.node.find_all():
        if isinstance(node, TerraformResource) and _takes_tags(type(node)):
            if getattr(node, "arm_type", "") in AZAPI_NEVER_TAGGED:
                continue
            node.add_override("tags", dict(tags))


@cache
def _takes_tags(class_: type) -> bool:
    # Each look at the name of a prebuilt type is a call to Node.
    return hasattr(class_, "tags_input") and getattr(class_, "TF_RESOURCE_TYPE", "") not in NEVER_TAGGED
