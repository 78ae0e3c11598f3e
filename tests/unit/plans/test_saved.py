"""A plan that waits for its approval: what is kept, and when it is refused. The real terraform is in tests/e2e."""

from __future__ import annotations

import stat
import time
from pathlib import Path

import pytest

from plans.saved import LONGEST_SECONDS, Made, RefusedError, restore, save

STACK, VERSION = "mlops-dev", "1.11.4"


class Plan:
    """A plan as Terraform leaves it, and the places that it comes back to."""

    def __init__(self, folder: Path) -> None:
        self.made, self.versions = folder / "made", folder / "made.lock.hcl"
        self.made.write_bytes(b"a plan")
        self.versions.write_bytes(b"versions")
        self.plan, self.lock = folder / "plan", folder / "lock.hcl"
        self.file = folder / "kept" / "a.plan"

    def save(self, *, stack: str = STACK, age: float = 0, terraform: str = VERSION) -> str:
        return save(self.file, self.made, self.versions, Made(stack, time.time() - age, terraform))

    def restore(self, sha256: str) -> None:
        restore(self.file, sha256, self.plan, self.lock, stack=STACK, terraform=VERSION)

    def refusal(self, sha256: str) -> str:
        with pytest.raises(RefusedError) as refused:
            self.restore(sha256)
        assert not self.plan.exists()
        message = str(refused.value)
        assert "\n" not in message
        return message


@pytest.fixture
def plan(tmp_path: Path) -> Plan:
    return Plan(tmp_path)


def test_what_is_kept_comes_back(plan: Plan) -> None:
    plan.restore(plan.save())
    assert plan.plan.read_bytes() == b"a plan"
    assert plan.lock.read_bytes() == b"versions"
    for path in (plan.file, plan.plan):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(plan.file.parent.stat().st_mode) == 0o700


def test_a_day_is_the_longest(plan: Plan) -> None:
    assert LONGEST_SECONDS == 24 * 60 * 60
    plan.restore(plan.save(age=LONGEST_SECONDS - 60))
    plan.plan.unlink()
    assert "is 24 hours old, and a plan holds for a day" in plan.refusal(plan.save(age=LONGEST_SECONDS + 60))


def test_a_plan_of_another_stack_or_terraform_is_refused(plan: Plan) -> None:
    assert "a plan of mlops-prod, not of mlops-dev" in plan.refusal(plan.save(stack="mlops-prod"))
    assert "made by Terraform 1.12.0, and this is 1.11.4" in plan.refusal(plan.save(terraform="1.12.0"))


def test_another_file_than_the_approved_one_is_refused(plan: Plan) -> None:
    sha256 = plan.save()
    plan.file.write_bytes(plan.file.read_bytes() + b" ")
    assert "its SHA-256 differs" in plan.refusal(sha256)
    plan.file.unlink()
    assert "is not there" in plan.refusal(sha256)


@pytest.mark.parametrize("sha256", ["", "$(plan.sha256)", "0" * 63, "G" * 64, "0" * 64 + "\n"])
def test_without_a_hash_nothing_is_applied(plan: Plan, sha256: str) -> None:
    plan.save()
    assert "has no SHA-256 of a plan" in plan.refusal(sha256)


def test_other_versions_of_providers_are_refused_and_the_same_are_not(plan: Plan) -> None:
    sha256 = plan.save()
    plan.lock.write_bytes(b"others")
    assert "with other versions of providers" in plan.refusal(sha256)
    assert plan.lock.read_bytes() == b"others"
    plan.lock.write_bytes(b"versions")
    plan.restore(sha256)
