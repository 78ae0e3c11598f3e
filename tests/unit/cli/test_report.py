"""``mlops report``: writes the page, and refuses to where it would not be true."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from cli.__main__ import app
from tests.project import copy_configuration, fill_in_ids, replace

AGAIN = " Run make synth, or make report, which does so first.\n"


@pytest.fixture
def folder(tmp_path: Path, written: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with the guide's configuration, and the Terraform of it."""
    copy_configuration(tmp_path)
    shutil.copytree(written, tmp_path / "cdktf.out")
    os.utime(tmp_path / "cdktf.out" / "manifest.json")
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("CDKTF_OUTDIR", raising=False)
    return tmp_path


def report(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["report", *arguments])


def refused(done: Result) -> str:
    assert (done.exit_code, done.stdout) == (3, "")
    assert not list(Path().rglob("*.html"))
    return done.stderr


def test_the_page_is_written(folder: Path) -> None:
    done = report()
    assert done.exit_code == 0, done.stderr
    assert done.stdout == (
        "build/report.html: written. Open it in a browser, or send it to those who approve.\n"
    )
    page = (folder / "build" / "report.html").read_text()
    assert page.startswith("<!DOCTYPE html>")
    assert page.rstrip().endswith("</html>")


def test_elsewhere_and_again(folder: Path) -> None:
    fill_in_ids(folder / "config")
    os.utime(folder / "cdktf.out" / "manifest.json")
    (folder / "page.html").write_text("old")
    done = report("--out", "page.html")
    assert done.exit_code == 0, done.stderr
    assert done.stdout.startswith("page.html: written.")
    assert (folder / "page.html").read_text().startswith("<!DOCTYPE html>")
    assert not (folder / "build").exists()


def test_without_terraform(folder: Path) -> None:
    shutil.rmtree(folder / "cdktf.out")
    assert refused(report()) == f"There is no Terraform in cdktf.out yet.{AGAIN}"


@pytest.mark.parametrize("name", ["platform.yaml", "environments/prod.yaml"])
def test_with_terraform_that_is_older(folder: Path, name: str) -> None:
    written = (folder / "cdktf.out" / "manifest.json").stat().st_mtime
    os.utime(folder / "config" / name, (written + 5, written + 5))
    assert refused(report()) == (
        f"config/{name} was changed after the Terraform in cdktf.out was written.{AGAIN}"
    )


def test_with_the_terraform_of_another_configuration(folder: Path) -> None:
    (folder / "config" / "environments" / "test.yaml").unlink()
    replace(folder / "config" / "platform.yaml", ("[dev, test, prod]", "[dev, prod]"))
    os.utime(folder / "cdktf.out" / "manifest.json")
    assert refused(report()) == f"The Terraform in cdktf.out is of another configuration: mlops-test.{AGAIN}"


@pytest.mark.parametrize("content", ["{", "{}", '{"stacks": {"mlops-dev": {}}}'])
def test_with_terraform_that_is_damaged(folder: Path, content: str) -> None:
    (folder / "cdktf.out" / "manifest.json").write_text(content)
    said = refused(report())
    assert said.startswith("The Terraform in cdktf.out cannot be read: ")
    assert said.endswith(AGAIN)


def test_with_mistakes_in_the_configuration(folder: Path) -> None:
    replace(folder / "config" / "platform.yaml", ("type: local", "type: lokal"))
    assert "lokal" in refused(report())


def test_where_nothing_can_be_written(folder: Path) -> None:
    (folder / "build").write_text("a file")
    assert refused(report()).startswith("build/report.html cannot be written: File exists")
    assert refused(report("--out", "config")).startswith("config cannot be written: Is a directory")
