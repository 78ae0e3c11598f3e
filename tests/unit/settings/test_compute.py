"""Clusters and workstations: what a mistake in them is called, and what is accepted."""

from __future__ import annotations

import pytest

from settings.loader import load_settings
from settings.models.compute import Cluster, Compute, image_build_cluster
from settings.reading.problems import dotted
from tests.unit.settings.configuration import (
    DEV,
    PLATFORM,
    PROD,
    TEST,
    Configuration,
    Mistake,
    assert_one_problem,
)

SIZE = "vm_size: Standard_DS3_v2, min_nodes: 0, max_nodes: 1, idle_time: PT5M"
SUBNET = (
    "/subscriptions/12345678-abcd-4ef0-9876-0123456789ab/resourceGroups/hub-rg"
    "/providers/Microsoft.Network/virtualNetworks/hub/subnets/ml"
)
USER = "12345678-abcd-4ef0-9876-0123456789ab"
OWN = "choose another name in one of the two places"


def cluster(key: str, name: str, rest: str = "purpose: batch") -> str:
    """Return ``compute`` with one more cluster, to begin with."""
    return f"compute:\n  {key}: {{ name: {name}, {SIZE}, {rest} }}\n"


def workstation(name: str = "dev-anna", rest: str = "") -> str:
    """Return a workstation, and what it is put in front of."""
    return (
        f"workstations:\n  - {{ name: {name}, user: {USER}, vm_size: Standard_DS3_v2{rest} }}\n\nvalidation:"
    )


