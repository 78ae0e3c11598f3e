"""Private Python packages: what compute is let out to for them."""

from __future__ import annotations

from pathlib import Path

import pytest

from settings.loader import load_settings
from tests.project import copy_configuration, replace
from tests.synthesized import Stack, synthesize_to

FQDN = "azurerm_machine_learning_workspace_network_outbound_rule_fqdn"
ARTIFACTS = "https://pkgs.dev.azure.com/contoso/_packaging/ml/pypi/simple/"
OLDER = "https://contoso.pkgs.visualstudio.com/_packaging/ml/pypi/simple/"
OTHER = "https://packages.contoso.com/simple"
LOOKALIKE = "https://notpkgs.dev.azure.com/simple"
MODE = "isolation_mode: AllowInternetOutbound"


def prod(tmp_path: Path, mode: str, *feeds: str) -> Stack:
    config = copy_configuration(tmp_path)
    path = config / "environments/prod.yaml"
    replace(path, (MODE, mode), ("\nsecurity:", f"\npackage_feeds: [{', '.join(feeds)}]\nsecurity:"))
    return synthesize_to(load_settings(config), tmp_path / "out")["mlops-prod"]


@pytest.mark.parametrize(
    ("feed", "hosts"),
    [
        (ARTIFACTS, ["pkgs.dev.azure.com", "*.vsblob.vsassets.io"]),
        (OLDER, ["contoso.pkgs.visualstudio.com", "*.vsblob.vsassets.io"]),
        (OTHER, ["packages.contoso.com"]),
        (LOOKALIKE, ["notpkgs.dev.azure.com"]),
    ],
)
def test_the_hosts_of_a_feed_are_approved(tmp_path: Path, feed: str, hosts: list[str]) -> None:
    stack = prod(tmp_path, "isolation_mode: AllowOnlyApprovedOutbound", feed)
    assert sorted(body["destination_fqdn"] for body in stack.resources(FQDN).values()) == sorted(hosts)


def test_hosts_that_are_approved_already_are_approved_once_and_first(tmp_path: Path) -> None:
    mode = (
        "isolation_mode: AllowOnlyApprovedOutbound\n"
        "  outbound_fqdns: [pypi.org, packages.contoso.com, pkgs.dev.azure.com]"
    )
    rules = prod(tmp_path, mode, OTHER, ARTIFACTS, OLDER).resources(FQDN)
    order = ["pypi.org", "packages.contoso.com", "pkgs.dev.azure.com"]
    order += ["*.vsblob.vsassets.io", "contoso.pkgs.visualstudio.com"]
    before = {body["destination_fqdn"]: body.get("depends_on") for body in rules.values()}
    names = {body["destination_fqdn"]: f"{FQDN}.{logical}" for logical, body in rules.items()}
    assert before == {
        host: [names[earlier]] if earlier else None
        for earlier, host in zip([None, *order], order, strict=False)
    }


def test_where_compute_reaches_everything_there_is_nothing_to_approve(tmp_path: Path) -> None:
    stack = prod(tmp_path, MODE, ARTIFACTS)
    assert stack.resources(FQDN) == {}
    variable = stack.variables("mlops-prod-variables")["packageFeeds"]
    assert variable["value"] == ARTIFACTS
    assert "ignore_changes" not in variable.get("lifecycle", {})


def test_pipelines_get_all_feeds_in_one_variable(company: dict[str, Stack]) -> None:
    variable = company["mlops-prod"].variables("mlops-prod-variables")["packageFeeds"]
    assert variable["value"] == f"{ARTIFACTS},{OTHER}"
    assert "packageFeeds" not in company["mlops-test"].variables("mlops-test-variables")
