"""The synthesized Terraform of each stack, so that a change shows what it changes.

After a change that is meant: ``make generate``, and read the difference before you commit it.
"""

from __future__ import annotations

import pytest
from syrupy.assertion import SnapshotAssertion
from syrupy.extensions.json import JSONSnapshotExtension

from tests.synthesized import Stack


@pytest.mark.parametrize("name", ["mlops-registry", "mlops-dev", "mlops-test", "mlops-prod"])
def test_stack(stacks: dict[str, Stack], name: str, snapshot: SnapshotAssertion) -> None:
    assert stacks[name].terraform == snapshot(extension_class=JSONSnapshotExtension)