MISTAKES = {
    "a cluster without a purpose": Mistake(
        DEV, "compute:\n", f"compute:\n  «gpu: {{ name: gpu-a, {SIZE} }}\n", "compute.gpu",
        "gpu without purpose",
        "purpose: one of training, scoring, batch; only training_cluster and scoring_cluster go without",
        "add purpose",
    ),
    "a key of the guide that is mistyped": Mistake(
        DEV, "  scoring_cluster:", "  «scorng_cluster:", "compute.scorng_cluster",
        "scorng_cluster without purpose", "one of training, scoring, batch",
        "add purpose, or did you mean scoring_cluster?",
    ),
    "a purpose that there is not": Mistake(
        DEV, "compute:\n", cluster("gpu", "gpu-a", "purpose: «trainin"), "compute.gpu.purpose",
        '"trainin"', "one of training, scoring, batch", "did you mean training?",
    ),
    "a purpose against the key": Mistake(
        DEV, "name: dev-scoring-cluster\n", "name: dev-scoring-cluster\n    purpose: «batch\n",
        "compute.scoring_cluster.purpose",
        "batch, of scoring_cluster", "scoring, as the key says", "give the cluster another key, or remove purpose",
    ),
    "a cluster for training where there is no schedule": Mistake(
        TEST, "compute:\n", f"compute:\n  «gpu: {{ name: gpu-a, purpose: training, {SIZE} }}\n", "compute.gpu",
        "compute.gpu without training_schedule", "both where models are trained",
        "add training_schedule, or remove compute.gpu",
    ),
    "more nodes at least, in a cluster of one's own": Mistake(
        DEV, "compute:\n",
        "compute:\n  gpu: { name: gpu-a, purpose: batch, vm_size: Standard_DS3_v2, "
        "min_nodes: «3, max_nodes: 2, idle_time: PT5M }\n",
        "compute.gpu.min_nodes", "3 nodes", "at most max_nodes (2 nodes)", "lower min_nodes or raise max_nodes",
    ),
    "a key that no variable can be called after": Mistake(
        DEV, "compute:\n", cluster("«GPU-1", "gpu-a"), "compute.GPU-1",
        "GPU-1", "words of lower-case letters and digits", "write it like gpu_training",
    ),
    "two keys that make one variable": Mistake(
        DEV, "compute:\n", f"{cluster('gpu_a', 'gpu-a')}{cluster('«gpua', 'gpu-b')[9:]}", "compute.gpua",
        'like "gpu_a" in config/environments/dev.yaml, line',
        "each key of a cluster with a name of its own (underscores do not count)", OWN,
    ),
    "a name that another cluster has": Mistake(
        DEV, "\ntraining_schedule:",
        f"  gpu: {{ name: «DEV-scoring-cluster, purpose: batch, {SIZE} }}\n\ntraining_schedule:",
        "compute.gpu.name",
        '"DEV-scoring-cluster", like "dev-scoring-cluster" in', "each compute cluster", OWN,
    ),
    "a subnet beside a managed network": Mistake(
        PROD, "    name: prod-scoring-cluster\n", f"    name: prod-scoring-cluster\n    «subnet: {SUBNET}\n",
        "compute.scoring_cluster.subnet",
        "a subnet with vnet: true", "no subnet there", "remove subnet",
    ),
    "a subnet by its name": Mistake(
        DEV, "compute:\n", cluster("gpu", "gpu-a", "purpose: batch, subnet: «ml"), "compute.gpu.subnet",
        '"ml"', "the resource id of a subnet", "copy it from the subnet's properties",
    ),
    "no cluster in a private environment": Mistake(
        PROD,
        "compute:\n  scoring_cluster:\n    name: prod-scoring-cluster\n    vm_size: Standard_DS4_v2\n"
        "    min_nodes: 2 # warm, for high availability\n    max_nodes: 8\n    idle_time: PT30M\n",
        "«compute: {}\n", "compute",
        "no cluster, with private_endpoints: true", "a private container registry has no other place",
        "add a cluster, such as scoring_cluster with min_nodes: 0",
    ),
    "a GPU that Azure has retired": Mistake(
        DEV, "Standard_DS3_v2", "«Standard_NC6s_v3", "compute.training_cluster.vm_size",
        '"Standard_NC6s_v3", which Azure has retired', "such as Standard_NC4as_T4_v3",
        "choose one that the region has, and ask for its quota first",
    ),
    "a workstation with a GPU that Azure has retired": Mistake(
        DEV, "validation:", workstation().replace("Standard_DS3_v2", "«Standard_NV12"),
        "workstations[0].vm_size",
        '"Standard_NV12", which Azure has retired', "a size that there still is", "choose one",
    ),
    "a cluster whose variable there is already": Mistake(
        DEV, "name: dev\n", "name: key\n", "compute.vault_name",
        "vault_name, whose variable is called like another of the group",
        "with the environment's name, key, it makes that name", "choose another key",
    ),
    "a workstation called like a cluster": Mistake(
        DEV, "validation:", workstation("«Dev-Training-Cluster"), "workstations[0].name",
        '"Dev-Training-Cluster", like the cluster in config/environments/dev.yaml, line',
        "each compute of a workspace with a name of its own", OWN,
    ),
    "a workstation called like one of another environment": Mistake(
        TEST, "validation:", workstation("«Dev-Anna"), "workstations[0].name",
        '"Dev-Anna", like "dev-anna" in config/environments/dev.yaml', "each workstation with a name of its own",
        "choose another name",
    ),
    "a workstation with a number behind the last hyphen": Mistake(
        DEV, "validation:", workstation("«dev-1"), "workstations[0].name",
        '"dev-1"', "with a letter behind the last hyphen", "write it like dev-anna",
    ),
    "a workstation of nobody": Mistake(
        DEV, "validation:", "workstations:\n  - «name: dev-anna\n    vm_size: Standard_DS3_v2\n\nvalidation:",
        "workstations[0].user", "nothing", "the key user", "add user",
    ),
    "a workstation of somebody by name": Mistake(
        DEV, "validation:", workstation().replace(USER, "«anna@company.com"), "workstations[0].user",
        '"anna@company.com"', "a GUID", "copy the id from the Azure portal",
    ),
    "a workstation that is idle too long": Mistake(
        DEV, "validation:", workstation(rest=", idle_shutdown: «P4D"), "workstations[0].idle_shutdown",
        '"P4D"', "an ISO 8601 duration from PT15M to P3D in whole minutes", "write it like PT15M",
    ),
    "a schedule that does nothing": Mistake(
        DEV, "validation:", workstation(rest=", «schedule: { time_zone: UTC }"), "workstations[0].schedule",
        "a schedule without start and stop", "start, stop or both", "add stop",
    ),
    "a schedule with names of weekdays": Mistake(
        DEV, "validation:", workstation(rest=", schedule: { stop: «0 19 * * Mon-Fri }"),
        "workstations[0].schedule.stop",
        '"0 19 * * Mon-Fri"', "five fields of numbers, *, lists and ranges", "weekdays as numbers",
    ),
    "a time zone as other systems call it": Mistake(
        DEV, "validation:", workstation(rest=', schedule: { stop: "0 19 * * *", time_zone: «Europe/Berlin }'),
        "workstations[0].schedule.time_zone",
        '"Europe/Berlin"', "a time zone as Windows calls it", "W. Europe Standard Time",
    ),
}  # fmt: skip


