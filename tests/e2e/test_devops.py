"""What Azure DevOps does by itself, under the real terraform: the order of steps is what counts here.

Each test deploys what a construct writes, without the rest of the platform.
"""

from __future__ import annotations

from collections.abc import Mapping

import cdktf
import pytest
from cdktf import TerraformStack

from constructs_lib.devops.provider import configure_azuredevops
from constructs_lib.devops.variable_group import add_variable_group
from sandbox.commands.library import list_variables
from sandbox.services.seed import seed
from settings.models import devops
from settings.models.variables import Variable
from tests.e2e.terraform import Json, Terraform
from tests.project import TENANT
from tests.unit.constructs.examples import project, synthesized


@pytest.fixture(scope="module")
def terraform(tmp_path_factory: pytest.TempPathFactory) -> Terraform:
    terraform = Terraform(tmp_path_factory.mktemp("devops"))
    seed(terraform.cloud.folder, groups=["Leads", "QA Team"])
    return terraform


def new_stack() -> TerraformStack:
    stack = TerraformStack(cdktf.Testing.app(), "example")
    configure_azuredevops(stack, organization_url="https://dev.azure.com/contoso", tenant_id=TENANT)
    return stack


# --- Variables that come and go together ----------------------------------------------------------------------


def group_of(values: Mapping[str, str]) -> Json:
    stack = new_stack()
    add_variable_group(
        stack,
        "variables",
        project=project(stack),
        settings=devops.VariableGroup(name="settings", purpose="Settings", used_by=(), permissions={}),
        variables=[
            Variable(name=name, value=value, owner="terraform", setting="") for name, value in values.items()
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
