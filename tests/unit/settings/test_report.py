"""The report of all mistakes, and what it never shows."""

from __future__ import annotations

from pathlib import Path

import pytest

from settings.checking.explain import nearest, show
from settings.loader import load_settings
from settings.models.secret_names import looks_secret
from settings.reading.file import NOTHING, UnquotedNumber
from settings.reading.problems import ConfigurationError, Problem, dotted, listed, printable, shorten
from tests.unit.settings.configuration import DEV, PLATFORM, PROD, TEST, Configuration

PRIVATE = "hunter2"


def places(configuration: Configuration) -> list[str]:
    return [str(problem).splitlines()[0] for problem in configuration.problems()]


def test_five_mistakes_in_one_file_are_five_messages(configuration: Configuration) -> None:
    expected = [
        (configuration.edit(DEV, "tier: dev", "tier: «deev"), "tier"),
        (configuration.edit(DEV, "resource_group:", "«resource_grp:"), "resource_grp"),
        (
            configuration.edit(DEV, "[Training, Promotion]", "[«Train, Promotion]"),
            "variable_group.used_by[0]",
        ),
        (
            configuration.edit(DEV, "min_nodes: 0", "min_nodes: «5"),
            "compute.training_cluster.min_nodes",
        ),
        (configuration.edit(DEV, '"0.70"', "«0.70"), "validation.min_accuracy"),
    ]
    assert places(configuration) == [
        f"config/{DEV}:{place.line}:{place.column}: {path}" for place, path in expected
    ]


def test_mistakes_of_several_files_come_in_one_report(configuration: Configuration) -> None:
    expected = [
        (
            DEV,
            configuration.edit(DEV, "max_nodes: 4", "max_nodes: «many"),
            "compute.training_cluster.max_nodes",
        ),
        (
            PROD,
            configuration.edit(PROD, "auto_deploy: false", "auto_deploy: «true"),
            "deployment.auto_deploy",
        ),
        (PROD, configuration.edit(PROD, "25, 50, 100]", "25, 50, 100"), ""),
        (
            TEST,
            configuration.edit(TEST, "idle_time: PT15M", "idle_time: «15M"),
            "compute.scoring_cluster.idle_time",
        ),
        (PLATFORM, configuration.edit(PLATFORM, '"3.9"', "«3.9"), "pipeline_settings.pythonVersion"),
    ]
    # Nothing more can be said of a file that is no YAML than where it stops to be.
    bracket = configuration.text(PROD).splitlines()[61].index("[") + 1
    files = [f"config/{file}:{place.line}:{place.column}: {path}" for file, place, path in expected]
    assert places(configuration) == [files[0], f"config/{PROD}:62:{bracket}: the whole file", *files[3:]]


def test_the_report_as_a_whole(configuration: Configuration) -> None:
    configuration.edit(DEV, "max_nodes: 4", "max_node: 4")
    configuration.edit(TEST, "location: eastus", "location: East US")
    with pytest.raises(ConfigurationError) as refused:
        load_settings(configuration.folder)
    assert (
        str(refused.value)
        == refused.value.report()
        == """\
The configuration has 2 mistakes. Nothing was written.

config/environments/dev.yaml:35:5: compute.training_cluster.max_node
    found:   the unknown key max_node
    allowed: the keys name, vm_size, min_nodes, max_nodes, idle_time, vm_priority, purpose, subnet
    fix:     did you mean max_nodes?

config/environments/test.yaml:9:11: location
    found:   "East US"
    allowed: an Azure region in its short form, such as eastus. Azure region.
    fix:     write it like eastus"""
    )


def test_one_mistake_is_not_called_mistakes(configuration: Configuration) -> None:
    configuration.edit(DEV, "tier: dev", "tier: x")
    with pytest.raises(ConfigurationError, match=r"^The configuration has 1 mistake\. Nothing"):
        load_settings(configuration.folder)


def test_problems_come_by_file_line_and_column() -> None:
    def problem(file: str, line: int, column: int) -> Problem:
        return Problem(file=Path(file), line=line, column=column, path=("a",), found="", allowed="", fix="")

    in_order = [problem("a", 1, 2), problem("a", 2, 1), problem("a", 10, 1), problem("b", 1, 1)]
    assert ConfigurationError(in_order[::-1]).problems == in_order


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ((), "the whole file"),
        (("a",), "a"),
        (("a", "b", 0, "c"), "a.b[0].c"),
        (("pipelines", "PR Validation", "name"), "pipelines.PR Validation.name"),
        (("a" * 61,), "a" * 57 + "..."),
    ],
)
def test_a_path_in_words(path: tuple[str | int, ...], text: str) -> None:
    assert dotted(path) == text


