"""``mlops report``: the page for those who approve, from the configuration and the Terraform that it became."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from cli.differences import read_library
from cli.exit_codes import ExitCode
from cli.output import CONFIG, refuse, say, settings_in
from deployment.stacks import MANIFEST, Stack, output_folder, read_stacks
from doctor.live.comparison import value_of
from doctor.platform import Platform
from files.replacing import WriteError, replace_file, reported
from settings.loader import Settings

if TYPE_CHECKING:
    from report.content import Library

DEFAULT = Path("build/report.html")


def write_report(out: Path, services: str | None, *, live: bool) -> None:
    """Write the page of the configuration in this folder. Its Terraform must be there, and be no older.

    With ``live`` the values are those of the Library. Where that cannot be read there is no page.
    """
    from report.page import render  # Jinja takes a while to import, and no other command needs it

    settings = settings_in(CONFIG)
    folder = output_folder()
    stacks = _stacks(settings, folder)
    written = datetime.fromtimestamp((folder / MANIFEST).stat().st_mtime, UTC)
    page = render(settings, stacks, written, _library(settings, services) if live else None)
    try:
        with reported(out):
            out.parent.mkdir(parents=True, exist_ok=True)
        replace_file(out, page.encode())
    except WriteError as error:
        refuse(str(error), ExitCode.FAILED)
    say(f"{out}: written. Open it in a browser, or send it to those who approve.", "green")


def _library(settings: Settings, services: str | None) -> Library:
    from report.content import Library  # as above

    found = read_library(settings, services)
    groups = {
        name: {variable: value_of(value) for variable, value in found[name].variables.items()}
        for name in Platform(settings).groups
        if name in found
    }
    if not groups:
        refuse(
            f"The project {settings.platform.azure_devops.project.name} has none of the variable groups, or whoever is "
            "signed in is not a Reader of any. Deploy first, sign in as somebody who is, or leave out --live.",
            ExitCode.FAILED,
        )
    return Library(datetime.now(UTC), groups)


def _stacks(settings: Settings, folder: Path) -> list[Stack]:
    """Return the stacks that were written last; refuse those that are not of this configuration."""
    again = "Run make synth, or make report, which does so first."
    if not (folder / MANIFEST).exists():
        refuse(f"There is no Terraform in {folder} yet. {again}", ExitCode.FAILED)
    try:
        stacks = read_stacks(folder)
    except (OSError, ValueError, KeyError) as error:
        refuse(f"The Terraform in {folder} cannot be read: {error}. {again}", ExitCode.FAILED)
    written = (folder / MANIFEST).stat().st_mtime
    for path in (CONFIG / "platform.yaml", *sorted((CONFIG / "environments").glob("*.yaml"))):
        if path.stat().st_mtime > written:
            refuse(
                f"{path} was changed after the Terraform in {folder} was written. {again}", ExitCode.FAILED
            )
    if found := set(settings.stack_names) ^ {stack.name for stack in stacks}:
        differing = ", ".join(sorted(found))
        refuse(
            f"The Terraform in {folder} is of another configuration: {differing}. {again}", ExitCode.FAILED
        )
    return stacks
