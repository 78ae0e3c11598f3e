"""The page as a page: it asks for nothing outside itself, takes no markup from a configuration, and fits others."""

from __future__ import annotations

import copy
import re
from dataclasses import replace as with_
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from deployment.stacks import Stack, read_stacks
from report import terraform
from settings.loader import Settings, load_settings
from tests.inputs import inputs
from tests.project import copy_configuration, replace
from tests.synthesized import synthesize_to
from tests.unit.report.reading import Page, attributes, said

PAGES = ("guide_page", "company_page", "variant_page")
_LOADS = {
    "script",
    "link",
    "img",
    "iframe",
    "object",
    "embed",
    "base",
    "form",
    "audio",
    "video",
    "source",
    "image",
}
_PALETTE = re.compile(r":root \{(.+?)\}")


@pytest.fixture(params=PAGES)
def page(request: pytest.FixtureRequest) -> Page:
    found: Page = request.getfixturevalue(request.param)
    return found


def test_it_asks_for_nothing_outside_itself(page: Page) -> None:
    assert not _LOADS & {element.tag for element in page.root.iter()}
    ids = {element.get("id") for element in page.root.iter()} - {None}
    for tag, name, value in attributes(page):
        assert name not in ("src", "srcset", "data", "action", "style", "background", "poster"), tag
        assert not name.startswith("on") and ":" not in name
        assert "http" not in value.replace("http-equiv", "")
        if name == "href":
            assert value.startswith("#") and value[1:] in ids, value
    (style,) = page.root.iter("style")
    assert style.text and not re.search(r"url\(|@import|@font-face|image-set", style.text)


def test_a_browser_is_told_so_too(page: Page) -> None:
    policies = [meta.get("content") for meta in page.root.iter("meta") if "http-equiv" in meta.keys()]  # noqa: SIM118
    assert policies == ["default-src 'none'; style-src 'unsafe-inline'"]


def test_it_is_sound_html(page: Page) -> None:
    assert page.html.startswith('<!DOCTYPE html>\n<html lang="en">')
    ids = [value for _, name, value in attributes(page) if name == "id"]
    assert len(ids) == len(set(ids))
    assert [element.tag for element in page.root] == ["head", "body"]
    assert len(list(page.root.iter("h1"))) == 1
    for table in page.root.iter("table"):
        widths = {len(row) for row in table.iter("tr")}
        assert len(widths) == 1, said(table)
    for picture in page.root.iter("svg"):
        assert picture.get("aria-label")
    # An empty element that is no void one would stay open in HTML.
    assert not re.search(r"<(?!meta|rect|path)\w+[^>]*/>", page.html)


@pytest.mark.parametrize("palette", [0, 1, 2], ids=["light", "dark", "print"])
def test_every_colour_can_be_read(guide_page: Page, palette: int) -> None:
    """Text is 4.5 times as bright as what is behind it, or as dark. Source: WCAG 2.2, 1.4.3."""
    colours = dict(re.findall(r"--(\w+): #(\w{6})", _PALETTE.findall(guide_page.html)[palette]))
    for text in ("ink", "soft", "accent"):
        for behind in ("paper", "shade"):
            lighter, darker = sorted((_luminance(colours[text]), _luminance(colours[behind])), reverse=True)
            assert (lighter + 0.05) / (darker + 0.05) >= 4.5, f"{text} on {behind}"


