"""What a first deployment needs, as it is read."""

from __future__ import annotations

from pathlib import Path

import pytest

from client.azure import NameAvailability, RolePermission
from client.devops.agents import Agent, AgentPool, AgentQueue
from doctor.live.before import (
    Quotas,
    Subscription,
    agents_are_online,
    allows,
    cores_of,
    ids_are_filled_in,
    name_is_free,
    providers_are_registered,
    questions,
    quota_is_enough,
    rights,
    rights_are_enough,
)
from doctor.live.resources import STORAGE, VAULT, Deleted, expected
from settings.loader import Settings, load_settings
from settings.models.vm_sizes import find_vm_size
from tests.project import COMPANY, SUBSCRIPTION, copy_configuration, fill_in_ids, replace
from tests.unit.doctor.live.made import said

OWNER = RolePermission(("*",))
CONTRIBUTOR = RolePermission(("*",), ("Microsoft.Authorization/*/Write", "Microsoft.Authorization/*/Delete"))
ROLE_ADMINISTRATOR = RolePermission(("Microsoft.Authorization/roleAssignments/write", "*/read"))
ZEROS = "00000000-0000-0000-0000-000000000000"


def subscription(*permissions: RolePermission, **providers: str) -> Subscription:
    return Subscription("s", permissions, {f"Microsoft.{name}": state for name, state in providers.items()})


def test_what_roles_allow() -> None:
    assert allows([OWNER], "Microsoft.Authorization/roleAssignments/write")
    assert not allows([CONTRIBUTOR], "microsoft.authorization/roleassignments/write")
    assert allows([CONTRIBUTOR], "Microsoft.Resources/subscriptions/resourceGroups/write")
    # What one role excludes another one may allow.
    assert allows([CONTRIBUTOR, ROLE_ADMINISTRATOR], "Microsoft.Authorization/roleAssignments/write")
    assert not allows([], "Microsoft.Storage/read")


def test_rights(settings: Settings) -> None:
    needed = rights(settings, ZEROS)
    assert said(rights_are_enough(subscription(OWNER), needed)) == []
    assert said(rights_are_enough(subscription(CONTRIBUTOR), needed)) == [
        (
            "missing-right",
            "you may not do Microsoft.Authorization/roleAssignments/write, "
            "Microsoft.Authorization/roleDefinitions/write, Microsoft.Authorization/policyAssignments/write, "
            "Microsoft.Authorization/locks/write",
        )
    ]
    assert said(rights_are_enough(Subscription("s", None, None), needed)) == []


def test_rights_where_the_groups_are_there_and_nothing_is_locked(tmp_path: Path) -> None:
    config = copy_configuration(tmp_path)
    fill_in_ids(config)
    for name in ("dev", "test", "prod"):
        path = config / "environments" / f"{name}.yaml"
        group = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/mlops-{name}-rg"
        replace(path, ("location: eastus\n", f"location: eastus\nexisting:\n  resource_group: {group}\n"))
    replace(config / "environments" / "prod.yaml", ("  delete_locks: true\n", ""))
    other = "bbbbbbbb-bbbb-4ccc-8ddd-eeeeeeeeeeee"
    replace(config / "platform.yaml", (SUBSCRIPTION, other))
    settings = load_settings(config)
    assert {name.split("/")[1] for name in rights(settings, SUBSCRIPTION)} == {
        *("roleAssignments", "policyAssignments")
    }
    assert {name.split("/")[-2] for name in rights(settings, other)} == {
        *("resourceGroups", "roleAssignments", "roleDefinitions", "locks")
    }


def test_ids_of_all_zeros(settings: Settings) -> None:
    found = list(ids_are_filled_in(settings.placeholders))
    assert {finding.rule.id for finding in found} == {"not-filled-in"}
    assert [finding.place for finding in found][:2] == [
        "azure.tenant_id (config/platform.yaml, line 7)",
        "azure_devops.organization_url (config/platform.yaml, line 10)",
    ]


def test_providers() -> None:
    both = {"Storage": "Registered", "KeyVault": "NotRegistered"}
    assert said(providers_are_registered(subscription(OWNER, **both))) == []
    reader = RolePermission(("*/read",))
    assert said(providers_are_registered(subscription(reader, **both))) == [
        ("not-registered", "Microsoft.KeyVault: not registered, and you may not register them")
    ]
    assert said(providers_are_registered(Subscription("s", (reader,), None))) == []


