"""What clusters and workstations must agree on, with each other and with the rest of their environment."""

from __future__ import annotations

import re
from collections.abc import Iterator

from settings.checking.checked import Checked
from settings.checking.explain import nearest, show
from settings.models.compute import (
    PURPOSE_OF_KEY,
    PURPOSES,
    Cluster,
    Purpose,
    Workstation,
    WorkstationSchedule,
    purpose_of,
)
from settings.models.endpoint import Endpoint
from settings.models.environment import Environment
from settings.models.variables import environment_variable_names
from settings.reading.problems import KeyPath, Problem, dotted

_RETIRED = re.compile("Standard_(?:NC[0-9]+r?(?:_Promo)?|NC[0-9]+r?s_v[23]|ND[0-9]+r?s|NV[0-9]+(?:_Promo)?)")
"""GPU sizes that Azure has taken away. Source: "Previous generation sizes", retirements of the series NC, NCv2, NCv3,
ND and NV from 2023 to 2025."""


def nodes_fit(environment: Checked[Environment]) -> Iterator[Problem]:
    """Keep no more nodes running than the cluster may have."""
    for cluster in environment.children("compute"):
        if not environment.has_keys(*cluster):
            continue
        low, high = (environment.get(*cluster, key) for key in ("min_nodes", "max_nodes"))
        if low is not None and high is not None and low > high:
            yield environment.problem(
                *cluster,
                "min_nodes",
                found=f"{low} nodes",
                allowed=f"at most max_nodes ({high} nodes)",
                fix="lower min_nodes or raise max_nodes",
            )


def clusters_have_a_purpose(environment: Checked[Environment]) -> Iterator[Problem]:
    """Say of each cluster what it is for, by ``purpose`` or by the key that it has in the guide."""
    for cluster in environment.children("compute"):
        key = str(cluster[-1])
        if not environment.has_keys(*cluster) or not environment.sound("compute", key, "purpose"):
            continue
        given = environment.get(*cluster, "purpose")
        expected = PURPOSE_OF_KEY.get(key)
        if purpose_of(key, given) is None:
            meant = nearest(key, [name for name in PURPOSE_OF_KEY if not environment.given("compute", name)])
            yield environment.problem(
                *cluster,
                found=f"{key} without purpose",
                allowed=f"purpose: one of {', '.join(PURPOSES)}; only {' and '.join(PURPOSE_OF_KEY)} go without",
                fix="add purpose" + (f", or did you mean {meant}?" if meant else ""),
                at_key=True,
            )
        elif expected and given not in (None, expected):
            yield environment.problem(
                *cluster,
                "purpose",
                found=f"{given}, of {key}",
                allowed=f"{expected}, as the key says",
                fix="give the cluster another key, or remove purpose",
            )


def training_has_a_cluster(environment: Checked[Environment]) -> Iterator[Problem]:
    """Have a training schedule and a cluster for training together, or neither."""
    if not environment.has_keys("compute"):
        return
    purposes = {cluster: _purpose(environment, cluster) for cluster in environment.children("compute")}
    training = [cluster for cluster, purpose in purposes.items() if purpose == "training"]
    schedule: KeyPath = ("training_schedule",)
    if environment.given(*schedule) == bool(training) or None in purposes.values():
        return
    place, missing = (training[0], dotted(schedule)) if training else (schedule, "a cluster for training")
    yield environment.problem(
        *place,
        found=f"{dotted(place)} without {missing}",
        allowed="both where models are trained, none where they are not",
        fix=f"add {missing if training else 'compute.training_cluster'}, or remove {dotted(place)}",
        at_key=True,
    )


def images_have_a_cluster(environment: Checked[Environment]) -> Iterator[Problem]:
    """Have a cluster where the container registry is private: it cannot build images itself."""
    if (
        environment.get("security", "private_endpoints") is True
        and environment.has_keys("compute")
        and not any(environment.children("compute"))
    ):
        yield environment.problem(
            "compute",
            found="no cluster, with private_endpoints: true",
            allowed="one cluster or more: a private container registry has no other place to build images",
            fix="add a cluster, such as scoring_cluster with min_nodes: 0",
            at_key=True,
        )


