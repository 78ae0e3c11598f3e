"""Rules that look at more than one value: of one file, or of several.

Each rule is a function that takes checked files and yields one problem a mistake. It reads them with
:meth:`Checked.get`, which gives ``None`` for whatever is already reported. What a type says of a place, whatever
the place, they find with :meth:`Checked.marked` and :meth:`Checked.sections`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from settings.checking.checked import Checked
from settings.models.environment import Environment
from settings.models.imports import Imports
from settings.models.platform import Platform
from settings.reading.problems import Problem
from settings.rules.agents import pool_is_for_branches
from settings.rules.approvals import approvals_fit, enough_approvers, prod_is_guarded
from settings.rules.compute import (
    cluster_variables_are_free,
    clusters_have_a_purpose,
    images_have_a_cluster,
    nodes_fit,
    schedules_do_something,
    sizes_are_there,
    subnets_are_outside_a_managed_network,
    training_has_a_cluster,
    workstations_are_no_clusters,
)
from settings.rules.data_sources import data_sources_are_new
from settings.rules.deployment import ramp_rises, strategy_is_clear
from settings.rules.endpoints import endpoint_fits_the_network, prod_endpoint_asks_entra
from settings.rules.existing import (
    existing_action_group_is_called,
    existing_things_have_their_names,
    logs_of_others_have_no_quota,
    nobody_administers_a_group_of_others,
    retention_is_whose_logs_are,
)
from settings.rules.existing_network import (
    existing_network_has_endpoints,
    network_is_one_of_two,
    owner_decides,
    zones_are_linked_once,
    zones_are_made_by_somebody,
)
from settings.rules.imports import imported_once, imports_have_a_stack
from settings.rules.infrastructure import infrastructure_names_are_free
from settings.rules.lists import entries_stand_once, no_expressions
from settings.rules.names import names_are_unique, stacks_keep_their_names
from settings.rules.network import (
    hosts_need_approval,
    private_endpoints_have_a_network,
    private_registry_has_no_public_environment,
    private_vault_is_not_linked,
    prod_is_private,
    ranges_do_not_overlap,
    vnet_has_settings,
    zones_fit_their_names,
)
from settings.rules.people import teams_with_access_have_groups
from settings.rules.quota import quota_is_enough
from settings.rules.references import references_exist
from settings.rules.regions import further_regions_are_others, registry_reaches_every_region
from settings.rules.sections import (
    alerts_have_thresholds,
    delays_fit,
    mail_has_an_address,
    notices_rise,
    rollback_has_a_webhook,
    versions_outlive_a_backup,
)
from settings.rules.state import (
    former_environments_are_gone,
    state_containers_fit,
    state_has_one_place,
    state_zone_is_that_of_blobs,
)
from settings.rules.tags import (
    ignored_tags_are_not_ours,
    tags_are_few,
    tags_are_spelled_alike,
    tags_leave_environment_free,
)
from settings.rules.tiers import never_looser
from settings.rules.variables import own_variables_fit

_OF_ANY_FILE = (entries_stand_once, no_expressions, enough_approvers, tags_leave_environment_free)
_OF_THE_PLATFORM = (
    delays_fit,
    retention_is_whose_logs_are,
    further_regions_are_others,
    state_has_one_place,
    state_zone_is_that_of_blobs,
)
_OF_AN_ENVIRONMENT = (
    stacks_keep_their_names,
    prod_is_guarded,
    approvals_fit,
    strategy_is_clear,
    ramp_rises,
    nodes_fit,
    clusters_have_a_purpose,
    training_has_a_cluster,
    images_have_a_cluster,
    subnets_are_outside_a_managed_network,
    sizes_are_there,
    cluster_variables_are_free,
    workstations_are_no_clusters,
    schedules_do_something,
    alerts_have_thresholds,
    mail_has_an_address,
    rollback_has_a_webhook,
    notices_rise,
    versions_outlive_a_backup,
    prod_is_private,
    vnet_has_settings,
    private_endpoints_have_a_network,
    private_vault_is_not_linked,
    hosts_need_approval,
    zones_fit_their_names,
    network_is_one_of_two,
    owner_decides,
    existing_network_has_endpoints,
    zones_are_made_by_somebody,
    pool_is_for_branches,
    data_sources_are_new,
    logs_of_others_have_no_quota,
    nobody_administers_a_group_of_others,
    existing_action_group_is_called,
    prod_endpoint_asks_entra,
    endpoint_fits_the_network,
    quota_is_enough,
)
_ACROSS_FILES = (
    references_exist,
    teams_with_access_have_groups,
    names_are_unique,
    own_variables_fit,
    ranges_do_not_overlap,
    private_registry_has_no_public_environment,
    tags_are_few,
    tags_are_spelled_alike,
    ignored_tags_are_not_ours,
    existing_things_have_their_names,
    zones_are_linked_once,
    registry_reaches_every_region,
    infrastructure_names_are_free,
    state_containers_fit,
    former_environments_are_gone,
)


def broken_rules(
    platform: Checked[Platform], environments: list[Checked[Environment]], imports: list[Checked[Imports]]
) -> Iterator[Problem]:
    """Yield a problem for everything that breaks a rule."""
    files: list[Checked[Any]] = [platform, *environments]
    for file in files:
        for rule in _OF_ANY_FILE:
            yield from rule(file)
    for platform_rule in _OF_THE_PLATFORM:
        yield from platform_rule(platform)
    for environment in environments:
        for environment_rule in _OF_AN_ENVIRONMENT:
            yield from environment_rule(environment)
    for rule_across in _ACROSS_FILES:
        yield from rule_across(platform, environments)
    yield from never_looser(environments)
    for file_of_imports in imports:
        yield from no_expressions(file_of_imports)
    yield from imports_have_a_stack(imports, platform, environments)
    yield from imported_once(imports)