@pytest.mark.parametrize(
    ("count", "end"),
    [(0, ""), (1, "w0"), (40, "w38, w39"), (41, "w38, w39 and 1 more"), (500, "w39 and 460 more")],
)
def test_very_many_words_are_counted(count: int, end: str) -> None:
    shown = listed([f"w{number}" for number in range(count)])
    assert shown.endswith(end)
    assert bool(shown) == bool(count)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a \u00e9 \u4e2d", "a \u00e9 \u4e2d"),
        ("a\nb\tc\0", "a\\nb\\tc\\x00"),
        ("\u200b\ud800", "\\u200b\\ud800"),
    ],
)
def test_what_cannot_be_seen_is_shown_as_an_escape(text: str, shown: str) -> None:
    assert printable(text) == shown


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        ("max_node", "max_nodes"),
        ("MaxNodes", "max_nodes"),
        ("maxnodes", "max_nodes"),
        ("idle", "idle_time"),
        ("nmae", "name"),
        ("vm_sizes", "vm_size"),
        ("x", None),
        ("", None),
        ("replicas", None),
        ("max_nodes" * 1000, None),
    ],
)
def test_the_nearest_word(word: str, meant: str | None) -> None:
    assert nearest(word, ["name", "vm_size", "min_nodes", "max_nodes", "idle_time"]) == meant


def test_of_very_many_words_the_first_hundred_are_looked_at() -> None:
    others = [f"{number}" for number in range(99)]
    assert nearest("max_node", [*others, "max_nodes"]) == "max_nodes"
    assert nearest("max_node", [*others, "99", "max_nodes"]) is None


@pytest.mark.parametrize(("word", "meant"), [("ab", None), ("abc", "abcdefgh"), ("abx", None)])
def test_a_beginning_of_three_letters_is_enough(word: str, meant: str | None) -> None:
    assert nearest(word, ["abcdefgh", "other"]) == meant


def test_a_beginning_that_two_words_have_means_the_nearer() -> None:
    assert nearest("name", ["names_of_all", "named"]) == "named"


@pytest.mark.parametrize(
    ("count", "tail"), [(50, None), (51, "And 1 more, which are shown once these are mended.")]
)
def test_a_report_shows_fifty_mistakes(count: int, tail: str | None) -> None:
    problems = [
        Problem(file=Path("a"), line=number, column=1, path=(), found="", allowed="", fix="")
        for number in range(count)
    ]
    head, *paragraphs = ConfigurationError(problems).report().split("\n\n")
    assert head == f"The configuration has {count} mistakes. Nothing was written."
    assert len(paragraphs) == 50 + bool(tail)
    assert tail in (None, paragraphs[-1])


@pytest.mark.parametrize(("length", "shown"), [(60, "a" * 60), (61, "a" * 57 + "...")])
def test_a_long_text_is_cut(length: int, shown: str) -> None:
    assert shorten("a" * length) == shown


@pytest.mark.parametrize(
    ("value", "path", "shown"),
    [
        (NOTHING, (), "nothing"),
        ({}, (), "keys and values"),
        ((), (), "an empty list"),
        (("a",), (), "a list"),
        ("a", (), '"a"'),
        ("a", ("dbPassword",), "a text"),
        ("https://user:pw@example.com", (), "a text"),
        (5, (), "5"),
        (True, (), "true"),
        (5, ("extra_variables", "a"), "a value without quotes"),
        (UnquotedNumber("0.70"), (), "0.70 without quotes"),
        (UnquotedNumber("0.70"), ("token",), "a value without quotes"),
    ],
)
def test_a_value_in_words(value: object, path: tuple[str | int, ...], shown: str) -> None:
    assert show(value, path) == shown


