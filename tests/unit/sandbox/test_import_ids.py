"""The id that each type is imported by: what the provider takes, what it refuses, and in which words."""

from __future__ import annotations

import re

import pytest

from facts.reader import PROVIDERS, facts
from sandbox.cloud.request import Account, Request, ServiceError
from sandbox.cloud.store import Cloud, Resource
from sandbox.services.azure.import_id import check_form
from sandbox.services.types import resource_type
from tests.unit.sandbox.client import Client, RefusedError

NO_IMPORT = {"azuredevops_git_permissions", "azuredevops_group_membership"}
"""What the provider cannot import: it makes it anew, and what it stands for is there already."""
ONE_PART = {"azuredevops_service_principal_entitlement", "time_sleep"}
"""What has an id that nothing can be cut off from."""
TYPES = sorted({name for provider in PROVIDERS for name in facts(provider).resources} - NO_IMPORT)
GUID = "aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee"
SUBSCRIPTION = f"/subscriptions/{GUID}"
GROUP = f"{SUBSCRIPTION}/resourceGroups/rg"
VAULT = f"{GROUP}/providers/Microsoft.KeyVault/vaults/vault"
# What stands for the words of a form; any other word is a name.
WORDS = {
    "scope": GROUP,
    "target_resource_id": VAULT,
    "resource_id": VAULT,
    "version": "2025-12-01",
    "subscription": GUID,
    "project": GUID,
    "project_id": GUID,
    "identity_id": GUID,
    "role_definition_id": GUID,
    "pipeline_id": "7",
    "variable_group_id": "3",
    "create_duration": "30s",
    "destroy_duration": "",
}
# The provider hands on whatever it gets, and asks the service for it.
ANYTHING_GOES = {"azuredevops_group", "azuredevops_project"}


def example(type_name: str) -> str:
    """Return an import id of the type's form."""
    words = dict(WORDS)
    if type_name == "azuredevops_securityrole_assignment":
        words |= {"scope": "distributedtask.variablegroup", "resource_id": f"{GUID}$3"}
    if type_name == "azuredevops_pipeline_authorization":
        words |= {"type": "environment", "resource_id": "3"}
    if type_name.startswith("azuredevops_"):
        words["id"] = GUID if "serviceendpoint" in type_name or "entitlement" in type_name else "3"
    return re.sub(
        r"\{([^}]*)\}", lambda word: words.get(word[1], "name"), resource_type(type_name).import_form
    )


@pytest.fixture
def request_for(cloud: Cloud) -> Request:
    return Request(cloud, Account(subscription_id=GUID), "")


@pytest.mark.parametrize("type_name", TYPES)
def test_an_id_of_the_form_is_taken_and_of_nothing_finds_nothing(
    request_for: Request, type_name: str
) -> None:
    found = resource_type(type_name).imported(request_for, example(type_name))
    assert (found is None) == (type_name != "time_sleep")  # which is in the state alone


@pytest.mark.parametrize("type_name", sorted(set(TYPES) - ANYTHING_GOES))
@pytest.mark.parametrize("text", ["1", "name", "/", ""])
def test_another_is_refused(request_for: Request, type_name: str, text: str) -> None:
    with pytest.raises(ServiceError, match=r"(?i)format|pars|invalid|expected|missing|must be|only uuid"):
        resource_type(type_name).imported(request_for, text)


@pytest.mark.parametrize("type_name", sorted(set(TYPES) - ANYTHING_GOES - ONE_PART))
def test_so_is_one_that_is_cut_off(request_for: Request, type_name: str) -> None:
    text = example(type_name)
    cut = text[: re.search(r"[|/][^|/]*(\?.*)?$", text).start()]  # type: ignore[union-attr]  # every form has parts
    cut = {"azapi_resource": "/subscriptions", "azurerm_role_definition": text.partition("|")[0]}.get(
        type_name, cut
    )
    with pytest.raises(ServiceError):
        resource_type(type_name).imported(request_for, cut)


# Of a diagnostic setting nothing is looked at but the bar.
@pytest.mark.parametrize(
    "type_name", [name for name in TYPES if name.startswith("azurerm_") and "diagnostic" not in name]
)
def test_azurerm_takes_ids_letter_by_letter(request_for: Request, type_name: str) -> None:
    text = example(type_name).replace("/subscriptions/", "/Subscriptions/")
    if "{scope}" in resource_type(type_name).import_form and type_name != "azurerm_role_assignment":
        text = example(type_name).replace("/locks/", "/Locks/").replace("|/sub", "|/Sub")
    with pytest.raises(ServiceError):
        resource_type(type_name).imported(request_for, text)


