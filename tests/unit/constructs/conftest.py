"""A stack with nothing in it: what a test adds is all that is written."""

from __future__ import annotations

import pytest
from cdktf import TerraformStack, Testing


@pytest.fixture
def stack() -> TerraformStack:
    return TerraformStack(Testing.app(), "example")
