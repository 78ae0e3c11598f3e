"""``mlops doctor live`` over what Terraform deployed: nothing is wrong, and each mistake by hand is its own finding."""

from __future__ import annotations

import json
import re
import shlex
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from cli.__main__ import app
from cli.exit_codes import ExitCode
from sandbox.cloud.faults import ANSWER
from sandbox.cloud.request import Account, Request
from sandbox.cloud.store import Cloud, Resource
from sandbox.commands.platform import Platform
from sandbox.rest.calls import Answer, Call
from sandbox.rest.door import Door
from sandbox.rest.server import open_door
from sandbox.services.seed import seed
from sandbox.services.types import resource_type
from tests.project import REPOSITORY

PEOPLE = {
    "QA team": "quinn@contoso.com",
    "Senior engineers": "sam@contoso.com",
    "Platform lead": "pat@contoso.com",
    "ML team leads": "mia@contoso.com",
}
ENTRA = "aadgp.5c2a8f147b3e4d69a0c19e8d7f6a5b01"
Mistake = Callable[[Cloud], None]


@pytest.fixture(scope="module")
def staffed(deployed: Platform, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the cloud in which somebody is in each team that approves, as people have to see to."""
    folder = tmp_path_factory.mktemp("staffed") / "cloud"
    shutil.copytree(deployed.cloud_folder, folder)
    cloud = seed(folder, people=PEOPLE.values(), subscriptions=())
    users = {str(user.attributes["principal_name"]): user for user in cloud.resources("azuredevops_user")}
    for team, person in PEOPLE.items():
        change(cloud, "azuredevops_group", team, members=[users[person].attributes["descriptor"]])
    return folder


@pytest.fixture
def cloud(staffed: Path, tmp_path: Path) -> Cloud:
    return Cloud(Path(shutil.copytree(staffed, tmp_path / "cloud")))


@pytest.fixture(autouse=True)
def here(deployed: Platform, project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(project)
    monkeypatch.setenv("CDKTF_OUTDIR", str(deployed.out))


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[tuple[str, str]]]:
    """The method and path of each call that gets to the door."""
    seen: list[tuple[str, str]] = []
    answer = Door._without_token

    def noted(self: Door, call: Call) -> Answer | None:
        seen.append((call.method, call.path))
        return answer(self, call)

    monkeypatch.setattr(Door, "_without_token", noted)
    yield seen


def look(cloud: Cloud, *options: str, expected: ExitCode) -> dict[str, Any]:
    with open_door(cloud) as door:
        done = CliRunner(env=dict(door.environment())).invoke(app, ["doctor", "live", "--json", *options])
    assert done.exit_code == expected, done.output
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def rules(findings: list[dict[str, str]]) -> list[tuple[str, str]]:
    return [(finding["rule"], finding["place"]) for finding in findings]


def one(cloud: Cloud, type_name: str, name: str) -> Resource:
    (found,) = [item for item in cloud.resources(type_name) if item.name == name]
    return found


def change(cloud: Cloud, type_name: str, name: str, /, **attributes: Any) -> None:
    found = one(cloud, type_name, name)
    cloud.write(replace(found, attributes={**found.attributes, **attributes}))


def remove(cloud: Cloud, type_name: str, name: str) -> None:
    cloud.remove(one(cloud, type_name, name))


def test_what_was_deployed_has_no_findings(cloud: Cloud, calls: list[tuple[str, str]]) -> None:
    before = {path: path.read_bytes() for path in cloud.folder.rglob("*.json")}
    found = look(cloud, expected=ExitCode.FINE)
    assert (found["findings"], found["unseen"]) == ([], [])
    assert rules(found["notes"]) == [("note-access", "variable group mlops-prod-variables")]
    assert "Senior engineers is Administrator (assigned): sam@contoso.com" in found["notes"][0]["found"]
    assert "Project Valid Users is Reader (inherited): everybody in the project" in found["notes"][0]["found"]
    # Nothing but GET got there, and tokens that were asked for; and nothing has changed.
    assert {method for method, _ in calls} == {"GET", "POST"}
    assert {path.rpartition("/")[2] for method, path in calls if method == "POST"} == {"token"}
    assert {path: path.read_bytes() for path in cloud.folder.rglob("*.json")} == before


def test_what_may_not_be_seen_is_a_line_and_the_rest_goes_on(
    cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    remove(cloud, "azuredevops_environment", "prod-deployment")
    monkeypatch.setenv(ANSWER, "403:securityroles")
    found = look(cloud, "--env", "prod", expected=ExitCode.FINDINGS)
    assert rules(found["findings"]) == [("missing-environment", "environment prod-deployment")]
    assert [item["what"] for item in found["unseen"]] == [
        "the roles on the variable group mlops-prod-variables"
    ]
    assert found["unseen"][0]["why"].startswith("403")
    assert "Administrator of the resource" in found["unseen"][0]["who"]


def test_without_findings_what_may_not_be_seen_is_no_success(
    cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(ANSWER, "403:Microsoft.KeyVault")
    found = look(cloud, "--env", "dev", expected=ExitCode.FAILED)
    assert found["findings"] == []
    assert "the key vault mlops-dev-keyvault" in [item["what"] for item in found["unseen"]]


def test_a_project_that_is_half_made(cloud: Cloud) -> None:
    (project,) = cloud.resources("azuredevops_project")
    cloud.write(replace(project, contents={**project.contents, "state": "createPending"}))
    found = look(cloud, "--env", "dev", expected=ExitCode.FINDINGS)
    assert ("project", "project mlops") in rules(found["findings"])


def library(name: str, variable: str, **changed: Any) -> Mistake:
    def made(cloud: Cloud) -> None:
        group = one(cloud, "azuredevops_variable_group", name)
        variables = {**group.contents["variables"]}
        variables[variable] = {**variables[variable], **changed}
        if not changed:
            del variables[variable]
        cloud.write(replace(group, contents={**group.contents, "variables": variables}))

    return made


def edited(type_name: str, name: str, /, **attributes: Any) -> Mistake:
    return lambda cloud: change(cloud, type_name, name, **attributes)


def removed(type_name: str, name: str) -> Mistake:
    return lambda cloud: remove(cloud, type_name, name)


def of_gate(type_name: str, gate: str, /, **attributes: Any) -> Mistake:
    """Change a check of an environment, or remove it."""

    def made(cloud: Cloud) -> None:
        environment = one(cloud, "azuredevops_environment", gate)
        (check,) = [
            item
            for item in cloud.resources(type_name)
            if item.attributes["target_resource_id"] == environment.id
            and item.attributes["target_resource_type"] == "environment"
        ]
        if attributes:
            cloud.write(replace(check, attributes={**check.attributes, **attributes}))
        else:
            cloud.remove(check)

    return made


def other_approver(cloud: Cloud) -> None:
    group = one(cloud, "azuredevops_group", "Developers")
    of_gate("azuredevops_check_approval", "test-deployment", approvers=[group.attributes["group_id"]])(cloud)


def in_two_teams(cloud: Cloud) -> None:
    """Let the platform lead be one of the senior engineers too."""
    lead = one(cloud, "azuredevops_group", "Platform lead").attributes["members"]
    engineers = one(cloud, "azuredevops_group", "Senior engineers").attributes["members"]
    change(cloud, "azuredevops_group", "Senior engineers", members=[*engineers, *lead])


def authorization(name: str, pipeline: str, *, given: bool) -> Mistake:
    def made(cloud: Cloud) -> None:
        group = one(cloud, "azuredevops_variable_group", name)
        number = int(one(cloud, "azuredevops_build_definition", pipeline).id)
        arguments = {
            "project_id": group.attributes["project_id"],
            "resource_id": group.id,
            "type": "variablegroup",
            "pipeline_id": number,
        }
        if given:
            type_ = "azuredevops_pipeline_authorization"
            with cloud.locked():
                resource_type(type_).create(Request(cloud, Account(), type_), arguments)
            return
        for item in cloud.resources("azuredevops_pipeline_authorization"):
            if arguments.items() <= item.attributes.items():
                cloud.remove(item)

    return made


def role(name: str, who: str | None, role_name: str = "Administrator") -> Mistake:
    """Give somebody else a role on a group, or take the one away that the configuration gives."""

    def made(cloud: Cloud) -> None:
        group = one(cloud, "azuredevops_variable_group", name)
        on = f"{group.attributes['project_id']}${group.id}"
        given = [
            item
            for item in cloud.resources("azuredevops_securityrole_assignment")
            if item.attributes["resource_id"] == on
        ]
        if who is None:
            cloud.remove(given[0])
            return
        key = one(cloud, "azuredevops_group", who).attributes["group_id"]
        attributes = {**given[0].attributes, "identity_id": key, "role_name": role_name}
        id_ = f"{given[0].attributes['scope']}/{on}/{key}"
        has = next((item for item in given if item.id == id_), None)
        cloud.write(Resource(given[0].type, id_, attributes, path=has.path if has else None))

    return made


CONNECTION = "azuredevops_serviceendpoint_azurerm"
OLD = "https://vstoken.dev.azure.com/11111111-1111-4111-8111-111111111111"


def old_issuer(cloud: Cloud) -> None:
    connection = one(cloud, CONNECTION, "Azure-MLOps-Dev")
    issuer = connection.attributes["workload_identity_federation_issuer"]
    subject = connection.attributes["workload_identity_federation_subject"]
    change(cloud, CONNECTION, "Azure-MLOps-Dev", workload_identity_federation_issuer=OLD)
    for item in cloud.resources("azurerm_federated_identity_credential"):
        if (item.attributes["issuer"], item.attributes["subject"]) == (issuer, subject):
            cloud.write(replace(item, attributes={**item.attributes, "issuer": OLD}))


def without_credential(cloud: Cloud) -> None:
    subject = one(cloud, CONNECTION, "Azure-MLOps-Dev").attributes["workload_identity_federation_subject"]
    for item in cloud.resources("azurerm_federated_identity_credential"):
        if item.attributes["subject"] == subject:
            cloud.remove(item)


def not_ready(cloud: Cloud) -> None:
    connection = one(cloud, CONNECTION, "Azure-MLOps-Dev")
    cloud.write(replace(connection, contents={**connection.contents, "failed": "AADSTS700016"}))


def in_block(type_name: str, name: str, block: str, **values: Any) -> Mistake:
    def made(cloud: Cloud) -> None:
        (inner,) = one(cloud, type_name, name).attributes[block]
        change(cloud, type_name, name, **{block: [{**inner, **values}]})

    return made


def without_azure_role(cloud: Cloud) -> None:
    account = one(cloud, "azurerm_storage_account", "mlopsdevstorage")
    identity = one(cloud, "azurerm_user_assigned_identity", "mlops-dev-workspace-connection")
    (given,) = [
        item
        for item in cloud.resources("azurerm_role_assignment")
        if item.attributes["scope"] == account.id
        and item.attributes["principal_id"] == identity.attributes["principal_id"]
    ]
    cloud.remove(given)


def deleted_vault(location: str) -> Mistake:
    def made(cloud: Cloud) -> None:
        vault = one(cloud, "azurerm_key_vault", "mlops-dev-keyvault")
        cloud.remove(vault)
        place = cloud.folder / "soft-deleted" / vault.type / "mlops-dev-keyvault.json"
        content = {
            "type": vault.type,
            "id": vault.id,
            "attributes": {**vault.attributes, "location": location},
        }
        cloud.write_json(place, content)

    return made


def by_anna(mistake: Mistake) -> Mistake:
    """Let her have made a change of dev's group, at a time that stays the same."""

    def made(cloud: Cloud) -> None:
        mistake(cloud)
        group = one(cloud, GROUP, DEV)
        change = {"by": "Anna", "on": "2026-11-02T09:30:00Z", "revision": 99}
        cloud.write(replace(group, contents={**group.contents, "changed": change}))

    return made


GROUP, GATE = "azuredevops_variable_group", "azuredevops_environment"
DEV, PROD = "mlops-dev-variables", "mlops-prod-variables"
MISTAKES: dict[str, tuple[str, Mistake, list[tuple[str, str]]]] = {
    "a group is gone": ("dev", removed(GROUP, DEV), [("missing-group", f"variable group {DEV}")]),
    "a group has another name": (
        "dev",
        edited(GROUP, DEV, name="dev-variables"),
        [("missing-group", f"variable group {DEV}")],
    ),
    "a value of Terraform's": (
        "dev",
        library(DEV, "workspaceName", value="other"),
        [("changed-value", f"variable group {DEV}, variable workspaceName")],
    ),
    "a value of the Library's": (
        "dev",
        library(DEV, "validationMinAccuracy", value="0.72"),
        [("note-edited", f"variable group {DEV}, variable validationMinAccuracy")],
    ),
    "a variable is gone": (
        "dev",
        library(DEV, "location"),
        [("missing-variable", f"variable group {DEV}, variable location")],
    ),
    "a variable is a secret": (
        "dev",
        library(DEV, "location", isSecret=True),
        [("secret-variable", f"variable group {DEV}, variable location")],
    ),
    "an environment is gone": (
        "prod",
        removed(GATE, "prod-deployment"),
        [("missing-environment", "environment prod-deployment")],
    ),
    "an approval is gone": (
        "prod",
        of_gate("azuredevops_check_approval", "prod-deployment"),
        [("missing-check", "environment prod-deployment")],
    ),
    "branch control is gone": (
        "prod",
        of_gate("azuredevops_check_branch_control", "prod-deployment"),
        [("missing-check", "environment prod-deployment")],
    ),
    "the lock is gone": (
        "prod",
        of_gate("azuredevops_check_exclusive_lock", "prod-deployment"),
        [("missing-check", "environment prod-deployment")],
    ),
    "one approval is enough": (
        "prod",
        of_gate("azuredevops_check_approval", "prod-deployment", minimum_required_approvers=1),
        [("changed-check", "environment prod-deployment")],
    ),
    "who asks may approve": (
        "prod",
        of_gate("azuredevops_check_approval", "prod-deployment", requester_can_approve=True),
        [("changed-check", "environment prod-deployment")],
    ),
    "an approval waits shorter": (
        "prod",
        of_gate("azuredevops_check_approval", "prod-deployment", timeout=60),
        [("changed-check", "environment prod-deployment")],
    ),
    "others approve": ("test", other_approver, [("changed-check", "environment test-deployment")]),
    "any branch": (
        "prod",
        of_gate("azuredevops_check_branch_control", "prod-deployment", allowed_branches="*"),
        [("changed-check", "environment prod-deployment")],
    ),
    "branches without policies": (
        "prod",
        of_gate("azuredevops_check_branch_control", "prod-deployment", verify_branch_protection=False),
        [("changed-check", "environment prod-deployment")],
    ),
    "nobody approves": (
        "test",
        edited("azuredevops_group", "QA team", members=[]),
        [("no-approvers", "team QA team")],
    ),
    "one person counts twice": ("prod", in_two_teams, [("counts-twice", "environment prod-deployment")]),
    "open to all": (
        "dev",
        edited(GROUP, DEV, allow_access=True),
        [("open-to-all", f"variable group {DEV}")],
    ),
    "opened by hand": (
        "dev",
        authorization(DEV, "Prod Deployment", given=True),
        [("opened-by-hand", f"variable group {DEV}")],
    ),
    "not authorized": (
        "dev",
        authorization(DEV, "Training", given=False),
        [("not-authorized", f"variable group {DEV}")],
    ),
    "a role is gone": ("dev", role(DEV, None), [("missing-role", f"variable group {DEV}")]),
    "a role by hand": ("dev", role(DEV, "QA team"), [("role-by-hand", f"variable group {DEV}")]),
    "a smaller role": ("dev", role(DEV, "Developers", "User"), [("missing-role", f"variable group {DEV}")]),
    "a connection is gone": (
        "dev",
        removed(CONNECTION, "Azure-MLOps-Dev"),
        [("missing-connection", "service connection Azure-MLOps-Dev")],
    ),
    "a connection is not ready": ("dev", not_ready, [("not-ready", "service connection Azure-MLOps-Dev")]),
    "a connection with a secret": (
        "dev",
        edited(
            CONNECTION,
            "Azure-MLOps-Dev",
            service_endpoint_authentication_scheme="ServicePrincipal",
            workload_identity_federation_issuer="",
            workload_identity_federation_subject="",
        ),
        [("not-federated", "service connection Azure-MLOps-Dev")],
    ),
    "another subscription": (
        "dev",
        edited(CONNECTION, "Azure-MLOps-Dev", azurerm_subscription_id="22222222-2222-4222-8222-222222222222"),
        [("other-subscription", "service connection Azure-MLOps-Dev")],
    ),
    "an issuer that retires": (
        "dev",
        old_issuer,
        [("retiring-issuer", "service connection Azure-MLOps-Dev")],
    ),
    "nobody trusts it": (
        "dev",
        without_credential,
        [("no-credential", "service connection Azure-MLOps-Dev")],
    ),
    "a team is gone": (
        "dev",
        removed("azuredevops_group", "Developers"),
        [("missing-team", "team Developers")],
    ),
    "a pipeline is paused": (
        "dev",
        edited("azuredevops_build_definition", "Training", queue_status="paused"),
        [("missing-pipeline", "pipeline Training")],
    ),
    "a storage account is opened": (
        "prod",
        in_block("azurerm_storage_account", "mlopsprodstorage", "network_rules", default_action="Allow"),
        [("public-access", "storage account mlopsprodstorage")],
    ),
    "a workspace is opened": (
        "prod",
        edited(
            "azurerm_machine_learning_workspace", "mlops-prod-workspace", public_network_access_enabled=True
        ),
        [("public-access", "workspace mlops-prod-workspace")],
    ),
    "another isolation": (
        "prod",
        in_block(
            "azurerm_machine_learning_workspace",
            "mlops-prod-workspace",
            "managed_network",
            isolation_mode="Disabled",
        ),
        [("isolation-mode", "workspace mlops-prod-workspace")],
    ),
    "keys are allowed": (
        "dev",
        edited("azurerm_storage_account", "mlopsdevstorage", shared_access_key_enabled=True),
        [("keys-allowed", "storage account mlopsdevstorage")],
    ),
    "a registry with a password": (
        "dev",
        edited("azurerm_container_registry", "mlopsdevregistry", admin_enabled=True),
        [("keys-allowed", "container registry mlopsdevregistry")],
    ),
    "a role in Azure is gone": (
        "dev",
        without_azure_role,
        [("missing-role-assignment", "identity mlops-dev-workspace-connection on mlopsdevstorage")],
    ),
    "an identity is gone": (
        "dev",
        removed("azurerm_user_assigned_identity", "mlops-dev-workspace-compute"),
        [("missing-resource", "azurerm_user_assigned_identity.compute_identity of mlops-dev")],
    ),
    "a vault was deleted": (
        "dev",
        deleted_vault("eastus"),
        [
            ("missing-resource", "key vault mlops-dev-keyvault"),
            ("note-deleted", "key vault mlops-dev-keyvault"),
        ],
    ),
    "a vault was deleted elsewhere": (
        "dev",
        deleted_vault("westus"),
        [
            ("missing-resource", "key vault mlops-dev-keyvault"),
            ("deleted-name", "key vault mlops-dev-keyvault"),
        ],
    ),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_by_hand_is_exactly_its_finding(cloud: Cloud, name: str) -> None:
    environment, mistake, wanted = MISTAKES[name]
    mistake(cloud)
    notes_alone = all(rule.startswith("note-") for rule, _ in wanted)
    expected = ExitCode.FINE if notes_alone else ExitCode.FINDINGS
    found = look(cloud, "--env", environment, expected=expected)
    every = rules([*found["findings"], *found["notes"]])
    assert [item for item in every if item[0] != "note-access"] == wanted
    assert found["unseen"] == []


PAGE = REPOSITORY / "docs" / "troubleshooting.md"
SHOWN: list[list[Mistake]] = [
    [by_anna(library(DEV, "location")), authorization(DEV, "Training", given=False)],
    [
        by_anna(library(DEV, "workspaceName", value="mlops-dev-workspace-2")),
        by_anna(library(DEV, "validationMinAccuracy", value="0.72")),
    ],
    [not_ready, without_azure_role],
    [of_gate("azuredevops_check_approval", "prod-deployment", minimum_required_approvers=1), in_two_teams],
]
"""What somebody has done before each command on the page, in the page's order."""


def shown() -> list[tuple[str, str]]:
    """Return each command of the page that looks at what is live, and what the page says that it prints."""
    blocks = re.findall(
        r"^```console\n\$ mlops (doctor live.*)\n((?:.*\n)+?)```$", PAGE.read_text(), re.MULTILINE
    )
    assert len(blocks) == len(SHOWN)
    return blocks


@pytest.mark.parametrize("index", range(len(SHOWN)))
def test_the_page_shows_what_it_prints(cloud: Cloud, index: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """After a change that is meant: put what this prints into the page."""
    command, text = shown()[index]
    for mistake in SHOWN[index]:
        mistake(cloud)
    monkeypatch.setenv("COLUMNS", "100")
    with open_door(cloud) as door:
        done = CliRunner(env={**door.environment(), "NO_COLOR": "1"}).invoke(app, shlex.split(command))
    assert done.output == text
