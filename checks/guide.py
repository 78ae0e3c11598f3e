"""The variables of the guide's six groups, by the names that the configuration has for groups and environments."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from settings.loader import Settings
from tests.guide.tables import VARIABLES
from tests.synthesized import Stack


def missing_variables(settings: Settings, stacks: Mapping[str, Stack]) -> list[str]:
    """Name every group of the guide that a stack lacks, and every variable that is not there or empty."""
    missing = []
    for stack, group, names in _wanted(settings):
        groups = stacks[stack].resources("azuredevops_variable_group").values()
        if group not in [body["name"] for body in groups]:
            missing.append(f"{stack}: the variable group {group}")
            continue
        found = stacks[stack].variables(group)
        missing += [
            f"{stack}: the variable {name} of {group}"
            for name in sorted(names)
            if name not in found or not found[name]["value"]
        ]
    return missing


def _wanted(settings: Settings) -> Iterator[tuple[str, str, set[str]]]:
    """Yield stack, group, and the names of the variables that the guide has in it."""
    platform = settings.platform
    pipelines, shared = (VARIABLES["mlops-pipeline-settings"], VARIABLES["mlops-shared-variables"])
    for_all = {name for name in shared if not name.startswith("mlops")}
    checked = {
        f"mlops{_pascal(name)}{what}"
        for name in platform.shared.environments
        for what in ("Workspace", "ResourceGroup")
    }
    registry = f"{platform.stack_prefix}-registry"
    yield registry, platform.registry.variable_group.name, {*VARIABLES["mlops-registry-variables"]}
    yield registry, platform.pipeline_settings.variable_group.name, {*pipelines}
    yield registry, platform.shared.variable_group.name, for_all | checked
    for environment in settings.environments:
        name = _pascal(environment.name)
        # The guide lists the scoring cluster for test and prod; an environment may have another, or none.
        listed = environment.tier != "dev" and "scoring_cluster" in environment.compute
        cluster = {f"{name[0].lower()}{name[1:]}ScoringCluster"} if listed else set()
        connection = {*VARIABLES["mlops-dev-variables"]}
        yield (
            f"{platform.stack_prefix}-{environment.name}",
            environment.variable_group.name,
            connection | cluster,
        )


def _pascal(environment: str) -> str:
    return "".join(part.capitalize() for part in environment.split("-"))