def subnets_are_outside_a_managed_network(environment: Checked[Environment]) -> Iterator[Problem]:
    """Put nodes into a subnet only where there is no managed network: Azure takes one or the other."""
    for cluster in environment.children("compute"):
        managed = environment.get("security", "vnet") is True
        if managed and environment.has_keys(*cluster) and environment.given(*cluster, "subnet"):
            yield environment.problem(
                *cluster,
                "subnet",
                found="a subnet with vnet: true",
                allowed="no subnet there: the nodes are in the managed network of the workspace",
                fix="remove subnet, or, outside prod, set vnet and private_endpoints to false",
                at_key=True,
            )


def sizes_are_there(environment: Checked[Environment]) -> Iterator[Problem]:
    """Name no size that Azure has taken away."""
    for section in (
        path for model in (Cluster, Workstation, Endpoint) for path in environment.sections(model)
    ):
        size = environment.get(*section, "vm_size") if environment.has_keys(*section) else None
        if size and _RETIRED.fullmatch(size):
            yield environment.problem(
                *section,
                "vm_size",
                found=f"{show(size)}, which Azure has retired",
                allowed="a size that there still is, for a GPU such as Standard_NC4as_T4_v3, "
                "Standard_NC24ads_A100_v4 or Standard_NC40ads_H100_v5",
                fix="choose one that the region has, and ask for its quota first",
            )


def cluster_variables_are_free(environment: Checked[Environment]) -> Iterator[Problem]:
    """Give no cluster a key that makes the name of another variable of the group."""
    name = environment.get("name")
    if not name:
        return
    taken = {variable.lower() for variable in environment_variable_names(name, ())}
    for cluster in environment.children("compute"):
        own = environment_variable_names(name, [str(cluster[-1])])
        variable = next((each for each in own if each.lower() not in taken), None)
        if environment.sound(*cluster) and variable is None:
            yield environment.problem(
                *cluster,
                found=f"{cluster[-1]}, whose variable is called like another of the group",
                allowed=f"another key: with the environment's name, {name}, it makes that name",
                fix="choose another key",
                at_key=True,
            )


def workstations_are_no_clusters(environment: Checked[Environment]) -> Iterator[Problem]:
    """Call no workstation like a cluster: a workspace has one space of names for all that computes."""
    clusters = {
        name.lower(): environment.line(*cluster, "name")
        for cluster in environment.children("compute")
        if environment.has_keys(*cluster) and (name := environment.get(*cluster, "name"))
    }
    for workstation in environment.sections(Workstation):
        name = environment.get(*workstation, "name") if environment.has_keys(*workstation) else None
        if name and name.lower() in clusters:
            yield environment.problem(
                *workstation,
                "name",
                found=f"{show(name)}, like the cluster in {clusters[name.lower()]}",
                allowed="each compute of a workspace with a name of its own",
                fix="choose another name in one of the two places",
            )


def schedules_do_something(environment: Checked[Environment]) -> Iterator[Problem]:
    """Start or stop something by a schedule."""
    for schedule in environment.sections(WorkstationSchedule):
        if environment.has_keys(*schedule) and not any(
            environment.given(*schedule, key) for key in ("start", "stop")
        ):
            yield environment.problem(
                *schedule,
                found="a schedule without start and stop",
                allowed="start, stop or both",
                fix='add stop, such as "0 19 * * *", or remove schedule',
                at_key=True,
            )


def _purpose(environment: Checked[Environment], cluster: KeyPath) -> Purpose | None:
    """Return what a cluster is for; ``None`` where that is reported already."""
    key = str(cluster[-1])
    if not environment.has_keys(*cluster):
        return PURPOSE_OF_KEY.get(key)
    if not environment.sound("compute", key, "purpose") and environment.given(*cluster, "purpose"):
        return None
    return purpose_of(key, environment.get(*cluster, "purpose"))
