"""Whether what an environment runs fits the cores that it may use."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from settings.checking.checked import Checked
from settings.checking.explain import nearest
from settings.models.compute import Cluster, Workstation
from settings.models.environment import Environment
from settings.models.vm_sizes import VmSize, find_vm_size, with_reserve
from settings.reading.problems import KeyPath, Problem, dotted, listed


class _Use(NamedTuple):
    """What asks for cores: so many nodes or instances of a size."""

    what: str
    path: KeyPath
    size: str
    machines: int | None
    """``None`` when that is reported already."""
    unit: str

    @property
    def known(self) -> VmSize | None:
        return find_vm_size(self.size)


def quota_is_enough(environment: Checked[Environment]) -> Iterator[Problem]:
    """Hold what runs against the quota of its families: clusters at most, workstations, blue and green together.

    Nodes of low priority are left out: they have a quota of their own, of all families together.
    """
    uses = list(_uses(environment))
    families = {use.known.family.lower(): use.known.family for use in uses if use.known}
    for path in environment.children("quota"):
        family, cores = str(path[-1]), environment.get(*path)
        of_it = [use for use in uses if use.known and use.known.family.lower() == family.lower()]
        if of_it and cores is not None and all(use.machines is not None for use in of_it):
            yield from _too_little(environment, path, cores, of_it)
        elif not of_it and environment.sound(*path) and not _unread(environment):
            meant = nearest(family, list(families.values()))
            yield environment.problem(
                *path,
                found=f"{family}, which nothing here counts against",
                allowed="the families of dedicated nodes, workstations and the endpoint: "
                f"{listed(list(families.values())) or 'none is known'}",
                fix=f"did you mean {meant}?" if meant else "remove it",
                at_key=True,
            )


def sizes_without_quota(environment: Checked[Environment]) -> Iterator[tuple[KeyPath, str]]:
    """Yield place and size of what is not held against the quota, because its family is not known."""
    if any(environment.children("quota")):
        yield from ((use.path, use.size) for use in _uses(environment) if not use.known)


def _too_little(
    environment: Checked[Environment], path: KeyPath, cores: int, uses: list[_Use]
) -> Iterator[Problem]:
    asked = [(use, use.machines or 0, use.known.cores if use.known else 0) for use in uses]
    wanted = sum(machines * each for _, machines, each in asked)
    if wanted > cores:
        sums = ", ".join(f"{use.what} {machines} {use.unit} x {each}" for use, machines, each in asked)
        yield environment.problem(
            *path,
            found=f"{cores} cores, with {wanted} asked for: {sums}",
            allowed=f"at least {wanted}: clusters at their most nodes, workstations, and blue and green together, for "
            "each of which Azure keeps a fifth more instances free",
            fix="have Azure raise the quota and write it here, or lower max_nodes or instance_count",
        )


def _uses(environment: Checked[Environment]) -> Iterator[_Use]:
    for cluster in environment.sections(Cluster):
        size = environment.get(*cluster, "vm_size")
        if size is not None and environment.get(*cluster, "vm_priority") != "LowPriority":
            nodes = environment.get(*cluster, "max_nodes")
            yield _Use(dotted(cluster[1:]), (*cluster, "vm_size"), size, nodes, "nodes")
    for workstation in environment.sections(Workstation):
        size = environment.get(*workstation, "vm_size")
        if size is not None:
            yield _Use(dotted(workstation), (*workstation, "vm_size"), size, 1, "machine")
    size = environment.get("endpoint", "vm_size")
    if size is not None:
        count, known = environment.get("endpoint", "instance_count"), find_vm_size(size)
        instances = count and 2 * with_reserve(count, known)
        yield _Use("blue and green", ("endpoint", "vm_size"), size, instances, "instances")


def _unread(environment: Checked[Environment]) -> bool:
    """Tell whether a size is reported already: what is wrong there may have been of any family."""
    machines = (*environment.sections(Cluster), *environment.sections(Workstation))
    places = [(*path, "vm_size") for path in machines]
    places += [("endpoint", "vm_size")] if environment.given("endpoint") else []
    return not all(environment.sound(*place) for place in places)
