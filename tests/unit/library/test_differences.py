"""``mlops library --diff``: what differs, whose it is, and which of it is wrong."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from cli.__main__ import app
from tests.project import COMPANY, GUIDE, copy_configuration, use_every_option
from tests.unit.library.library import Library

DEV, PROD, SHARED = "mlops-dev-variables", "mlops-prod-variables", "mlops-shared-variables"


def diff(*arguments: str, config: Path = GUIDE) -> Result:
    return CliRunner().invoke(app, ["library", "--diff", "--config", str(config), *arguments])


def found(code: int, *arguments: str, config: Path = GUIDE) -> list[tuple[Any, ...]]:
    """Return what differs: group, variable, how, the two values, and the owner."""
    done = diff("--json", *arguments, config=config)
    assert done.exit_code == code, done.stderr
    said = json.loads(done.stdout)
    wrong = [item for item in said["differences"] if not item["expected"]]
    assert (said["findings"], said["by_people"]) == (len(wrong), len(said["differences"]) - len(wrong))
    keys = ("group", "variable", "difference", "configuration", "library", "owner")
    return [tuple(item[key] for key in keys) for item in said["differences"]]


def test_nothing_differs_after_a_deployment(library: Library) -> None:
    assert found(0) == []
    done = diff()
    assert (done.exit_code, done.stdout) == (0, "6 groups compared: the Library is as configured.\n")
    assert diff("--env", "dev").stdout == "1 group compared: the Library is as configured.\n"


@pytest.mark.parametrize("configuration", [COMPANY, None], ids=["company", "every option"])
def test_nothing_differs_with_everything_that_there_is(
    library: Library, configuration: Path | None, tmp_path: Path
) -> None:
    config = configuration or copy_configuration(tmp_path)
    if configuration is None:
        use_every_option(config)
    library.deploy(config)
    assert found(0, config=config) == []


def test_what_people_set_in_the_library_is_expected(library: Library) -> None:
    library.edit(DEV, validationMinAccuracy="0.75", ours="1")
    assert found(0) == [
        (DEV, "validationMinAccuracy", "edited", "0.70", "0.75", "library"),
        (DEV, "ours", "added", None, "1", "people"),
    ]
    done = diff()
    head, columns, edited, added, blank, *rest = done.stdout.splitlines()
    assert (done.exit_code, head, blank) == (0, DEV, "")
    assert [re.split(" {2,}", line) for line in (columns, edited, added)] == [
        ["variable", "configuration", "Library", "owner", "difference"],
        ["validationMinAccuracy", "0.70", "0.75", "library", "edited"],
        ["ours", "-", "1", "people", "added"],
    ]
    assert [line.partition(":")[0] for line in rest[:-1]] == ["edited", "added"]
    assert rest[-1] == "2 differences, all by people, as expected. Nothing is wrong."


def test_the_place_of_a_value_is_told(library: Library) -> None:
    library.edit(DEV, validationMinAccuracy="0.75")
    (item,) = json.loads(diff("--json").stdout)["differences"]
    line = (GUIDE / "environments" / "dev.yaml").read_text().splitlines()[item["line"] - 1]
    assert (item["file"], item["key"]) == ("guide/environments/dev.yaml", "validation.min_accuracy")
    assert line == '  min_accuracy: "0.70"'


def test_who_changed_a_group_last_is_told(library: Library) -> None:
    library.edit(DEV, validationMinAccuracy="0.75")
    dev = next(group for group in json.loads(diff("--json").stdout)["groups"] if group["name"] == DEV)
    assert dev["changed_by"] == "You in the sandbox"
    assert re.match(r"20\d\d-\d\d-\d\dT", dev["changed_on"])


def test_a_value_of_terraform_is_wrong(library: Library) -> None:
    library.edit(SHARED, mlopsDevWorkspace="another")
    library.edit(DEV, validationMinAccuracy="0.75")
    assert found(1) == [
        (DEV, "validationMinAccuracy", "edited", "0.70", "0.75", "library"),
        (SHARED, "mlopsDevWorkspace", "changed", "mlops-dev-workspace", "another", "terraform"),
    ]
    done = diff()
    assert done.exit_code == 1
    assert done.stdout.splitlines()[-1] == "1 difference to put right, 1 by people, as expected."
    assert diff("--env", "dev").exit_code == 0


def test_what_is_missing(library: Library) -> None:
    library.delete(DEV, "validationMinAccuracy")
    library.rename(PROD, "mlops-prod")
    assert found(1) == [
        (DEV, "validationMinAccuracy", "missing", "0.70", None, "library"),
        (PROD, None, "group-missing", None, None, None),
    ]
    assert "(the group)  -" in diff().stdout
    assert "not a Reader of it" in diff().stdout


def test_a_secret_is_never_shown(library: Library) -> None:
    library.edit(DEV, validationMinAccuracy="hidden-value", ours="hidden-value")
    library.hide(DEV, "validationMinAccuracy")
    library.hide(DEV, "ours")
    assert found(1) == [
        (DEV, "validationMinAccuracy", "turned-into-a-secret", "0.70", None, "library"),
        (DEV, "ours", "added", None, None, "people"),
    ]
    done = diff()
    assert done.stdout.count("(secret)") == 2
    assert "hidden-value" not in done.output + diff("--json").output


def test_an_empty_value_is_not_none(library: Library) -> None:
    library.edit(DEV, validationMinAccuracy="")
    assert found(0) == [(DEV, "validationMinAccuracy", "edited", "0.70", "", "library")]
    assert re.search(r'0\.70 +"" +library', diff().stdout)


def test_case_does_not_count_in_names(library: Library) -> None:
    library.delete(DEV, "validationMinAccuracy")
    library.edit(DEV, VALIDATIONMINACCURACY="0.75")
    assert found(0) == [(DEV, "validationMinAccuracy", "edited", "0.70", "0.75", "library")]


def test_a_linked_group(library: Library, tmp_path: Path) -> None:
    config = copy_configuration(tmp_path)
    use_every_option(config)
    library.deploy(config)
    secrets = "mlops-staging-secrets"
    library.edit(secrets, another="hidden-value")
    library.delete(secrets, "scoring-api-password")
    assert found(1, config=config) == [
        (secrets, "scoring-api-password", "missing", None, None, "key vault"),
        (secrets, "another", "changed", None, None, "key vault"),
    ]
    library.rename(secrets, "another-group")
    library.rename(DEV, secrets)
    kinds = [row[:3] for row in found(1, config=config)]
    assert kinds == [(DEV, None, "group-missing"), (secrets, None, "group-of-another-kind")]


def test_an_environment_that_is_not_there(library: Library) -> None:
    done = diff("--env", "stage")
    assert (done.exit_code, done.stdout) == (2, "")
    assert done.stderr == "There is no environment stage, only dev, test, prod.\n"


def test_nobody_is_asked_where_ids_are_not_filled_in(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("MLOPS_SERVICES")
    done = diff()
    assert (done.exit_code, done.stdout) == (3, "")
    assert done.stderr.startswith("Error: 6 placeholders to fill in before a deployment:")


def test_without_access(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AZURE_CLIENT_SECRET", "wrong")
    for arguments in ([], ["--json"]):
        done = diff(*arguments)
        assert (done.exit_code, done.stdout) == (3, "")
        assert [line.partition(":")[0].strip() for line in done.stderr.splitlines()[1:]] == ["answer", "fix"]


def test_services_by_their_address(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    library.edit(DEV, validationMinAccuracy="0.75")
    address = os.environ["MLOPS_SERVICES"]
    monkeypatch.delenv("MLOPS_SERVICES")
    assert len(found(0, "--services", address)) == 1