@pytest.mark.parametrize(
    ("type_name", "text", "words"),
    [
        ("azuredevops_check_approval", "1", 'unexpected ID format ("1"), expected: <projectId>/<checkId>'),
        ("azuredevops_check_approval", "mlops/1", "project ID must be a UUID, got: mlops"),
        ("azuredevops_check_branch_control", f"{GUID}/x", "check ID must be an integer, got: x"),
        (
            "azuredevops_environment",
            "1",
            "error parsing the resource ID from the Terraform resource data: unexpected format of ID (1), expected "
            "projectid/resourceName",
        ),
        (
            "azuredevops_environment",
            f"{GUID}/prod",
            'resource ID was expected to be integer, but was not: strconv.Atoi: parsing "prod": invalid syntax',
        ),
        (
            "azuredevops_serviceendpoint_azurerm",
            f"{GUID}/1",
            "error parsing the resource ID from the Terraform resource data: 1 isn't a valid UUID",
        ),
        (
            "azuredevops_securityrole_assignment",
            "a/b",
            "unexpected format of ID (a/b), expected scope/resource_id/identity_id",
        ),
        (
            "azuredevops_securityrole_assignment",
            "a//c",
            "unexpected format of ID (a//c), part 1 is empty, expected scope/resource_id/identity_id",
        ),
        (
            "azuredevops_pipeline_authorization",
            "a/b",
            "invalid id, expect base part to be `<project_id>/<type>/<resource_id>`, got=a/b",
        ),
        (
            "azuredevops_pipeline_authorization",
            "a/b/c;d",
            "invalid id, expect optional part to be `<key>=<value>`, got=d",
        ),
        ("azuredevops_pipeline_authorization", "a/b/c;d=e", "invalid id, unknown optional key d"),
        (
            "azuredevops_pipeline_authorization",
            "a/b/c;pipeline_id=e",
            'strconv.Atoi: parsing "e": invalid syntax',
        ),
        ("azurerm_role_definition", VAULT, f'could not parse Role Definition ID, invalid format "{VAULT}"'),
        ("azurerm_role_assignment", "1", 'could not parse Role Assignment ID "1"'),
        ("azurerm_role_assignment", VAULT, "ID was missing a value for the roleAssignments element"),
        (
            "azurerm_monitor_diagnostic_setting",
            "a|b|c",
            "expected the Monitor Diagnostics ID to be in the format `{resourceId}|{name}` but got 3 segments",
        ),
        (
            "azapi_resource",
            "models",
            'parsing Resource ID "models": ID was missing the `api-version` element',
        ),
        (
            "time_sleep",
            ",",
            'Unexpected format of ID (","), expected CREATEDURATION,DESTROYDURATION where at least one value is '
            "non-empty",
        ),
    ],
)
def test_in_the_providers_words(request_for: Request, type_name: str, text: str, words: str) -> None:
    with pytest.raises(ServiceError) as refused:
        resource_type(type_name).imported(request_for, text)
    assert str(refused.value) == words


def test_an_azure_id_is_compared_segment_by_segment() -> None:
    form = resource_type("azurerm_key_vault").import_form
    check_form(VAULT, form)
    for wrong, words in {
        GROUP: "the number of segments didn't match",
        VAULT.replace("resourceGroups", "resourcegroups"): "the segment at position 2 didn't match",
        VAULT.replace("vaults", "Vaults"): "the segment at position 6 didn't match",
        f"{VAULT}/secrets/a": 'unexpected segment "secrets/a" present at the end of the URI',
        f"{VAULT[:-5]}": "the number of segments didn't match",
    }.items():
        with pytest.raises(ServiceError, match=re.escape(words)) as refused:
            check_form(wrong, form)
        assert str(refused.value).startswith(f'parsing "{wrong}": ')
        assert wrong.endswith("/a") or f"> {form}" in str(refused.value)


def test_a_lock_is_on_any_scope() -> None:
    form = resource_type("azurerm_management_lock").import_form
    for scope in (SUBSCRIPTION, GROUP, VAULT):
        check_form(f"{scope}/providers/Microsoft.Authorization/locks/a", form)
    with pytest.raises(ServiceError, match="the number of segments"):
        check_form("/providers/Microsoft.Authorization/locks/a", form)


@pytest.mark.parametrize("type_name", sorted(set(TYPES) - {"time_sleep"}))
def test_what_a_resource_is_imported_by_has_that_form(type_name: str) -> None:
    """The program that looks for what the state lacks writes it down."""
    attributes = {"project_id": GUID, "scope": GROUP, "type": "a.b/c@2025-12-01"}
    text = example(type_name)
    resource_id = {
        "azapi_resource": VAULT,
        "azurerm_role_definition": text.partition("|")[0],
    }.get(type_name, text)
    form = resource_type(type_name).import_form
    if form == "{project}/{id}":
        resource_id = resource_id.partition("/")[2]
    assert resource_type(type_name).import_id(Resource(type_name, resource_id, attributes)) == text


@pytest.mark.parametrize("type_name", sorted(NO_IMPORT))
def test_what_cannot_be_imported(request_for: Request, type_name: str) -> None:
    assert resource_type(type_name).import_form == ""
    with pytest.raises(ServiceError, match=f"^resource {type_name} doesn't support import$"):
        resource_type(type_name).imported(request_for, "1")


def test_terraform_hears_of_it(devops: Client) -> None:
    with pytest.raises(RefusedError, match=r"expected: <projectId>/<checkId>"):
        devops.import_("azuredevops_check_approval", "1")


def test_a_project_goes_by_its_name_too(devops: Client, project_id: str) -> None:
    found = devops.import_("azuredevops_project", "MLOps")
    assert found is not None
    assert found["id"] == project_id
