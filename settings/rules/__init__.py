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
from settings.models.platform import Platform
from settings.reading.problems import Problem
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
    tags_are_few,
    tags_leave_environment_free,
    versions_outlive_a_backup,
)
from settings.rules.tiers import never_looser
from settings.rules.variables import own_variables_fit

_OF_ANY_FILE = (entries_stand_once, no_expressions, enough_approvers)
_OF_THE_PLATFORM = (delays_fit, tags_leave_environment_free, tags_are_few, further_regions_are_others)
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
    data_sources_are_new,
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
    registry_reaches_every_region,
)


def broken_rules(platform: Checked[Platform], environments: list[Checked[Environment]]) -> Iterator[Problem]:
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