# Places where somebody may put a secret by mistake. What stands there is never repeated.
SECRETS = {
    "under an unknown key": (DEV, "tier: dev\n", f"tier: dev\npassword: {PRIVATE}\n"),
    "under a mistyped key": (DEV, "key_vault: mlops-dev-keyvault", f"key_valt: {PRIVATE}"),
    "deep under an unknown key": (DEV, "tier: dev\n", f"tier: dev\nsecrets: {{a: [{{b: {PRIVATE}}}]}}\n"),
    "as a variable of a telling name": (
        DEV,
        "    developers: Administrator",
        f"    developers: Administrator\n  extra_variables: {{dbPassword: {PRIVATE}}}",
    ),
    "as a variable with a wrong name": (
        DEV,
        "    developers: Administrator",
        f"    developers: Administrator\n  extra_variables: {{my-flag: {PRIVATE}}}",
    ),
    "as a variable without quotes": (
        DEV,
        "    developers: Administrator",
        "    developers: Administrator\n  extra_variables: {flag: 28462}",
    ),
    "as a variable with a fraction": (
        DEV,
        "    developers: Administrator",
        "    developers: Administrator\n  extra_variables: {flag: 28462.5}",
    ),
    "as a variable in a list": (
        DEV,
        "    developers: Administrator",
        f"    developers: Administrator\n  extra_variables: {{flag: [{PRIVATE}]}}",
    ),
    "instead of the variables": (
        DEV,
        "    developers: Administrator",
        f"    developers: Administrator\n  extra_variables: {PRIVATE}",
    ),
    "as a variable that Terraform would replace": (
        DEV,
        "    developers: Administrator",
        f'    developers: Administrator\n  extra_variables: {{flag: "${{{PRIVATE}}}"}}',
    ),
    "as a variable the platform has": (
        DEV,
        "    developers: Administrator",
        f"    developers: Administrator\n  extra_variables: {{location: {PRIVATE}}}",
    ),
    "as the name of a secret": (
        DEV,
        "compute:\n",
        "key_vault_variable_group:\n  name: linked\n  used_by: []\n  permissions: {}\n"
        f"  secrets: ['{PRIVATE} !', ok, ok]\ncompute:\n",
    ),
    "under a key that is there twice": (DEV, "tier: dev\n", f"tier: dev\ntier: {PRIVATE}\n"),
    "as an alias": (DEV, "tier: dev\n", f"tier: *{PRIVATE}\n"),
    "as a tag": (DEV, "tier: dev\n", f"tier: !{PRIVATE}\n"),
    "as an anchor": (DEV, "tier: dev\n", f"tier: &{PRIVATE}\n"),
    "as a tag of a telling name": (PLATFORM, "  platform: mlops", "  apiToken: 28462\n  platform: mlops"),
    "in a line that is no YAML": (DEV, "tier: dev\n", f"tier: dev\n{PRIVATE}\n"),
    "behind a colon too many": (DEV, "tier: dev\n", f"tier: dev: {PRIVATE}\n"),
    "behind an escape": (DEV, "tier: dev\n", f'tier: "\\q{PRIVATE}"\n'),
}


@pytest.mark.parametrize(("file", "old", "new"), SECRETS.values(), ids=SECRETS)
def test_a_secret_is_not_repeated(configuration: Configuration, file: str, old: str, new: str) -> None:
    configuration.edit(file, old, new)
    with pytest.raises(ConfigurationError) as refused:
        load_settings(configuration.folder)
    report = refused.value.report()
    assert PRIVATE not in report
    assert "28462" not in report


@pytest.mark.parametrize(
    "name",
    [
        *(
            "password",
            "dbPassword",
            "DB_PASSWD",
            "clientSecret",
            "secrets",
            "githubToken",
            "GITHUB_PAT",
            "sasUrl",
            "readSas",
            "storageCredential",
            "master_accountkey",
        ),
        *("apiKey", "api_key", "API.KEY", "storageAccountKey", "connectionString", "slackWebhookUrl", "pwd"),
        *("primaryKey", "azureCredentials", "SSHKey", "pagerdutyIntegrationKey", "APIKey"),
        *("passwords", "wifi_passphrase", "tokens", "apikey", "accesskey", "sharedkey", "webhookUri"),
        *("accessKey", "accountKey", "sharedKey", "privateKey", "secondaryKey", "masterKey", "storageKey"),
        *("encryptionKey", "sas"),
    ],
)
def test_a_name_of_a_secret(name: str) -> None:
    assert looks_secret(name)


@pytest.mark.parametrize(
    "name",
    [
        *(
            "keyVaultName",
            "partitionKey",
            "tokenizer",
            "compatMode",
            "patience",
            "monkey",
            "secretary",
            "key",
        ),
        *("dispatch", "accountName", "webhookRetries", "connectionTimeout", "passwordless", "", "sasquatch"),
    ],
)
def test_a_name_of_no_secret(name: str) -> None:
    assert not looks_secret(name)
