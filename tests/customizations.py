"""What the README says a user may change, each as an edit of the guide's files; see "Common changes" there."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

from tests.project import make_private, make_state_storage, replace


def change_node_counts(config: Path) -> None:
    """Let every cluster grow further, and keep a node of each warm."""
    environments = config / "environments"
    replace(
        environments / "dev.yaml",
        ("min_nodes: 0\n    max_nodes: 4", "min_nodes: 1\n    max_nodes: 10"),
        ("min_nodes: 0\n    max_nodes: 2", "min_nodes: 1\n    max_nodes: 3"),
    )
    replace(environments / "test.yaml", ("min_nodes: 0\n    max_nodes: 4", "min_nodes: 1\n    max_nodes: 6"))
    replace(environments / "prod.yaml", ("max_nodes: 8", "max_nodes: 12"), ("min_nodes: 2", "min_nodes: 3"))


def add_environment(config: Path) -> None:
    """Copy dev to ``eu-staging``, and change the names that ``make validate`` says are taken."""
    copied = config / "environments" / "eu-staging.yaml"
    shutil.copy(config / "environments" / "dev.yaml", copied)
    replace(
        copied,
        ("name: dev\n", "name: eu-staging\n"),
        ("mlops-dev", "mlops-eu-staging"),
        ("mlopsdev", "mlopseustaging"),
        ("mlops-eu-staging-keyvault", "mlops-eu-staging-kv"),
        ("Azure-MLOps-Dev", "Azure-MLOps-EU-Staging"),
    )


def turn_alerts_off(config: Path) -> None:
    """Send no alerts from anywhere."""
    replace(config / "environments" / "test.yaml", ("alerts: [email, slack]", "alerts: []"))
    replace(config / "environments" / "prod.yaml", ("alerts: [pagerduty, email, slack]", "alerts: []"))


def close_test(config: Path) -> None:
    """Give test a private network, as docs/network.md says."""
    make_private(config / "environments" / "test.yaml", "10.40.0.0/24")


def keep_one_environment(config: Path) -> None:
    """Remove test and prod."""
    for name in ("test", "prod"):
        (config / "environments" / f"{name}.yaml").unlink()
    replace(config / "platform.yaml", ("environments: [dev, test, prod]", "environments: [dev]"))


CUSTOMIZATIONS: dict[Callable[[Path], None], list[str]] = {
    change_node_counts: ["mlops-dev", "mlops-prod", "mlops-test"],
    add_environment: ["mlops-eu-staging"],
    turn_alerts_off: ["mlops-prod", "mlops-test"],
    close_test: ["mlops-test"],
    keep_one_environment: ["mlops-prod", "mlops-registry", "mlops-test"],
    make_state_storage: ["mlops-dev", "mlops-prod", "mlops-registry", "mlops-state", "mlops-test"],
}
"""Each with the stacks that it changes, on top of ids that are filled in."""
