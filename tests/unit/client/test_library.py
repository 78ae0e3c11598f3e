"""Variable groups, as the documentation's examples have them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from client.devops import library
from client.devops.identities import ProjectReference
from client.devops.library import VariableValue
from client.services import Services
from tests.unit.client.server import DEVOPS, Reply, Server

LIST = f"{DEVOPS}/mlops/_apis/distributedtask/variablegroups"
GROUP = {
    "variables": {
        "validationMinAccuracy": {"value": "0.70"},
        "token": {"value": None, "isSecret": True},
        "fixed": {"value": "", "isReadOnly": True},
    },
    "id": 7,
    "type": "Vsts",
    "name": "mlops-dev-variables",
    "description": "Dev",
    "isShared": False,
    "createdBy": {"id": "a", "displayName": "Terraform", "uniqueName": "app"},
    "createdOn": "2026-01-12T06:35:51.6933333Z",
    "modifiedBy": {"id": "b", "displayName": "Ann", "uniqueName": "ann@contoso.com", "descriptor": "aad.xyz"},
    "modifiedOn": "2026-02-12T06:35:52Z",
    "variableGroupProjectReferences": [
        {
            "projectReference": {"id": "p", "name": "mlops"},
            "name": "mlops-dev-variables",
            "description": "Dev",
        }
    ],
}


def test_a_group_is_read_with_its_secrets_hidden_and_who_changed_it(
    server: Server, services: Services
) -> None:
    server.lists(LIST, GROUP)
    (group,) = library.variable_groups(services, "mlops", "mlops-dev-variables")
    assert group.variables == {
        "validationMinAccuracy": VariableValue("0.70"),
        "token": VariableValue(None, is_secret=True),
        "fixed": VariableValue("", is_read_only=True),
    }
    assert group.modified_by and group.modified_by.unique_name == "ann@contoso.com"
    assert group.modified_on == datetime(2026, 2, 12, 6, 35, 52, tzinfo=UTC)
    assert group.created_on == datetime(2026, 1, 12, 6, 35, 51, 693333, tzinfo=UTC)
    assert group.provider_data is None
    (asked,) = server.calls(LIST)
    assert asked.query == {"groupName": "mlops-dev-variables", "api-version": "7.1"}


def test_without_a_name_all_groups_are_asked_for(server: Server, services: Services) -> None:
    server.lists(LIST, GROUP, {**GROUP, "id": 8, "name": "mlops-test-variables"})
    assert [group.id for group in library.variable_groups(services, "mlops")] == [7, 8]
    assert "groupName" not in server.calls(LIST)[0].query


def test_one_group_is_read_by_its_id(server: Server, services: Services) -> None:
    server.answer("GET", f"{LIST}/7", Reply(GROUP))
    assert library.variable_group(services, "mlops", 7).name == "mlops-dev-variables"


def test_a_group_of_a_key_vault_says_which(server: Server, services: Services) -> None:
    server.lists(
        LIST,
        {
            **GROUP,
            "type": "AzureKeyVault",
            "providerData": {"serviceEndpointId": "e", "vault": "mlops-dev-kv", "lastRefreshedOn": None},
            "variables": {"password": {"value": None, "isSecret": True, "enabled": True, "contentType": ""}},
        },
    )
    (group,) = library.variable_groups(services, "mlops")
    assert group.provider_data == library.ProviderData("e", "mlops-dev-kv")
    assert group.variables["password"].enabled is True


def test_a_group_is_written_as_a_whole(server: Server, services: Services) -> None:
    server.answer("GET", f"{LIST}/7", Reply(GROUP))
    update = f"{DEVOPS}/_apis/distributedtask/variablegroups/7"
    server.answer("PUT", update, Reply(GROUP))
    group = library.variable_group(services, "mlops", 7)
    changed = {**group.variables, "validationMinAccuracy": VariableValue("0.72")}
    assert library.replace_variable_group(services, replace(group, variables=changed)).id == 7
    (asked,) = server.calls(update)
    assert asked.body == {
        "name": "mlops-dev-variables",
        "type": "Vsts",
        "description": "Dev",
        "variables": {
            "validationMinAccuracy": {"value": "0.72"},
            "token": {"value": None, "isSecret": True},
            "fixed": {"value": "", "isReadOnly": True},
        },
        "variableGroupProjectReferences": GROUP["variableGroupProjectReferences"],
    }


def test_a_group_of_a_key_vault_is_written_back_with_its_vault(server: Server, services: Services) -> None:
    update = f"{DEVOPS}/_apis/distributedtask/variablegroups/7"
    server.answer("PUT", update, Reply(GROUP))
    linked = library.VariableGroup(
        id=7,
        name="secrets",
        type="AzureKeyVault",
        variables={"password": VariableValue(None, is_secret=True, enabled=False)},
        provider_data=library.ProviderData("e", "mlops-dev-kv"),
        variable_group_project_references=(
            library.VariableGroupProjectReference(ProjectReference("p", "mlops")),
        ),
    )
    library.replace_variable_group(services, linked)
    (asked,) = server.calls(update)
    assert asked.body == {
        "name": "secrets",
        "type": "AzureKeyVault",
        "description": "",
        "variables": {"password": {"value": None, "isSecret": True, "enabled": False}},
        "variableGroupProjectReferences": [
            {"name": "secrets", "description": "", "projectReference": {"id": "p", "name": "mlops"}}
        ],
        "providerData": {"serviceEndpointId": "e", "vault": "mlops-dev-kv"},
    }