def test_the_cores_of_the_guide(settings: Settings) -> None:
    assert {one.name: cores_of(one) for one in settings.environments} == {
        # 4 x DS3_v2 (4 cores) and 2 x DS2_v2 (2 cores), 4 x DS3_v2, 8 x DS4_v2 (8 cores)
        "dev": {"standardDSv2Family": 20},
        "test": {"standardDSv2Family": 16},
        "prod": {"standardDSv2Family": 64},
    }


def test_the_cores_of_a_company_fit_what_it_has_written_down(tmp_path: Path) -> None:
    """The other way to count, over the YAML, holds the same against ``quota``."""
    settings = load_settings(copy_configuration(tmp_path, COMPANY))
    with_quota = [one for one in settings.environments if one.quota]
    assert with_quota
    for environment in with_quota:
        for family, cores in environment.quota.items():
            assert 0 < cores_of(environment)[family] <= cores
    endpoints = [one for one in settings.environments if one.endpoint]
    assert endpoints
    for environment in endpoints:
        assert environment.endpoint
        size = find_vm_size(environment.endpoint.vm_size)
        assert size
        without = environment.model_copy(update={"endpoint": None})
        more = cores_of(environment)[size.family] - cores_of(without).get(size.family, 0)
        count = environment.endpoint.instance_count
        reserved = -(-count * 6 // 5) if size.is_reserved_for else count
        assert more == 2 * reserved * size.cores


@pytest.mark.parametrize(("free", "enough"), [(100, True), (99, False), (0, False)])
def test_quota(settings: Settings, free: int, enough: bool) -> None:
    quotas = {(ZEROS, "eastus"): Quotas({"standarddsv2family": free}, {})}
    found = [] if enough else [("quota", f"{free} cores of standardDSv2Family are free")]
    findings = list(quota_is_enough(settings.environments, quotas))
    assert said(findings) == found
    for finding in findings:
        assert finding.allowed.startswith("at least 100: 20 of dev + 16 of test + 64 of prod")


def test_quota_that_is_not_told(settings: Settings) -> None:
    assert said(quota_is_enough(settings.environments, {})) == []
    assert (
        said(
            quota_is_enough(
                settings.environments, {(ZEROS, "eastus"): Quotas({"standardncsv3family": 0}, {})}
            )
        )
        == []
    )


def test_quota_of_one_workspace(settings: Settings) -> None:
    given = {
        ("mlops-prod-workspace", "standarddsv2family"): 63,
        ("mlops-dev-workspace", "standarddsv2family"): 20,
    }
    quotas = {(ZEROS, "eastus"): Quotas({"standarddsv2family": 500}, given)}
    (finding,) = quota_is_enough(settings.environments, quotas)
    assert (finding.place, finding.found) == (
        "workspace mlops-prod-workspace",
        "63 cores of standardDSv2Family are free",
    )


def test_names(settings: Settings) -> None:
    taken = NameAvailability(name_available=False, reason="AlreadyExists", message="It is taken.")
    (account,) = [one for one in expected(settings, "dev") if one.kind is STORAGE]
    (vault,) = [one for one in expected(settings, "dev") if one.kind is VAULT]
    assert said(name_is_free(account, taken, ())) == [("taken-name", "taken: It is taken.")]
    assert said(name_is_free(account, NameAvailability(name_available=True), ())) == []
    # What keeps it is a finding of its own.
    assert said(name_is_free(vault, taken, [Deleted(VAULT, vault.name.upper(), "/id", "eastus")])) == []


def test_agents() -> None:
    queue = AgentQueue(1, "own", AgentPool(2, "own"))
    online, offline = Agent(1, "a", "online"), Agent(2, "b", "offline")
    off = Agent(3, "c", "online", enabled=False)
    assert said(agents_are_online(queue, [offline, online])) == []
    assert said(agents_are_online(queue, [offline, off])) == [
        ("no-agent", "2 agents, none of which is online and enabled")
    ]
    assert said(agents_are_online(queue, [])) == [("no-agent", "no agent at all")]


def test_questions(settings: Settings, tmp_path: Path) -> None:
    asked = [str(one) for one in questions(settings)]
    assert all("Ask " in text and text.endswith(".") for text in asked)
    assert any("parallel jobs" in text and "Organization settings, Parallel jobs" in text for text in asked)
    company = load_settings(copy_configuration(tmp_path, COMPANY))
    more = {one.question.split("?")[0] for one in questions(company)}
    assert "May service principals be added to the organization, with an access level" in more