def _luminance(colour: str) -> float:
    shares = [int(colour[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    red, green, blue = (s / 12.92 if s <= 0.04045 else ((s + 0.055) / 1.055) ** 2.4 for s in shares)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


# Letters of a YAML file: neither control characters nor what no character is.
ANY_NAME = st.text(st.characters(exclude_categories=["C"]), min_size=1, max_size=80)


@inputs(25)
@given(name=ANY_NAME)
@example(name="<script>alert(1)</script>")
@example(name="\"><img src=x onerror='alert(1)'>")
@example(name="</style><svg/onload=alert(1)>")
@example(name="{{ 7 * 7 }} {% raw %} ${jndi} <!--")
@example(name="&lt;b&gt; & ]]>")
@example(name="ein-sehr-langer-name-" * 12)
def test_whatever_the_configuration_says_is_text(settings: Settings, written: Path, name: str) -> None:
    sound = Page(*_named(settings, read_stacks(written), "name"))
    page = Page(*_named(settings, read_stacks(written), name))
    assert page.tags() == sound.tags()
    shown = " ".join(name.split())
    for section in ("way", "asked", "environments", "groups", "permissions", "alerts"):
        assert shown in page.text(section), section


def _named(settings: Settings, stacks: list[Stack], name: str) -> tuple[Settings, list[Stack]]:
    """Return settings and stacks with this name for all that people name: projects, teams, groups, instructions."""
    platform = settings.platform
    project = platform.azure_devops.project.model_copy(update={"name": name})
    pipelines = {k: p.model_copy(update={"name": name}) for k, p in platform.pipelines.items()}
    (first, *others) = settings.environments
    extra = first.variable_group.model_copy(update={"extra_variables": {"theirs": name}})
    first = first.model_copy(update={"resource_group": name, "variable_group": extra})
    devops = platform.azure_devops.model_copy(update={"project": project})
    edited = []
    for stack in copy.deepcopy(stacks):
        for body in stack.bodies("resource", "azuredevops_check_approval"):
            body["instructions"] = name
        for body in stack.bodies("resource", "azurerm_monitor_scheduled_query_rules_alert_v2"):
            body["description"] = name
        for team in stack.bodies("data", "azuredevops_group"):
            team["name"] = f"{name} {team['name']}"
        edited.append(stack)
    teams = {k: t.model_copy(update={"name": f"{name} {t.name}"}) for k, t in platform.teams.items()}
    for body in (b for s in edited for b in s.bodies("resource", "azuredevops_group") if "for_each" in b):
        body["for_each"] = {key: f"{name} {team}" for key, team in body["for_each"].items()}
    changes = {"azure_devops": devops, "pipelines": pipelines, "teams": teams}
    return with_(
        settings, platform=platform.model_copy(update=changes), environments=(first, *others)
    ), edited


def edited(written: Path, stack: str, type_: str, **changes: Any) -> list[Stack]:
    """Return the stacks of the guide with all resources of a type changed in one of them."""
    stacks = read_stacks(written)
    (found,) = [each for each in stacks if each.name == stack]
    for body in found.bodies("resource", type_):
        body.update(changes)
    return stacks


def test_the_checks_are_those_of_the_terraform(settings: Settings, written: Path) -> None:
    changes = {"minimum_required_approvers": 1, "timeout": 90, "requester_can_approve": True}
    page = Page(settings, edited(written, "mlops-prod", "azuredevops_check_approval", **changes))
    *_, prod = page.rows("way")
    assert prod[2] == "Senior engineers, Platform lead 1 of 2, within 1 hour and 30 minutes: prod-deployment"
    assert "Whoever started a run cannot approve it." not in page.text("way")
    assert "started the run" not in page.text("gate-4")
    branches = {"allowed_branches": "refs/heads/main, refs/heads/hotfix/*", "verify_branch_protection": False}
    page = Page(settings, edited(written, "mlops-prod", "azuredevops_check_branch_control", **branches))
    *_, prod = page.rows("way")
    assert prod[1] == "main, hotfix/* by Prod Deployment"


def test_a_gate_without_checks_is_no_gate(settings: Settings, written: Path) -> None:
    stacks = read_stacks(written)
    del stacks[-1].terraform["resource"]["azuredevops_check_approval"]
    del stacks[-1].terraform["resource"]["azuredevops_check_branch_control"]
    *_, prod = Page(settings, stacks).rows("way")
    assert prod[1:3] == ["any branch by Prod Deployment", "nobody is asked"]


def test_a_connection_that_asks_by_itself_lets_nobody_past_its_gate(
    settings: Settings, written: Path
) -> None:
    registry = settings.platform.registry
    connection = registry.service_connection.model_copy(update={"used_by": ("Promotion", "Training")})
    registry = registry.model_copy(update={"service_connection": connection})
    changed = with_(settings, platform=settings.platform.model_copy(update={"registry": registry}))
    assert "without this gate" not in Page(changed, read_stacks(written)).text("gate-2")
    stacks = read_stacks(written)
    del stacks[0].terraform["resource"]["azuredevops_check_approval"]["promotion_connection_approval"]
    assert "May deploy to mlops-central-registry without this gate: Training." in Page(changed, stacks).text(
        "gate-2"
    )


def test_a_check_on_what_is_not_there() -> None:
    with pytest.raises(KeyError):
        terraform.checks(Stack("mlops-dev", Path(), {}), "test-deployment")


def test_a_partly_open_environment(settings: Settings, written: Path) -> None:
    stacks = edited(written, "mlops-dev", "azurerm_key_vault", public_network_access_enabled=False)
    page = Page(settings, stacks)
    dev = next(page.at("network").iter("figure"))
    assert "partly closed" in said(dev)
    assert "Closed to public networks: key vault." in said(dev)
    denied = {"network_rules": {"default_action": "Deny"}}
    page = Page(settings, edited(written, "mlops-dev", "azurerm_storage_account", **denied))
    assert "Closed to public networks: storage account." in page.text("network")


def test_everything_of_a_company_is_shown(company_page: Page) -> None:
    *_, prod = company_page.rows("way")
    assert prod[2].startswith("Senior engineers, Platform lead, anna.maier@contoso.com 2 of 3, within 7 days")
    gate = company_page.text("gate-4")
    assert (
        "When anna.maier@contoso.com started the run, 2 entries remain and 2 must approve: the others can answer."
        in gate
    )
    assert "cannot be approved" not in gate
    assert company_page.rows("permissions", 1) == [
        ["dev", "Developers", "data scientist", "trains and deploys, writes data"],
        ["prod", "Developers", "reader", "looks at everything, data too"],
        ["prod", "Senior engineers", "reader", "looks at everything, data too"],
        [
            "prod",
            "Entra group 5c2a8f14-7b3e-4d69-a0c1-9e8d7f6a5b04",
            "operator",
            "looks at everything, manages the clusters",
        ],
    ]
    rows = {label: cells for label, *cells in company_page.rows("environments")}
    assert rows["Alerts go to"][1:] == ["email, slack", "the action group on-call of others"]
    assert rows["Agent pool"] == ["–", "mlops-test-agents", "mlops-prod-agents"]  # noqa: RUF001
    kept = {label: cells for label, *cells in company_page.rows("retention")}
    assert kept["Logs"] == ["14 days", "30 days", "as the owner of the logs says"]
    _, spoke, own = company_page.at("network").iter("figure")
    assert "In the virtual network mlops-test-spoke, which belongs to others." in said(spoke)
    assert "Virtual network of others" in said(spoke)
    assert "others" not in said(own)
    assert rows["Workstations"] == ["dev-anna, dev-ben", "–", "–"]  # noqa: RUF001
    assert rows["Data of others"] == ["sales_history (read)", "–", "sales_lake (write)"]  # noqa: RUF001
    assert "let out to *.vsblob.vsassets.io, packages.contoso.com, pkgs.dev.azure.com" in company_page.text(
        "network"
    )
    assert "not filled in yet" not in said(company_page.root)
    rights = {row[0]: row[1:] for row in company_page.rows("permissions")}
    asked = rights["mlops-prod-infrastructure gate"]
    assert [who for who in asked if who] == ["approves", "approves"]  # the platform team and its lead
    assert rights["mlops-registry-infrastructure gate"] == asked


def test_secrets_have_names_and_no_values(variant_page: Page) -> None:
    heads = [said(found) for found in variant_page.at("groups").iter("summary")]
    index = next(i for i, head in enumerate(heads) if head.startswith("mlops-staging-secrets"))
    assert heads[index] == "mlops-staging-secrets 1 secrets of a key vault; used by promote"
    assert variant_page.rows("groups", index) == [["scoring-api-password", "(secret)", "key vault"]]


def test_five_environments_without_a_gate_of_their_own(variant_page: Page) -> None:
    assert [row[0].split()[0] for row in variant_page.rows("way")] == [
        "dev",
        "mlops-central-registry",
        "staging",
        "test",
        "prod",
    ]


def test_one_environment_and_another_prefix(tmp_path: Path) -> None:
    config = copy_configuration(tmp_path)
    for name in ("test", "prod"):
        (config / "environments" / f"{name}.yaml").unlink()
    replace(
        config / "platform.yaml",
        ("environments: [dev, test, prod]", "environments: [dev]"),
        ("tags:\n", "stack_prefix: team\n\ntags:\n"),
    )
    settings = load_settings(config)
    synthesize_to(settings, tmp_path / "out")
    page = Page(settings, read_stacks(tmp_path / "out"))
    assert [row[0] for row in page.rows("way")] == [
        "dev environment",
        "mlops-central-registry shared model registry",
    ]
    assert page.rows("way")[1][3] == "The model is in the shared registry."
    assert "Alerts are off in every environment." in page.text("alerts")
    assert {len(row) for row in page.rows("numbers")} == {2}
