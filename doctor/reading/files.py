"""The files of a repository: read once each, found as templates find each other."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from doctor.reading.document import Item, read_document
from settings.reading.text import TextError


@dataclass
class Files:
    """The files below one folder, the root of the repository."""

    root: Path
    base: Path
    """What the names in the report are relative to, where a file lies below it."""
    _read: dict[Path, Item | TextError | None] = field(default_factory=dict)

    def read(self, path: Path) -> Item | None:
        """Return the content of a file. Raises :class:`~settings.reading.text.TextError`."""
        if path not in self._read:
            try:
                self._read[path] = read_document(path, self.shown(path))
            except TextError as error:
                self._read[path] = error
        found = self._read[path]
        if isinstance(found, TextError):
            raise found
        return found

    def template(self, named: str, by: Path) -> Path | None:
        """Return the file that a template's name means in the file ``by``; ``None`` when there is none."""
        try:
            start = self.root / named.lstrip("/") if named.startswith("/") else by.parent / named
            path = start.resolve()
            return path if path.is_relative_to(self.root) and path.is_file() else None
        except (OSError, ValueError, RuntimeError):
            return None  # too long, or with signs that no file has

    def shown(self, path: Path) -> Path:
        """Return the name of a file as the report shows it."""
        return path.relative_to(self.base) if path.is_relative_to(self.base) else path


def repository(path: Path) -> Path:
    """Return the root of the repository that a file or folder lies in: the nearest with ``.git``, or its own folder."""
    folder = path if path.is_dir() else path.parent
    return next((place for place in (folder, *folder.parents) if (place / ".git").exists()), folder)
