"""Where the state lies: what is refused, and what is read."""

from __future__ import annotations

import pytest

from settings.loader import load_settings
from settings.models.platform import AzurermBackend
from tests.project import SUBSCRIPTION
from tests.unit.settings.configuration import DEV, PLATFORM, Configuration, Mistake, assert_one_problem

LOCAL = "  type: local\n"
ACCOUNT = f"""\
  type: azurerm
  subscription_id: "{SUBSCRIPTION}"
  resource_group: mlops-state-rg
  storage_account: mlopsstate
"""
CREATE = f"""{ACCOUNT}  create:
    location: eastus
    plan_storage_account: mlopsstateplans
"""
GROUP = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/hub-rg/providers/Microsoft.Network"
NETWORK = f"""{CREATE}    private_network:
      virtual_network: {GROUP}/virtualNetworks/hub
      subnets: {{ private_endpoints: state }}
"""
BLOB = "privatelink.blob.core.windows.net"
PREFIX = "stack_prefix: «ml--ops\n"

MISTAKES = {
    "both a container and an account to make": Mistake(
        PLATFORM, LOCAL, CREATE.replace("  create:", "  «container: tfstate\n  create:"), "backend.container",
        "container beside create", "one of the two", "make bootstrap FROM=<id of the container>",
    ),
    "neither": Mistake(
        PLATFORM, "backend:\n  type: local\n", f"«backend:\n{ACCOUNT}", "backend",
        "neither container nor create", "make bootstrap makes the account", "add one of the two",
    ),
    "an account to make, and local state": Mistake(
        PLATFORM, LOCAL, f"{LOCAL}  «create:\n    location: eastus\n", "backend.create",
        "the unknown key create", "type", "remove it",
    ),
    "no account for plans": Mistake(
        PLATFORM, LOCAL, CREATE.replace("    plan_storage_account: mlopsstateplans\n", "").replace("create", "«create"),
        "backend.create.plan_storage_account",
        "nothing", "Storage account that holds plans between approval and deployment", "add plan_storage_account",
    ),
    "one account for both": Mistake(
        PLATFORM, LOCAL, CREATE.replace("mlopsstateplans", "«mlopsstate"), "backend.create.plan_storage_account",
        '"mlopsstate", like "mlopsstate" in', "each storage account with a name of its own", "choose another name",
    ),
    "a team without an Entra group": Mistake(
        PLATFORM, LOCAL, f"{CREATE}    administrators: [«platform_team]\n", "backend.create.administrators[0]",
        "platform_team, a team without entra_group", "the object id of an Entra group", "add entra_group",
    ),
    "an environment that has a file": Mistake(
        PLATFORM, LOCAL, f"{CREATE}    former_environments: [staging, «dev]\n",
        "backend.create.former_environments[1]",
        '"dev", which stands in config/environments/dev.yaml, line 5', "no file any more", "remove it here",
    ),
    "a network without its zone": Mistake(
        PLATFORM, LOCAL, f"{NETWORK}      «dns_zones: {{}}\n", "backend.create.private_network.dns_zones",
        "no zone", BLOB, f"name {BLOB} alone",
    ),
    "another zone": Mistake(
        PLATFORM, LOCAL,
        f"{NETWORK}      «dns_zones:\n        privatelink.azurecr.io: {GROUP}/privateDnsZones/privatelink.azurecr.io\n",
        "backend.create.private_network.dns_zones", "privatelink.azurecr.io", "and no other zone; or by_policy",
        "state is nothing but blobs",
    ),
    "the id of another zone": Mistake(
        PLATFORM, LOCAL,
        f"{NETWORK}      dns_zones:\n        {BLOB}: «{GROUP}/privateDnsZones/privatelink.azurecr.io\n",
        f"backend.create.private_network.dns_zones.{BLOB}",
        "the id of privatelink.azurecr.io", f"the id of {BLOB}", "copy the id",
    ),
}  # fmt: skip


@pytest.mark.parametrize("mistake", MISTAKES.values(), ids=MISTAKES)
def test_is_reported_at_its_place(configuration: Configuration, mistake: Mistake) -> None:
    assert_one_problem(configuration, mistake)


@pytest.mark.parametrize(
    "mistake",
    [
        Mistake(
            PLATFORM, "tags:\n", "stack_prefix: «ml--ops\ntags:\n", "stack_prefix",
            '"ml--ops"', "single hyphens: the container of a stack's state is called like the stack",
            "choose another name",
        ),
        Mistake(
            DEV, "name: dev\n", "name: «de--v\n", "name",
            '"de--v"', "Azure takes no two in a row", "choose another name",
        ),
    ],
    ids=["prefix", "environment"],
)  # fmt: skip
def test_a_name_that_no_container_can_have(configuration: Configuration, mistake: Mistake) -> None:
    if mistake.file == DEV:
        configuration.edit(PLATFORM, "environments: [dev, test, prod]", "environments: [test, prod]")
        configuration.edit(PLATFORM, "promoted_from: [dev]", "promoted_from: [test]")
    configuration.edit(mistake.file, mistake.old, mistake.new)
    load_settings(
        configuration.folder
    )  # where the state lies in files, or in one container, it is a name as any other
    configuration.edit(mistake.file, mistake.new.replace("«", ""), mistake.old)
    configuration.edit(PLATFORM, LOCAL, CREATE)
    assert_one_problem(configuration, mistake)


def test_a_storage_that_is_to_be_made(configuration: Configuration) -> None:
    configuration.edit(PLATFORM, LOCAL, f"{NETWORK}      dns_zones: by_policy\n")
    settings = load_settings(configuration.folder)
    assert isinstance(settings.platform.backend, AzurermBackend)
    assert settings.platform.backend.create is not None
    assert settings.stack_names == ["mlops-registry", "mlops-dev", "mlops-test", "mlops-prod", "mlops-state"]


def test_imports_for_the_stack_of_the_state_only_where_there_is_one(configuration: Configuration) -> None:
    (configuration.folder / "imports").mkdir()
    configuration.write("imports/mlops-state.yaml", "imports:\n  azurerm_storage_account.state: a\n")
    (problem,) = configuration.problems()
    assert problem.found == "imports for the stack mlops-state, which there is not"
    configuration.edit(PLATFORM, LOCAL, CREATE)
    assert len(load_settings(configuration.folder).imports) == 1
