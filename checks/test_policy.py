"""No check of checkov fails on your stacks, but for those that are skipped."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.policy.checkov import ask_checkov
from tests.policy.skips import Skip, unexpected
from tests.synthesized import Stack

ADVICE = (
    "Change the configuration, or write a skip with its reason into checks/skips.yaml.",
    "What a check wants: https://www.checkov.io/5.Policy%20Index/terraform.html",
)


def test_no_policy_fails_that_is_not_skipped(
    stacks: dict[str, Stack], skips: list[Skip], tmp_path: Path
) -> None:
    if failed := unexpected(ask_checkov(stacks.values(), tmp_path), skips):
        pytest.fail("\n".join([f"{len(failed)} failed checks:", *failed, *ADVICE]), pytrace=False)
