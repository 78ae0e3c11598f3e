"""The one place that puts tags on Azure resources."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import cache

from cdktf import TerraformResource, TerraformStack

from constructs_lib.guard_rails.allowed import AZAPI_NEVER_TAGGED, NEVER_TAGGED


def tag_everything(stack: TerraformStack, tags: Mapping[str, str], *, ignored: Sequence[str] = ()) -> None:
    """Tag every resource in ``stack`` that takes tags (names and values).

    Tags named in ``ignored`` belong to somebody else, such as a policy: whatever their values are, no plan changes
    them or takes them away. Terraform ignores single tags by their whole names only; azurerm 4 has no setting for all
    its resources.

    For the end of composition: what is added later gets no tags. A cdktf aspect would do the same with a
    call from Node for every construct, which took a tenth of the whole synthesis.
    """
    left_alone = [f"tags[{json.dumps(name, ensure_ascii=False)}]" for name in ignored]
    for node in stack.node.find_all():
        if isinstance(node, TerraformResource) and _takes_tags(type(node)):
            if getattr(node, "arm_type", "") in AZAPI_NEVER_TAGGED:
                continue
            node.add_override("tags", dict(tags))
            if left_alone:
                # cdktf adds the list of an override to the one that is there.
                node.add_override("lifecycle.ignore_changes", left_alone)


@cache
def _takes_tags(class_: type) -> bool:
    # Each look at the name of a prebuilt type is a call to Node.
    return hasattr(class_, "tags_input") and getattr(class_, "TF_RESOURCE_TYPE", "") not in NEVER_TAGGED
