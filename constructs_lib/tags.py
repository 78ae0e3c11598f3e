"""The one place that puts tags on Azure resources."""

from __future__ import annotations

from collections.abc import Mapping

from cdktf import TerraformResource, TerraformStack


def tag_everything(stack: TerraformStack, tags: Mapping[str, str]) -> None:
    """Tag every resource in ``stack`` that takes tags (names and values).

    For the end of composition: what is added later gets no tags. A cdktf aspect would do the same with a
    call from Node for every construct, which took a tenth of the whole synthesis.
    """
    for node in stack.node.find_all():
        if isinstance(node, TerraformResource) and hasattr(type(node), "tags_input"):
            node.add_override("tags", dict(tags))
