"""What must fit together within the sections of one file."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from settings.checked import Checked
from settings.environment import Environment
from settings.platform import Platform
from settings.problems import KeyPath, Problem, dotted

_DELAYS = (
    "registryPropagationInitialDelaySeconds",
    "registryPropagationMaxDelaySeconds",
    "registryPropagationMaxWaitSeconds",
)


def delays_fit(platform: Checked[Platform]) -> Iterator[Problem]:
    """Keep the first pause no longer than the longest pause, and that no longer than the whole wait."""
    for shorter, longer in pairwise(_DELAYS):
        low, high = platform.get("registry", shorter), platform.get("registry", longer)
        if low is not None and high is not None and low > high:
            yield platform.problem(
                "registry",
                shorter,
                found=f"{low} seconds",
                allowed=f"at most {longer} ({high} seconds)",
                fix=f"lower {shorter} or raise {longer}",
            )


def tags_leave_environment_free(platform: Checked[Platform]) -> Iterator[Problem]:
    """Set the tag ``environment`` nowhere: each stack does. Azure does not tell case apart in tag names."""
    seen = {"environment": "each stack sets it itself"}
    for path in platform.children("tags"):
        name = str(path[-1])
        if name.lower() in seen:
            yield platform.problem(
                *path,
                found=f"the tag {name}",
                allowed=f"another name: {seen[name.lower()]}",
                fix="remove the tag, or give it another name",
                at_key=True,
            )
        seen[name.lower()] = f"{name} is there already, and Azure does not tell case apart"


def nodes_fit(environment: Checked[Environment]) -> Iterator[Problem]:
    """Keep no more nodes running than the cluster may have."""
    for cluster in ("training_cluster", "scoring_cluster"):
        low = environment.get("compute", cluster, "min_nodes")
        high = environment.get("compute", cluster, "max_nodes")
        if low is not None and high is not None and low > high:
            yield environment.problem(
                "compute",
                cluster,
                "min_nodes",
                found=f"{low} nodes",
                allowed=f"at most max_nodes ({high} nodes)",
                fix="lower min_nodes or raise max_nodes",
            )


def training_has_a_cluster(environment: Checked[Environment]) -> Iterator[Problem]:
    """Have a training schedule and a training cluster together, or neither."""
    schedule: KeyPath = ("training_schedule",)
    cluster: KeyPath = ("compute", "training_cluster")
    if not isinstance(environment.source.get(("compute",)), dict):
        return
    if environment.given(*schedule) != environment.given(*cluster):
        given, missing = (schedule, cluster) if environment.given(*schedule) else (cluster, schedule)
        yield environment.problem(
            *given,
            found=f"{dotted(given)} without {dotted(missing)}",
            allowed="both where models are trained, none where they are not",
            fix=f"add {dotted(missing)}, or remove {dotted(given)}",
            at_key=True,
        )


def alerts_have_thresholds(environment: Checked[Environment]) -> Iterator[Problem]:
    """Where alerts go out, say when."""
    if environment.get("monitoring", "alerts") and not environment.given("alert_thresholds"):
        yield environment.problem(
            "monitoring",
            "alerts",
            found="alerts without alert_thresholds",
            allowed="alert_thresholds wherever alerts go out",
            fix="add alert_thresholds, or set alerts to []",
        )


def private_endpoints_have_a_network(environment: Checked[Environment]) -> Iterator[Problem]:
    """Let compute reach the private endpoints, through the managed network."""
    if (
        environment.get("security", "private_endpoints") is True
        and environment.get("security", "vnet") is False
    ):
        yield environment.problem(
            "security",
            "vnet",
            found="vnet: false with private_endpoints: true",
            allowed="vnet: true, for compute must reach the private endpoints",
            fix="set vnet to true, or private_endpoints to false",
        )


def private_vault_is_not_linked(environment: Checked[Environment]) -> Iterator[Problem]:
    """Azure DevOps is not among the services that reach a private key vault."""
    if environment.get("security", "private_endpoints") is True and environment.given(
        "key_vault_variable_group"
    ):
        yield environment.problem(
            "key_vault_variable_group",
            found="a linked group with private_endpoints: true",
            allowed="no linked group there: Azure DevOps cannot reach a private key vault",
            fix="remove it, and read the secrets with the AzureKeyVault task on an agent inside the network",
            at_key=True,
        )
