"""What Azure DevOps does by itself, under the real terraform: the order of steps is what counts here.

Each test deploys what a construct writes, without the rest of the platform.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace

import cdktf
import pytest
from cdktf import TerraformStack

from constructs_lib.devops.approval_environment import add_approval_environment
from constructs_lib.devops.project import Project
from constructs_lib.devops.provider import configure_azuredevops
from constructs_lib.devops.variable_group import add_variable_group
from sandbox.cloud.store import Resource
from sandbox.commands.library import list_variables
from sandbox.services.seed import seed
from settings.models import devops
from settings.models.platform import AzureDevOps, Pipeline, Team
from settings.models.platform import Project as ProjectSettings
from settings.models.variables import Variable
from tests.e2e.terraform import Json, Terraform, TerraformError
from tests.project import TENANT
from tests.unit.constructs.examples import project, synthesized

# As the project of the constructs' tests has them.
PIPELINES = {"Training": "\\", "pr-validation": "\\checks"}


@pytest.fixture(scope="module")
def terraform(tmp_path_factory: pytest.TempPathFactory) -> Terraform:
    terraform = Terraform(tmp_path_factory.mktemp("devops"))
    seed(terraform.cloud.folder, groups=["Leads", "QA Team"], pipelines=PIPELINES)
    return terraform


def new_stack() -> TerraformStack:
    stack = TerraformStack(cdktf.Testing.app(), "example")
    configure_azuredevops(stack, organization_url="https://dev.azure.com/contoso", tenant_id=TENANT)
    return stack


# --- Variables that come and go together ----------------------------------------------------------------------


def group_of(values: Mapping[str, str], *, name: str = "settings") -> Json:
    stack = new_stack()
    add_variable_group(
        stack,
        "variables",
        project=project(stack),
        settings=devops.VariableGroup(name=name, purpose="Settings", used_by=(), permissions={}),
        variables=[
            Variable(name=key, value=value, owner="terraform", setting="") for key, value in values.items()
        ],
    )
    return synthesized(stack).terraform


def test_variables_of_a_group_come_change_and_go_together(terraform: Terraform) -> None:
    many = dict.fromkeys("abcdefgh", "1")
    fewer = {"b": "2", "f": "2", "new": "1", "another": "1"}
    for values in (many, fewer, many, fewer):
        terraform.write(group_of(values))
        terraform.apply()
        assert list_variables(terraform.cloud.folder, "settings")["settings"] == {
            "managedBy": "terraform",
            **values,
        }
        assert terraform.actions() == {}
    terraform.write(group_of({"b": "2", "f": "2", "new": "1"}))
    assert terraform.actions() == {
        "terraform_data.variables-names": ["update"],
        "azuredevops_variable_group_variable.variables_another": ["delete"],
    }
    terraform.run("destroy", "-auto-approve")


def test_another_name_of_a_group_is_refused_until_somebody_renames_it(terraform: Terraform) -> None:
    terraform.write(group_of({"a": "1"}))
    terraform.apply()
    terraform.write(group_of({"a": "1"}, name="renamed"))
    with pytest.raises(TerraformError) as refused:
        terraform.actions()
    said = words(refused.value)
    assert "The variable group is called settings in Azure DevOps, and renamed in the configuration." in said
    assert "Put the old name back in config/ (variable_group.name). Or rename the group to renamed" in said

    (group,) = terraform.cloud.resources("azuredevops_variable_group")
    terraform.cloud.write(replace(group, attributes={**group.attributes, "name": "renamed"}))
    assert terraform.actions() == {}

    terraform.write(group_of({"a": "1"}))
    terraform.run("destroy", "-auto-approve")  # what is refused stays destroyable
    assert terraform.cloud.resources("azuredevops_variable_group") == []


# --- Checks and authorizations --------------------------------------------------------------------------------

APPROVAL = "azuredevops_check_approval.approval_approval"
BRANCH_CONTROL = "azuredevops_check_branch_control.approval_branch_control"
CHECKS = [APPROVAL, BRANCH_CONTROL, "azuredevops_check_exclusive_lock.approval_exclusive_lock"]
AUTHORIZATIONS = [
    f"azuredevops_pipeline_authorization.approval-pipeline-{name}" for name in ("PR_Validation", "Training")
]


def gate() -> Json:
    stack = new_stack()
    add_approval_environment(
        stack,
        "approval",
        project=project(stack),
        settings=devops.ApprovalEnvironment(
            name="prod-deployment",
            used_by=("Training", "PR Validation"),
            approvers=("leads", "qa"),
            minimum_approvers=2,
            timeout="PT36H",
            instructions="Look at the metrics.",
            branches=("main",),
        ),
    )
    return synthesized(stack).terraform


def happened(printed: str, addresses: Iterable[str], event: str) -> list[int]:
    """Return where in its output Terraform says so of each of these resources; ValueError where it does not."""
    return [printed.index(f"{address}: {event}") for address in addresses]


def test_a_gate_is_never_open(terraform: Terraform, monkeypatch: pytest.MonkeyPatch) -> None:
    authorization = "azuredevops_pipeline_authorization"
    terraform.write(gate())
    monkeypatch.setenv("SANDBOX_FAIL_CREATE", "azuredevops_check_approval:1")
    with pytest.raises(TerraformError, match="was asked to fail here"):
        terraform.apply()
    assert terraform.cloud.resources("azuredevops_environment")
    assert terraform.cloud.resources(authorization) == []

    printed = terraform.apply()
    (checked,) = happened(printed, [APPROVAL], "Creation complete")
    assert checked < min(happened(printed, AUTHORIZATIONS, "Creating..."))
    assert terraform.actions() == {}

    printed = terraform.run("apply", "-auto-approve", f"-replace={BRANCH_CONTROL}")
    closed = max(happened(printed, AUTHORIZATIONS, "Destruction complete"))
    gone, made = (
        happened(printed, [BRANCH_CONTROL], step)[0] for step in ("Destroying...", "Creation complete")
    )
    opened = min(happened(printed, AUTHORIZATIONS, "Creating..."))
    assert closed < gone < made < opened
    assert len(terraform.cloud.resources(authorization)) == len(AUTHORIZATIONS)

    printed = terraform.run("destroy", "-auto-approve")
    closed = max(happened(printed, AUTHORIZATIONS, "Destruction complete"))
    assert closed < min(happened(printed, CHECKS, "Destroying..."))


# --- Pipelines ------------------------------------------------------------------------------------------------


def test_a_pipeline_elsewhere_or_on_another_branch_is_refused(terraform: Terraform) -> None:
    stack = new_stack()
    ours = project(stack)
    ours.expect_start_on(["Training"], devops.ServiceConnection(name="Azure", used_by=(), branches=("main",)))
    terraform.write(synthesized(stack).terraform)
    terraform.apply()

    (training,) = [item for item in pipelines(terraform) if item.name == "Training"]
    (repository,) = training.attributes["repository"]
    on_develop = [{**repository, "branch_name": "develop"}]
    for change, problem in (
        ({"path": "\\attic"}, r"found in the folder \\attic, not in \\\."),
        ({"repository": on_develop}, "Training starts on its default branch, develop"),
    ):
        terraform.cloud.write(replace(training, attributes={**training.attributes, **change}))
        with pytest.raises(TerraformError) as refused:
            terraform.run("plan")
        assert re.search(problem, words(refused.value))
    terraform.run("destroy", "-auto-approve")  # what is refused stays destroyable
    terraform.cloud.write(training)


def test_pipelines_of_a_project_that_is_not_there_yet_are_refused(terraform: Terraform) -> None:
    def new_project(*, exists: bool) -> Json:
        stack = new_stack()
        ours = Project(
            stack,
            "project",
            settings=AzureDevOps(
                organization_url="https://dev.azure.com/contoso",
                project=ProjectSettings(name="fresh", create=True),
            ),
            teams={},
            pipelines={"Training": Pipeline(name="Training", exists=exists)},
            create=True,
            protect=False,
        )
        ours.pipeline_ids(["Training"])
        return synthesized(stack).terraform

    terraform.write(new_project(exists=True))
    with pytest.raises(TerraformError) as refused:
        terraform.actions()
    said = words(refused.value)
    assert "The project fresh does not exist yet, nor do its pipelines: Training. Set exists: false" in said
    assert len(re.findall("Error:", said)) == 1

    terraform.write(new_project(exists=False))
    terraform.apply()
    seed(terraform.cloud.folder, project="fresh", pipelines={"Training": "\\"})
    terraform.write(new_project(exists=True))
    assert terraform.actions() == {}
    terraform.run("destroy", "-auto-approve")


def words(error: TerraformError) -> str:
    """Return what Terraform said, without the frame and the line breaks of its own."""
    return " ".join(str(error).replace("│", " ").split())


def pipelines(terraform: Terraform) -> list[Resource]:
    return terraform.cloud.resources("azuredevops_build_definition")


# --- What people made -----------------------------------------------------------------------------------------


def created(project_: bool, teams: Mapping[str, bool], *, protect: bool = True) -> Json:
    """Return a project and teams; what is false is looked up."""
    stack = new_stack()
    ours = Project(
        stack,
        "project",
        settings=AzureDevOps(
            organization_url="https://dev.azure.com/contoso",
            project=ProjectSettings(name="created", create=project_),
        ),
        teams={key: Team(name=f"Team {key}", create=create) for key, create in teams.items()},
        pipelines={},
        create=True,
        protect=protect,
    )
    for key in teams:
        ours.identity_id(key)
    return synthesized(stack).terraform


def test_nothing_that_people_made_is_destroyed_without_the_word(terraform: Terraform) -> None:
    def there() -> set[str]:
        return {item.name for item in terraform.cloud.resources("azuredevops_project", "azuredevops_group")}

    terraform.write(created(True, {"a": True, "b": True}))
    terraform.apply()
    assert there() >= {"created", "Team a", "Team b"}

    terraform.write(created(True, {"a": True}))  # b is missing altogether
    with pytest.raises(TerraformError, match=r'\["b"\] has lifecycle.prevent_destroy set'):
        terraform.actions()

    terraform.write(created(False, {"a": True, "b": False}))
    assert terraform.actions() == {
        "azuredevops_project.project": ["forget"],
        "azuredevops_group.team_b": ["forget"],
    }
    terraform.apply_plan()
    assert there() >= {"created", "Team a", "Team b"}
    assert terraform.actions() == {}

    with pytest.raises(TerraformError, match=r'\["a"\] has lifecycle.prevent_destroy set'):
        terraform.run("destroy", "-auto-approve")
    terraform.write(created(False, {"a": True, "b": False}, protect=False))
    terraform.run("destroy", "-auto-approve")
    assert "Team a" not in there()
    assert there() >= {"created", "Team b"}


def test_teams_of_an_earlier_version_are_not_made_anew(terraform: Terraform) -> None:
    config = created(True, {"a": True, "b": True})
    group = config["resource"]["azuredevops_group"].pop("team")
    for key, name in group.pop("for_each").items():
        config["resource"]["azuredevops_group"][f"team_{key}"] = {**group, "display_name": name}
    config["resource"]["azuredevops_project"]["project"]["name"] = "earlier"
    for address in ("moved", "removed"):
        config.pop(address, None)
    terraform.write(config)
    terraform.apply()
    now = created(True, {"a": True, "b": False})
    now["resource"]["azuredevops_project"]["project"]["name"] = "earlier"
    terraform.write(now)
    assert terraform.actions() == {"azuredevops_group.team_b": ["forget"]}


# --- Entra groups ---------------------------------------------------------------------------------------------

ENTRA, ANOTHER = "5c2a8f14-7b3e-4d69-a0c1-9e8d7f6a5b01", "5c2a8f14-7b3e-4d69-a0c1-9e8d7f6a5b02"


def nested(groups: Mapping[str, str | None], *, forget: bool = False) -> Json:
    """Return created teams, each with the Entra group that is given for its key."""
    stack = new_stack()
    Project(
        stack,
        "project",
        settings=AzureDevOps(
            organization_url="https://dev.azure.com/contoso", project=ProjectSettings(name="mlops")
        ),
        teams={
            key: Team(name=f"Nested {key}", create=True, entra_group=group) for key, group in groups.items()
        },
        pipelines={},
        create=True,
        protect=False,
        forget_entra_groups=forget,
    )
    return synthesized(stack).terraform


def test_an_entra_group_outlasts_teams_and_stacks(terraform: Terraform) -> None:
    def there() -> list[str]:
        groups = terraform.cloud.resources("azuredevops_group")
        return [item.id for item in groups if item.attributes["origin"] == "aad"]

    def members() -> dict[str, list[str]]:
        groups = terraform.cloud.resources("azuredevops_group")
        return {item.name[-1]: item.attributes["members"] for item in groups if item.name[:6] == "Nested"}

    terraform.write(nested({"x": ENTRA, "y": ENTRA}))
    terraform.apply()
    (known,) = there()
    assert members() == {"x": [known], "y": [known]}
    assert terraform.actions() == {}

    # Another group for a team: the one that it had is not destroyed for it.
    terraform.write(nested({"x": ANOTHER, "y": ANOTHER}))
    with pytest.raises(TerraformError, match=r'entra\["x"\] has lifecycle.prevent_destroy set'):
        terraform.actions()

    terraform.write(nested({"x": None, "y": ENTRA}))
    assert terraform.actions() == {
        "azuredevops_group.entra_x": ["forget"],
        'azuredevops_group.entra["y"]': ["create"],  # which finds the one that is known
        "azuredevops_group_membership.team-x": ["delete"],
        "azuredevops_group_membership.team-y": ["update"],
    }
    terraform.apply_plan()
    assert (there(), members()) == ([known], {"x": [], "y": [known]})
    assert terraform.actions() == {}

    terraform.write(nested({"x": None, "y": None}))
    assert terraform.actions() == {
        'azuredevops_group.entra["y"]': ["forget"],
        "azuredevops_group_membership.team-y": ["delete"],
    }
    terraform.apply_plan()
    assert (there(), members()) == ([known], {"x": [], "y": []})

    terraform.write(nested({"x": ANOTHER, "y": ENTRA}))
    terraform.apply()
    assert len(there()) == 2
    with pytest.raises(TerraformError, match=r"entra\[.*has lifecycle.prevent_destroy set"):
        terraform.run("destroy", "-auto-approve")
    # As `make destroy` does it.
    terraform.write(nested({"x": ANOTHER, "y": ENTRA}, forget=True))
    terraform.apply()
    assert [len(people) for people in members().values()] == [1, 1]
    terraform.write(nested({"x": ANOTHER, "y": ENTRA}))
    terraform.run("destroy", "-auto-approve")
    assert (len(there()), members()) == (2, {})
