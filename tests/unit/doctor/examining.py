"""Pipelines that tests write, and what the doctor finds in them on the guide."""

from __future__ import annotations

from pathlib import Path

from syrupy.assertion import SnapshotAssertion

from doctor.examine import Examination, examine
from doctor.findings import Finding
from doctor.platform import Elsewhere, Platform
from settings.loader import Settings
from tests.project import REPOSITORY

CORPUS = REPOSITORY / "tests" / "pipelines"


class Doctor:
    """The doctor for one configuration, and a folder for pipelines.

    What ``findings`` finds is compared word for word with ``words``, unless there are none. After a change that is
    meant: ``make generate``, and read the difference in ``__snapshots__``.
    """

    def __init__(self, settings: Settings, folder: Path, words: SnapshotAssertion | None = None) -> None:
        self.settings, self.folder, self.words = settings, folder, words

    def examine(self, *paths: Path, every: bool = False, elsewhere: Elsewhere | None = None) -> Examination:
        platform = Platform(self.settings, elsewhere or Elsewhere())
        return examine(paths, platform, self.folder, every=every)

    def write(self, **files: str) -> list[Path]:
        """Write files by their names without ``.yml``; ``__`` is a folder's end."""
        paths = []
        for name, text in files.items():
            path = self.folder / f"{name.replace('__', '/')}.yml"
            path.parent.mkdir(exist_ok=True, parents=True)
            path.write_text(text, encoding="utf-8")
            paths.append(path)
        return paths

    def findings(
        self, text: str, *, notes: bool = False, elsewhere: Elsewhere | None = None, **templates: str
    ) -> list[tuple[int, str]]:
        """Return line and kind of what is wrong with one pipeline."""
        (path,) = self.write(pipeline=text)
        self.write(**templates)
        found = self.examine(path, elsewhere=elsewhere).findings
        if found and self.words is not None:
            assert "\n".join(map(str, found)) == self.words
        return shown(found, notes=notes)

    def one(self, text: str) -> str:
        """Return the report of the only finding of a pipeline."""
        (path,) = self.write(pipeline=text)
        (finding,) = self.examine(path).findings
        return str(finding)


def shown(findings: tuple[Finding, ...], *, notes: bool = False) -> list[tuple[int, str]]:
    return [(f.at.line, f.kind.id) for f in findings if notes or not f.kind.note]
