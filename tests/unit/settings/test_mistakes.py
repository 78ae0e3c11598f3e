"""What a person does wrong, one mistake a row: what is said, where, the remedy, the exit code, and nothing written."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path

import pytest
from typer.testing import CliRunner

import main
from cli.__main__ import app
from tests.project import SUBNET, WORKSTATION
from tests.unit.settings.configuration import DEV, PLATFORM, PROD, TEST, Configuration, Mistake

FILE = "the whole file"
ACCOUNT = (
    "/subscriptions/12345678-abcd-4ef0-9876-0123456789ab/resourceGroups/lake-rg"
    "/providers/Microsoft.Storage/storageAccounts/"
)
# A data source, up to the value of its account, and what follows that.
DATA, REST = (
    "data_sources:\n  sales:\n    storage_account: ",
    ("\n    container: raw\n    kind: blob\n    access: read\n"),
)
TRAINING = "compute.training_cluster"
SCORING = "compute.scoring_cluster"
ENDPOINT = "endpoint:\n  name: forecast\n  vm_size: Standard_DS3_v2\n  instance_count: 3\n"

SECTION = "\ninfrastructure_pipelines:\n  repository: mlops-platform\n  approvers: [platform_team]\n"
LAST = "  retentionLogsDays: 14\n"

# In a file. What is allowed is tests/unit/settings' own to say in full.
IN_A_FILE = {
    # --- YAML
    "a quotation mark left open": Mistake(
        DEV, '"0 2 * * *"', '«"0 2 * * *', FILE,
        "a quotation mark that is not closed", "well-formed YAML", "close it",
    ),
    "a quotation mark left open at the end": Mistake(
        DEV, "key_vault: mlops-dev-keyvault", "key_vault: «'mlops-dev-keyvault", FILE,
        "a quotation mark that is not closed", "well-formed YAML", "close it",
    ),
    "a bracket left open": Mistake(
        PROD, "[0, 10, 25, 50, 100]", "«[0, 10, 25, 50, 100", FILE,
        "a bracket that is not closed", "well-formed YAML", "close it",
    ),
    "a tab": Mistake(
        DEV, "  storage_account", "«\tstorage_account", FILE,
        "a tab", "well-formed YAML", "indent with blanks",
    ),
    "no colon": Mistake(
        DEV, "tier: dev", "«tier dev", FILE,
        "a line without a key and a colon", "well-formed YAML", "write key: value",
    ),
    "a line too far to the right": Mistake(
        DEV, "  name: mlops-dev-workspace\n  storage", "   name: mlops-dev-workspace\n  «storage", FILE,
        "a line that does not fit the lines above it", "well-formed YAML", "mend the indentation",
    ),
    "a schedule without quotes": Mistake(
        DEV, '"0 2 * * *"', "«*/5 2 * * *", FILE,
        "a YAML alias", "well-formed YAML", "put a text that starts with * in quotes",
    ),
    "a merge key": Mistake(
        DEV, "  scoring_cluster:\n    name: dev-scoring-cluster\n    vm_size: Standard_DS2_v2\n    min_nodes: 0\n",
        "  scoring_cluster:\n    «<<: *training\n    name: dev-scoring-cluster\n", f"{SCORING}.<<",
        "a YAML merge key", "keys and values", "write out here the keys and values that it brings",
    ),
    "a key twice": Mistake(
        DEV, "tier: dev\n", "tier: dev\n«tier: test\n", "tier",
        "the key tier a second time (first on line 6)", "each key once", "remove one of the two",
    ),
    "a blank copied from a web page": Mistake(
        DEV, "tier: dev", "tier: «\u200bdev", "tier",
        "the invisible character U+200B", "plain blanks", "type the text anew",
    ),
    "two documents": Mistake(
        DEV, "tier: dev", "tier: dev\n«---", FILE,
        "a second document", "well-formed YAML", "remove the line ---",
    ),
    # --- Version
    "files of a newer version": Mistake(
        PLATFORM, "version: 1", "version: «2", "version",
        "2", "1, the version of this project", "merge version 2 of this project, as docs/deploying.md says",
    ),
    "a version in quotes": Mistake(
        PLATFORM, "version: 1", 'version: «"1"', "version",
        '"1"', "a whole number of 1 or more", "write a whole number in that range, without quotes",
    ),
    # --- Keys
    "a mistyped key": Mistake(
        DEV, "min_nodes: 0", "«min_node: 0", f"{TRAINING}.min_node",
        "the unknown key min_node", "name, vm_size, min_nodes", "did you mean min_nodes?",
    ),
    "a key of somebody's own": Mistake(
        DEV, "tier: dev\n", "tier: dev\n«cost_center: 42\n", "cost_center",
        "the unknown key cost_center", "the keys name, tier", "remove it",
    ),
    "a key that is missing": Mistake(
        DEV, "location: eastus\n", "", "location",
        "nothing", "the key location. Azure region.", "add location",
    ),
    "a key without a value": Mistake(
        DEV, "location: eastus", "«location:", "location",
        "nothing", "text. Azure region.", "write a text",
    ),
    "a key in the wrong section": Mistake(
        DEV, "  log_level: DEBUG", "  log_level: DEBUG\n  «models: 30", "monitoring.models",
        "the unknown key models", "the keys log_level", "remove it",
    ),
    "a storage account of others": Mistake(
        DEV, "location: eastus\n", "location: eastus\nexisting:\n  «storage_account: theirs\n",
        "existing.storage_account",
        "the key storage_account", "no storage account of others: its data isolation is set at creation only",
        "remove it: one is made here",
    ),
    "a gate of others": Mistake(
        PROD, "location: eastus\n", "location: eastus\nexisting:\n  «approval_environment: theirs\n",
        "existing.approval_environment",
        "the key approval_environment", "no gates of others", "remove it: one is made here",
    ),
    # --- Values
    "an existing group by its name": Mistake(
        DEV, "location: eastus\n", "location: eastus\nexisting:\n  resource_group: «mlops-dev-rg\n",
        "existing.resource_group",
        '"mlops-dev-rg"', "the resource id of a resource group", "copy it from its properties in the Azure portal",
    ),
    "an id in small letters": Mistake(
        DEV, "location: eastus\n", "location: eastus\nexisting:\n  log_analytics: «/subscriptions/"
        "12345678-abcd-4ef0-9876-0123456789ab/resourcegroups/rg/providers/microsoft.operationalinsights/workspaces/logs\n",
        "existing.log_analytics",
        '"/subscriptions/', "the resource id of a Log Analytics workspace", "with capitals as shown here",
    ),
    "the beginning of a policy's tags": Mistake(
        PLATFORM, "tags:\n", 'ignored_tags: [«"cost-*"]\ntags:\n', "ignored_tags[0]",
        '"cost-*"', "the whole name of a tag", "write each name out",
    ),
    "seconds for a duration": Mistake(
        DEV, "idle_time: PT15M", "idle_time: «900", f"{TRAINING}.idle_time",
        "900", "an ISO 8601 duration from PT2M to P7D", "write it like PT15M (15 minutes)",
    ),
    "half a range of addresses": Mistake(
        PROD, "10.30.0.0/24", "«10.30", "private_network.address_space",
        "10.30 without quotes", "such as 10.30.0.0/24", "take a part of 10.0.0.0/8",
    ),
    "a number with a fraction": Mistake(
        DEV, '"0.70"', "«0.70", "validation.min_accuracy",
        "0.70 without quotes", 'from "0" to "1"', 'put it in quotes, so that no digit of it is lost: "0.70"',
    ),
    "a version that YAML would shorten": Mistake(
        PLATFORM, '"3.9"', "«3.10", "pipeline_settings.pythonVersion",
        "3.10 without quotes", "text", 'put it in quotes: "3.10"',
    ),
    "a percentage for a share": Mistake(
        DEV, '"0.70"', '«"70"', "validation.min_accuracy",
        '"70"', 'a share from "0" to "1"', "write a number from 0 to 1",
    ),
    "yes": Mistake(
        DEV, "auto_deploy: true", "auto_deploy: «yes", "deployment.auto_deploy",
        '"yes"', "true or false", "write true or false, without quotes",
    ),
    "a number in quotes": Mistake(
        DEV, "max_nodes: 4", 'max_nodes: «"4"', f"{TRAINING}.max_nodes",
        '"4"', "a whole number from 1 to 1000", "without quotes",
    ),
    "too large a number": Mistake(
        TEST, "canary_traffic: 50", "canary_traffic: «150", "deployment.canary_traffic",
        "150", "a whole number from 1 to 99", "write a whole number in that range",
    ),
    "one name for a list": Mistake(
        DEV, "branches: [develop]", "branches: «develop", "service_connection.branches",
        '"develop"', "a list, such as [one, two]", "write it as a list: [develop]",
    ),
    "a level that does not exist": Mistake(
        DEV, "log_level: DEBUG", "log_level: «VERBOSE", "monitoring.log_level",
        '"VERBOSE"', "one of DEBUG, INFO, WARNING, ERROR, CRITICAL", "choose one of them",
    ),
    "a region as the portal writes it": Mistake(
        DEV, "location: eastus", "location: «East US", "location",
        '"East US"', "an Azure region in its short form", "write it like eastus",
    ),
    "an organization without its address": Mistake(
        PLATFORM, '"https://dev.azure.com/00000000-0000-0000-0000-000000000000"', "«contoso",
        "azure_devops.organization_url",
        '"contoso"', "the address of an organization", "write it like https://dev.azure.com/contoso",
    ),
    "a tenant by its name": Mistake(
        PLATFORM, 'tenant_id: "00000000-0000-0000-0000-000000000000"', "tenant_id: «contoso.com",
        "azure.tenant_id",
        '"contoso.com"', "a GUID such as", "copy the id from the Azure portal",
    ),
    "a subscription without quotes": Mistake(
        DEV, 'subscription_id: "00000000-0000-0000-0000-000000000000"', "subscription_id: «12345678",
        "subscription_id",
        "12345678", "a GUID such as", "copy the id from the Azure portal",
    ),
    "a storage account with hyphens": Mistake(
        DEV, "mlopsdevstorage", "«mlops-dev-storage", "workspace.storage_account",
        '"mlops-dev-storage"', "3 to 24 lower-case letters and digits", "write it like mlopsdevstorage",
    ),
    "half a schedule": Mistake(
        DEV, '"0 2 * * *"', '«"0 2"', "training_schedule.frequency",
        '"0 2"', "five fields", "write all five fields",
    ),
    "a reference of a whole branch": Mistake(
        PROD, "branches: [main]", "branches: [«refs/heads/main]", "service_connection.branches[0]",
        '"refs/heads/main"', "without refs/heads/", "write it like main",
    ),
    "a text that Terraform would replace": Mistake(
        DEV, "purpose: Dev workspace connection", 'purpose: «"${env} workspace"', "variable_group.purpose",
        "${ or %{, which Terraform would replace", "text without ${", "write it in another way",
    ),
    # --- What does not fit together
    "a pipeline that is not listed": Mistake(
        DEV, "used_by: [Training,", "used_by: [«Trainning,", "variable_group.used_by[0]",
        '"Trainning"', "a name from pipelines in platform.yaml", "did you mean Training?",
    ),
    "a team that is not listed": Mistake(
        TEST, "approvers: [qa_team]", "approvers: [«qa_tem]", "approval_environment.approvers[0]",
        '"qa_tem"', "a name from teams in platform.yaml", "did you mean qa_team?",
    ),
    "more approvals than approvers": Mistake(
        PROD, "minimum_approvers: 2", "minimum_approvers: «3", "approval_environment.minimum_approvers",
        "3 approvals from 2 approver entries", "a team or a person counts as one entry",
        "add a team or a person to approvers",
    ),
    "prod that deploys by itself": Mistake(
        PROD, "auto_deploy: false", "auto_deploy: «true", "deployment.auto_deploy",
        "true in an environment of tier prod", "never deploys by itself", "set it to false",
    ),
    "prod open to public networks": Mistake(
        PROD, "private_endpoints: true", "private_endpoints: «false", "security.private_endpoints",
        "false in an environment of tier prod", "true", "set it to true",
    ),
    "a threshold looser than in the tier before": Mistake(
        TEST, 'min_accuracy: "0.80"', 'min_accuracy: «"0.60"', "validation.min_accuracy",
        "0.60", "0.70", "0.70",
    ),
    "two strategies": Mistake(
        DEV, "  traffic: 100", "  traffic: 100\n  «canary_deployment: true\n  canary_traffic: 10",
        "deployment.canary_deployment",
        "traffic and canary_deployment", "exactly one of", "keep one of them",
    ),
    "a ramp that falls": Mistake(
        PROD, "[0, 10, 25, 50, 100]", "«[0, 25, 10, 100]", "deployment.traffic_ramp",
        "0, 25, 10, 100", "rise at every step", "write for example [0, 10, 25, 50, 100]",
    ),
    "a rollback that nothing starts": Mistake(
        PROD, "  webhook:\n    name: mlops-prod-rollback\n    used_by: [Auto Rollback]\n", "",
        "auto_rollback.enabled",
        "true without webhook", "a webhook that starts the pipeline", "add webhook with name and used_by",
    ),
    "mail without an address": Mistake(
        TEST, "  email: ml-team@company.com\n", "", "monitoring.email",
        "nothing, with alerts by email", "the address", "add email",
    ),
    "a wrong address": Mistake(
        TEST, "email: ml-team@company.com", "email: «ml-team", "monitoring.email",
        '"ml-team"', "one e-mail address", "write it like ml-team@example.com",
    ),
    "a wrong address among others": Mistake(
        TEST, "email: ml-team@company.com", "email: [ml-team@company.com, «ml-team]", "monitoring.email[1]",
        '"ml-team"', "one e-mail address", "write it like ml-team@example.com",
    ),
    "an address twice": Mistake(
        TEST, "email: ml-team@company.com", "email: [ml-team@company.com, «ml-team@company.com]",
        "monitoring.email[1]",
        '"ml-team@company.com" a second time', "each entry once", "remove one of the two",
    ),
    "a list of no address": Mistake(
        TEST, "email: ml-team@company.com", "email: «[]", "monitoring.email",
        "an empty list", "a list of 1 or more", "add entries: 1 at least",
    ),
    "a number for an address": Mistake(
        TEST, "email: ml-team@company.com", "email: «7", "monitoring.email",
        "7", "one e-mail address of at most 254 characters, or a list of them", "write it like ml-team@",
    ),
    "an approver that is neither a team nor a person": Mistake(
        PROD, "[senior_engineers, platform_lead]", "[senior_engineers, «Anna Maier]",
        "approval_environment.approvers[1]",
        '"Anna Maier"', "the key of a team, or the name that a person signs in with, in lower case",
        "write a key from teams, or the name that Azure DevOps shows",
    ),
    "a person in capital letters": Mistake(
        PROD, "[senior_engineers, platform_lead]", "[senior_engineers, «Anna@contoso.com]",
        "approval_environment.approvers[1]",
        '"Anna@contoso.com"', "in lower case, such as anna@contoso.com", "write a key from teams, or the name",
    ),
    "an approver that is no team": Mistake(
        PROD, "[senior_engineers, platform_lead]", "[senior_engineers, «platform_leads]",
        "approval_environment.approvers[1]",
        '"platform_leads"', "a name from teams in platform.yaml: developers,", "did you mean platform_lead?",
    ),
    "an Entra group by its name": Mistake(
        PLATFORM, "{ name: QA team, create: true }", "{ name: QA team, create: true, entra_group: «QA }",
        "teams.qa_team.entra_group",
        '"QA"', "a GUID such as", "copy the id from the Azure portal",
    ),
    "access for a team that Azure does not know": Mistake(
        DEV, "security:\n", "access:\n  reader: [«developers]\n\nsecurity:\n", "access.reader[0]",
        "developers, a team without entra_group",
        "the object id of an Entra group, or a team that has one in platform.yaml",
        "add entra_group to the team developers, or write the object id here",
    ),
    "access for a team that there is none of": Mistake(
        DEV, "security:\n", "access:\n  reader: [«developer]\n\nsecurity:\n", "access.reader[0]",
        '"developer"', "a name from teams in platform.yaml: developers,", "did you mean developers?",
    ),
    "access for a group by its name": Mistake(
        DEV, "security:\n", "access:\n  reader: [«The developers]\n\nsecurity:\n", "access.reader[0]",
        '"The developers"', "the object id of an Entra group, a GUID, or the key of a team that has entra_group",
        "copy the object id from the Microsoft Entra admin center, or write a key from teams",
    ),
    "an account of company data by its name": Mistake(
        DEV, "security:\n", f"{DATA}«companylake{REST}security:\n", "data_sources.sales.storage_account",
        '"companylake"', "the resource id of a storage account, such as /subscriptions/<GUID>/resourceGroups/lake-rg",
        "copy it from the account's properties (Endpoints) in the Azure portal",
    ),
    "company data under a name with hyphens": Mistake(
        DEV, "security:\n", f"{DATA}{ACCOUNT}lake{REST}security:\n".replace("  sales:", "  «sales-lake:"),
        "data_sources.sales-lake",
        '"sales-lake"', "lower-case letters, digits and underscores", "write it like sales_history",
    ),
    "company data under a name that is taken": Mistake(
        DEV, "security:\n", f"{DATA}{ACCOUNT}lake{REST}security:\n".replace("  sales:", "  «datasets:"),
        "data_sources.datasets",
        "the name datasets, which is the datastore of what retention limits", "another name", "choose another name",
    ),
    "company data under a name that Azure takes": Mistake(
        DEV, "security:\n",
        f"{DATA}{ACCOUNT}lake{REST}security:\n".replace("  sales:", "  «workspaceblobstore:"),
        "data_sources.workspaceblobstore",
        "one of the datastores that Azure makes with the workspace", "another name", "choose another name",
    ),
    "company data in the workspace's own account": Mistake(
        DEV, "security:\n", f"{DATA}«{ACCOUNT}mlopsdevstorage{REST}security:\n",
        "data_sources.sales.storage_account",
        "mlopsdevstorage, the storage account of the workspace itself", "an account of others",
        "name another account, or remove this entry",
    ),
    "a container of company data twice": Mistake(
        DEV, "security:\n",
        f"{DATA}{ACCOUNT}lake{REST}  more:\n    storage_account: {ACCOUNT}lake"
        f"{REST.replace('raw', '«raw')}security:\n",
        "data_sources.more.container",
        "raw, like data_sources.sales", "each container once", "remove one of the two",
    ),
    "an account of company data by two ids": Mistake(
        DEV, "security:\n",
        f"{DATA}{ACCOUNT}lake{REST}  more:\n    storage_account: «{ACCOUNT.replace('lake-rg', 'Lake-RG')}lake"
        f"{REST}security:\n",
        "data_sources.more.storage_account",
        "another id of lake than in data_sources.sales", "one id for each account, with the same capitals",
        "copy the id from the account's properties (Endpoints) in the Azure portal to both",
    ),
    "company data of a kind that there is none of": Mistake(
        DEV, "security:\n", f"{DATA}{ACCOUNT}lake{REST.replace('blob', '«gen2')}security:\n",
        "data_sources.sales.kind",
        '"gen2"', "one of blob, lake", "choose one of them",
    ),
    "more nodes at least than at most": Mistake(
        PROD, "min_nodes: 2", "min_nodes: «9", f"{SCORING}.min_nodes",
        "9 nodes", "at most max_nodes (8 nodes)", "lower min_nodes or raise max_nodes",
    ),
    "a cluster without a purpose": Mistake(
        DEV, "  scoring_cluster:", "  «gpu_cluster:", "compute.gpu_cluster",
        "gpu_cluster without purpose", "one of training, scoring, batch", "add purpose",
    ),
    "a subnet beside a managed network": Mistake(
        PROD, "    max_nodes: 8\n", f"    max_nodes: 8\n    «subnet: {SUBNET}\n", f"{SCORING}.subnet",
        "a subnet with vnet: true", "no subnet there", "remove subnet",
    ),
    "a GPU that is gone": Mistake(
        DEV, "vm_size: Standard_DS3_v2", "vm_size: «Standard_NC6s_v3", f"{TRAINING}.vm_size",
        '"Standard_NC6s_v3", which Azure has retired', "a size that there still is", "choose one",
    ),
    "a workstation called like a cluster": Mistake(
        DEV, "\ntraining_schedule:", f"\n{WORKSTATION.replace('dev-anna', '«dev-scoring-cluster')}training_schedule:",
        "workstations[0].name",
        '"dev-scoring-cluster", like the cluster in', "a name of its own", "choose another name",
    ),
    "a workstation with a number at its end": Mistake(
        DEV, "\ntraining_schedule:", f"\n{WORKSTATION.replace('dev-anna', '«dev-1')}training_schedule:",
        "workstations[0].name",
        '"dev-1"', "with a letter behind the last hyphen", "write it like dev-anna",
    ),
    "a name that another environment has": Mistake(
        PROD, "mlopsprodstorage", "«mlopsdevstorage", "workspace.storage_account",
        'like "mlopsdevstorage" in config/environments/dev.yaml, line 13', "a name of its own",
        "choose another name here",
    ),
    "neither a network of its own nor one that exists": Mistake(
        PROD, "private_network:\n  address_space: 10.30.0.0/24\n", "«private_network:\n", "private_network",
        "neither address_space nor virtual_network", "for one that exists", "add one of the two",
    ),
    "a network by its name": Mistake(
        PROD, "address_space: 10.30.0.0/24",
        "virtual_network: «spoke\n  subnets: {private_endpoints: a}\n  dns_zones: by_policy",
        "private_network.virtual_network",
        '"spoke"', "the resource id of a virtual network", "copy it from the network's properties",
    ),
    "a policy by another name": Mistake(
        PROD, "  isolation_mode:", "  dns_zones: «policy\n  isolation_mode:", "private_network.dns_zones",
        '"policy"', "by_policy, or names and ids of zones", "write by_policy",
    ),
    "a way out that does not exist": Mistake(
        PROD, "  isolation_mode:", "  egress: «nat\n  isolation_mode:", "private_network.egress",
        '"nat"', "nat_gateway, or the IPv4 address of a firewall", "the private address of the hub's firewall",
    ),
    "a pool of Microsoft's": Mistake(
        PROD, "private_network:\n", "agent_pool: «Azure Pipelines\n\nprivate_network:\n", "agent_pool",
        '"Azure Pipelines"', "a pool of your own, not one of Microsoft's", "write it like mlops-prod-agents",
    ),
    "a pool for every branch": Mistake(
        PROD, "  branches: [main]\n  verify_branch_protection: true\n\napproval_environment:",
        "«agent_pool: agents\n\napproval_environment:", "agent_pool",
        "agent_pool without service_connection.branches", "the only ones that run on the pool",
        "add branches to service_connection, or remove agent_pool",
    ),
    "an environment where the model registry is not": Mistake(
        DEV, "location: eastus", "location: «westeurope", "location",
        '"westeurope", where the model registry is not', "a region of the registry in platform.yaml: eastus",
        "write under registry in platform.yaml: regions: [westeurope]",
    ),
    "a feed with its token": Mistake(
        DEV, "\nsecurity:", "\npackage_feeds: [«https://ml:s3cr3t@pkgs.contoso.com/simple/]\nsecurity:",
        "package_feeds[0]",
        "a text", "without port, user and token", "credentials are kept in a connection of the workspace",
    ),
    "an endpoint of prod that takes a key": Mistake(
        PROD, "\nvalidation:", f"\n{ENDPOINT}  auth_mode: «Key\n\nvalidation:", "endpoint.auth_mode",
        '"Key" in an environment of tier prod', "AADToken", "set it to AADToken, or remove auth_mode",
    ),
    "a quota that blue and green exceed": Mistake(
        PROD, "\nvalidation:", f"\n{ENDPOINT}\nquota: {{standardDSv2Family: «80}}\n\nvalidation:",
        "quota.standardDSv2Family",
        "80 cores, with 96 asked for: scoring_cluster 8 nodes x 8, blue and green 8 instances x 4",
        "at least 96", "have Azure raise the quota and write it here, or lower max_nodes or instance_count",
    ),
    "a secret in the Library": Mistake(
        DEV, "    developers: Administrator",
        "    developers: Administrator\n  extra_variables: {«apiToken: abc}",
        "variable_group.extra_variables.apiToken",
        "apiToken, which looks like a secret", "everybody who may look", "keep it in the key vault",
    ),
    "a repository in GitHub": Mistake(
        PLATFORM, LAST, LAST + SECTION.replace("mlops-platform", "«contoso/mlops-platform"),
        "infrastructure_pipelines.repository",
        '"contoso/mlops-platform"', "a repository in GitHub cannot be named here", "leave the section out",
    ),
    "many branches to deploy": Mistake(
        PLATFORM, LAST, f"{LAST}{SECTION}  branch: «release/*\n", "infrastructure_pipelines.branch",
        '"release/*"', "one branch", "write it like main",
    ),
    "more approvals of a change than approvers": Mistake(
        PLATFORM, LAST, f"{LAST}{SECTION}  minimum_approvers: «2\n", "infrastructure_pipelines.minimum_approvers",
        "2 approvals from 1 approver entries", "at least as many approver entries", "or ask for fewer approvals",
    ),
    "a license that nobody has": Mistake(
        PLATFORM, LAST, f"{LAST}{SECTION}  license: «basic\n", "infrastructure_pipelines.license",
        '"basic"', "one of express, stakeholder", "choose one of them",
    ),
}  # fmt: skip
# Where nothing marks the place: the line of what the report points at.
LINES = {
    "a key that is missing": (1, 1),
    "a rollback that nothing starts": (78, 12),
    "mail without an address": (63, 1),
}


def copy_dev(configuration: Configuration) -> None:
    configuration.write("environments/acme.yaml", configuration.text(DEV))


def remove_all(configuration: Configuration) -> None:
    for file in (DEV, TEST, PROD):
        (configuration.folder / file).unlink()


def loop(configuration: Configuration) -> None:
    shutil.rmtree(configuration.folder / "environments")
    (configuration.folder / "environments").symlink_to("environments")


def import_something(stack: str, text: str) -> Callable[[Configuration], object]:
    def write(configuration: Configuration) -> None:
        (configuration.folder / "imports").mkdir()
        configuration.write(f"imports/{stack}.yaml", text)

    return write


def put_a_file_there(configuration: Configuration) -> None:
    shutil.rmtree(configuration.folder / "environments")
    (configuration.folder / "environments").touch()


# Around the files: what is done to the folder, and what is then said of which file.
AROUND: dict[str, tuple[Callable[[Configuration], object], str, str, str]] = {
    "no folder": (lambda c: shutil.rmtree(c.folder), "config", "no such folder", "create it"),
    "no platform.yaml": (
        lambda c: (c.folder / PLATFORM).unlink(),
        "config/platform.yaml", "no such file", "create it",
    ),
    "no environments": (
        remove_all,
        "config/environments", "no environment", "add a file",
    ),
    "no folder of environments": (
        lambda c: shutil.rmtree(c.folder / "environments"),
        "config/environments", "no such folder", "create it",
    ),
    "a file for a folder": (
        put_a_file_there,
        "config/environments", "no folder, but a file", "rename or remove the file, and create the folder",
    ),
    "a folder that cannot be read": (
        loop, "config/environments", "a folder that cannot be read (", "check its rights",
    ),
    "a file that ends in .yml": (
        lambda c: (c.folder / TEST).rename(c.folder / "environments/test.yml"),
        "config/environments/test.yml", "test.yml", "rename it",
    ),
    "a folder that is called like a file": (
        lambda c: (c.folder / "environments/qa.yaml").mkdir(),
        "config/environments/qa.yaml", "a folder", "rename or remove the folder",
    ),
    "an empty file": (
        lambda c: (c.folder / "environments/qa.yaml").touch(),
        "config/environments/qa.yaml", "a file without keys and values", "write one key and value a line",
    ),
    "a file that is not UTF-8": (
        lambda c: (c.folder / DEV).write_bytes(b"name: d\xe9v\n"),
        "config/environments/dev.yaml", "bytes that are not UTF-8", "save it as UTF-8",
    ),
    "imports for a stack that there is not": (
        import_something("mlops-dve", "imports:\n  azurerm_key_vault.key_vault: a\n"),
        "config/imports/mlops-dve.yaml", "imports for the stack mlops-dve, which there is not",
        "did you mean mlops-dev.yaml?",
    ),
    "an import that was cut off": (
        import_something("mlops-dev", 'imports:\n  azurerm_key_vault.key_vault: "/subscr'),
        "config/imports/mlops-dev.yaml", "a quotation mark that is not closed", "close it",
    ),
    "an import to no address": (
        import_something("mlops-dev", "imports:\n  key_vault: a\n"),
        "config/imports/mlops-dev.yaml", "key_vault", "write it like azurerm_key_vault.key_vault",
    ),
    "a copy with all its names": (
        copy_dev, "config/environments/acme.yaml", 'like "mlops-dev-rg" in config/environments/dev.yaml',
        "choose another name here",
    ),
}  # fmt: skip


@pytest.fixture
def refused(
    configuration: Configuration, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[[], list[str]]:
    """Run main.py and ``validate`` over the configuration: return the paragraphs of the report, each as its lines."""
    out = tmp_path / "cdktf.out"
    (out / "stacks/mlops-dev").mkdir(parents=True)
    (out / "stacks/mlops-dev/cdk.tf.json").write_text("{}")
    monkeypatch.setattr(main, "CONFIGURATION", configuration.folder)
    monkeypatch.setattr(main, "tuned", nullcontext)  # a test run lives on
    monkeypatch.setenv("CDKTF_OUTDIR", str(out))

    def run() -> list[str]:
        with pytest.raises(SystemExit) as ended:
            main.main()
        report = ended.value.code
        assert isinstance(report, str)  # Python prints it to stderr, and exits with 1
        assert [str(path.relative_to(out)) for path in out.rglob("*") if path.is_file()] == [
            "stacks/mlops-dev/cdk.tf.json"
        ]
        assert (out / "stacks/mlops-dev/cdk.tf.json").read_text() == "{}"
        validated = CliRunner().invoke(app, ["validate", str(configuration.folder)])
        assert (validated.exit_code, validated.stdout, validated.stderr) == (1, "", f"{report}\n")
        head, *paragraphs = report.split("\n\n")
        count = f"{len(paragraphs)} mistake{'s' if len(paragraphs) != 1 else ''}"
        assert head == f"The configuration has {count}. Nothing was written."
        return paragraphs

    return run


@pytest.mark.parametrize("name", IN_A_FILE)
def test_a_mistake_in_a_file(
    configuration: Configuration, refused: Callable[[], list[str]], name: str
) -> None:
    mistake = IN_A_FILE[name]
    marked = configuration.edit(mistake.file, mistake.old, mistake.new)
    line, column = LINES.get(name, marked)
    (paragraph,) = refused()
    place, found, allowed, fix = paragraph.split("\n")
    assert place == f"config/{mistake.file}:{line}:{column}: {mistake.path}"
    assert mistake.found in found.removeprefix("    found:   ")
    assert mistake.allowed in allowed.removeprefix("    allowed: ")
    assert mistake.fix in fix.removeprefix("    fix:     ")
    configuration.assert_said(paragraph)


@pytest.mark.parametrize("name", AROUND)
def test_a_mistake_around_the_files(
    configuration: Configuration, refused: Callable[[], list[str]], name: str
) -> None:
    change, file, found, fix = AROUND[name]
    change(configuration)
    for paragraph in (paragraphs := refused()):
        place, *_, remedy = paragraph.split("\n")
        assert place.startswith(f"{file}:")
        assert remedy == f"    fix:     {fix}"
    assert any(found in paragraph for paragraph in paragraphs)


def test_there_are_at_least_forty() -> None:
    assert len(IN_A_FILE) + len(AROUND) >= 40


FOLLOWED = {
    "seconds for a duration": "PT15M",
    "half a range of addresses": "10.30.0.0/24",
    "a number with a fraction": '"0.70"',
    "a version that YAML would shorten": '"3.10"',
    "one name for a list": "[develop]",
    "a storage account with hyphens": "mlopsdevstorage",
    "a ramp that falls": "[0, 10, 25, 50, 100]",
}


@pytest.mark.parametrize("name", FOLLOWED)
def test_advice_that_is_followed_works(configuration: Configuration, name: str) -> None:
    mistake, advice = IN_A_FILE[name], FOLLOWED[name]
    configuration.edit(mistake.file, mistake.old, mistake.new)
    (problem,) = configuration.problems()
    assert advice in f"{problem.allowed} {problem.fix}"
    wrong = mistake.new.partition("«")[2]
    configuration.edit(mistake.file, mistake.new.replace("«", ""), mistake.new.replace(f"«{wrong}", advice))
    done = CliRunner().invoke(app, ["validate", str(configuration.folder)])
    assert done.exit_code == 0, done.stderr