def prepare(configuration: Configuration, case: str) -> None:
    """Make what a mistake stands beside."""
    if "of another environment" in case:
        configuration.edit(DEV, "validation:", workstation())
    if "variable there is already" in case:
        configuration.edit(DEV, "compute:\n", cluster("vault_name", "vault-a"))
        for file, old in (("platform.yaml", "[dev, test, prod]"), ("platform.yaml", "promoted_from: [dev]")):
            configuration.edit(file, old, old.replace("dev", "key"))


@pytest.mark.parametrize("case", [case for case in MISTAKES if "variable there is already" not in case])
def test_mistake(configuration: Configuration, case: str) -> None:
    prepare(configuration, case)
    assert_one_problem(configuration, MISTAKES[case])


def test_a_key_that_makes_the_name_of_another_variable(configuration: Configuration) -> None:
    case = "a cluster whose variable there is already"
    prepare(configuration, case)
    mistake = MISTAKES[case]
    configuration.edit(mistake.file, mistake.old, mistake.new)
    (problem,) = configuration.problems()
    assert dotted(problem.path) == mistake.path
    assert problem.column == 3, "the key, not what stands behind it"
    assert mistake.found in problem.found
    assert mistake.allowed in problem.allowed
    assert mistake.fix in problem.fix


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("compute:\n", cluster("gpu", "gpu-a", "purpose: training, vm_priority: LowPriority")),
        ("compute:\n", cluster("gpu", "gpu-a", f"purpose: batch, subnet: {SUBNET}")),
        ("validation:", workstation()),
        ("validation:", workstation(rest=', idle_shutdown: PT15M, schedule: { start: "0 8 * * 1-5" }')),
        ("Standard_DS3_v2", "Standard_NC40ads_H100_v5"),
    ],
)
def test_just_allowed(configuration: Configuration, old: str, new: str) -> None:
    configuration.edit(DEV, old, new)
    assert load_settings(configuration.folder).environments


def test_an_environment_without_clusters(configuration: Configuration) -> None:
    head, _, tail = configuration.text(DEV).partition("compute:\n")
    configuration.write(DEV, f"{head}compute: {{}}\n\nvalidation:{tail.partition('validation:')[2]}")
    assert load_settings(configuration.folder).environments[0].compute == {}


def test_an_environment_without_a_cluster_for_scoring(configuration: Configuration) -> None:
    head, _, tail = configuration.text(TEST).partition("  scoring_cluster:\n")
    rest = "validation:" + tail.partition("validation:")[2]
    configuration.write(TEST, f"{head}  nightly: {{ name: nightly-a, purpose: batch, {SIZE} }}\n\n{rest}")
    assert list(load_settings(configuration.folder).environments[1].compute) == ["nightly"]


def test_a_workstation_of_another_region_may_have_the_same_name(configuration: Configuration) -> None:
    configuration.edit(DEV, "validation:", workstation())
    configuration.edit(TEST, "validation:", workstation())
    configuration.edit(TEST, "location: eastus", "location: westeurope")
    registry = "  location: eastus\n  log_analytics: mlops-registry-logs\n"
    configuration.edit(PLATFORM, registry, f"  regions: [westeurope]\n{registry}")
    assert load_settings(configuration.folder).environments


def clusters(*rows: tuple[str, str | None, str]) -> Compute:
    """Return clusters by key, purpose and priority; each is named like its key, with hyphens."""
    return {
        key: Cluster.model_validate(
            {
                "name": key.replace("_", "-"),
                "purpose": purpose,
                "vm_size": "Standard_DS3_v2",
                "min_nodes": 0,
                "max_nodes": 1,
                "idle_time": "PT5M",
                "vm_priority": priority,
            }
        )
        for key, purpose, priority in rows
    }


@pytest.mark.parametrize(
    ("rows", "name"),
    [
        ([], None),
        (
            [("training_cluster", None, "Dedicated"), ("scoring_cluster", None, "Dedicated")],
            "scoring-cluster",
        ),
        ([("gpu", "training", "Dedicated"), ("nightly", "batch", "Dedicated")], "nightly"),
        ([("scoring_cluster", None, "LowPriority"), ("gpu", "training", "Dedicated")], "gpu"),
        ([("one", "scoring", "Dedicated"), ("two", "scoring", "Dedicated")], "one"),
    ],
)
def test_the_cluster_that_builds_images(rows: list[tuple[str, str | None, str]], name: str | None) -> None:
    assert image_build_cluster(clusters(*rows)) == name
