"""``mlops report --live``: the page says what the Library says now, and first values nowhere."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from cli.__main__ import app
from tests.project import copy_configuration
from tests.unit.library.library import Library
from tests.unit.report.reading import Page

DEV, TEST, PROD = (f"mlops-{name}-variables" for name in ("dev", "test", "prod"))
OUT = Path("build/report.html")


@pytest.fixture
def folder(tmp_path: Path, written: Path, library: Library, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with the guide's configuration and its Terraform, which the Library was deployed from."""
    copy_configuration(tmp_path)
    shutil.copytree(written, tmp_path / "cdktf.out")
    os.utime(tmp_path / "cdktf.out" / "manifest.json")
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("CDKTF_OUTDIR", raising=False)
    return tmp_path


def report(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["report", *arguments])


def page(*arguments: str) -> Page:
    done = report(*arguments)
    assert done.exit_code == 0, done.stderr
    return Page.of(OUT.read_text())


def group(page: Page, number: int) -> dict[str, list[str]]:
    return {name: cells for name, *cells in page.rows("groups", number)}


def test_every_value_is_the_librarys(folder: Path, library: Library) -> None:
    library.edit(DEV, validationMinAccuracy="0.75", autoDeploy="false", ours="<b>", deploymentTraffic="30")
    library.edit(TEST, canaryTraffic="20", retentionModelsDays="100")
    library.edit(PROD, trafficRamp="0,5,100")
    seeds, live = page(), page("--live")
    assert "first value" in seeds.text("groups")
    assert len(list(seeds.root.iter("sup"))) > 50
    assert list(live.root.iter("sup")) == []
    assert "first value" not in live.html.lower()
    assert "Values of variables are those of the Library on 20" in live.text("way")
    way = [row[-1] for row in live.rows("way")]
    assert way[0] == "The new model gets 30 percent of the traffic."
    assert way[2] == "The new model first gets 20 percent of the traffic."
    assert way[3].startswith(
        "The new model takes over traffic step by step: 0 → 5 → 100 percent. Above 5 percent"
    )
    assert live.rows("numbers")[0] == ["Accuracy at least", "0.75", "0.80", "0.85"]
    assert "accuracy at least 0.75" in live.text("asked")
    assert ["Deploys by itself", "no", "no", "no"] in live.rows("environments")
    assert live.rows("retention")[0] == ["Models", "30 days", "100 days", "365 days"]
    dev = group(live, 0)
    assert dev["validationMinAccuracy"] == ["0.75 configured: 0.70", "Library"]
    assert dev["validationMaxMae"] == ["10.0", "Library"]
    assert dev["workspaceName"] == ["mlops-dev-workspace", "Terraform"]
    assert dev["ours"] == ["<b>", "people, who added it"]
    assert "managedBy" not in dev
    assert "ours" not in group(seeds, 0)


def test_what_is_not_there_is_not_made_up(folder: Path, library: Library) -> None:
    library.hide(DEV, "validationMinAccuracy")
    library.delete(DEV, "validationMaxMae")
    library.delete(DEV, "deploymentTraffic")
    library.delete(DEV, "retentionModelsDays")
    library.rename(PROD, "hidden")
    live = page("--live")
    unseen = "not seen in the Library"
    assert [row[:2] for row in live.rows("numbers")] == [
        ["Accuracy at least", "(secret)"],
        ["Precision at least", "–"],  # noqa: RUF001  # nothing there
        ["Recall at least", "–"],  # noqa: RUF001
        ["Mean absolute error at most", unseen],
        ["Root mean square error at most", "15.0"],
    ]
    assert [row[3] for row in live.rows("numbers")] == [unseen] * 5
    assert live.rows("retention")[0] == ["Models", unseen, "90 days", unseen]
    nothing = "The Library does not say how much of the traffic the new model gets."
    assert live.rows("way")[0][-1] == nothing
    assert live.rows("way")[3][-1].startswith(nothing)
    assert group(live, 0)["validationMinAccuracy"] == ["(secret) configured: 0.70", "Library"]
    assert group(live, 0)["validationMaxMae"] == [f"{unseen} configured: 10.0", "Library"]


def test_a_canary_that_people_began(folder: Path, library: Library) -> None:
    library.edit(DEV, canaryDeployment="true", canaryTraffic="10")
    assert page("--live").rows("way")[0][-1] == "The new model first gets 10 percent of the traffic."


def test_without_access_there_is_no_page(
    folder: Path, library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AZURE_CLIENT_SECRET", "wrong")
    done = report("--live")
    assert (done.exit_code, done.stdout, OUT.exists()) == (3, "", False)
    assert "\n    fix:    " in done.stderr
    assert report().exit_code == 0


def test_without_any_group_there_is_no_page(folder: Path, library: Library) -> None:
    for number, found in enumerate(library.cloud.resources("azuredevops_variable_group")):
        library.rename(found.name, f"another {number}")
    done = report("--live")
    assert (done.exit_code, done.stdout, OUT.exists()) == (3, "", False)
    assert done.stderr.startswith(
        "The project mlops has none of the variable groups, or whoever is signed in"
    )
