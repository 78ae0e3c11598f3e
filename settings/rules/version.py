"""Whether the files are written for this version of the project."""

from __future__ import annotations

from collections.abc import Iterator

from settings.checking.checked import Checked
from settings.models.platform import Platform
from settings.reading.problems import Problem

VERSION = 1
"""Major version of this project: what files that are written for another one say is not understood."""


def written_for_this_version(platform: Checked[Platform]) -> Iterator[Problem]:
    """Refuse files of a newer or an older major version. Files that do not name theirs are from before 2."""
    if not platform.sound("version"):
        return  # not a version at all
    version = platform.get("version") or 1
    if version == VERSION:
        return
    found = str(version) if platform.given("version") else f"no version, which means {version}"
    if version > VERSION:
        fix = f"merge version {version} of this project, as docs/deploying.md says; its CHANGELOG.md tells what changed"
    else:
        fix = (
            f"change the files as CHANGELOG.md tells from version {version} on, then write version: {VERSION}"
        )
    yield platform.problem(
        "version",
        found=found,
        allowed=f"{VERSION}, the version of this project, for which the files are to be written",
        fix=fix,
    )
