"""The stand-in cloud: one folder, one JSON file for each resource that exists.

``<folder>/<provider>/<type>/<name>.json`` holds the resource's type, its id and its attributes. A person may read,
edit and delete these files as they would use the portal. Several provider processes share the folder, each with
several requests under way: every operation holds one lock, and every file is replaced as a whole.

A process that is killed leaves no half-written file, and at most one draft, which the next write replaces. Files are
not flushed to the disk: that would cost each write some milliseconds, and all of a tour several seconds. What a loss
of power takes from a stand-in can be made again.
"""

from __future__ import annotations

import fcntl
import json
import os
import re
import threading
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from files.replacing import locked, replace_file, reported
from sandbox.cloud.shape import mistakes

# The environment variable that names the folder, as an absolute path; Terraform hands it on to the providers.
CLOUD_VARIABLE = "SANDBOX_CLOUD"

_LOCK = ".lock"
_DRAFT = ".draft"
_NUMBERS = ".numbers.json"
# In the file of numbers: what all series go on from, since somebody deleted the file.
_LOST = "every series, at least"
_DELETED = "soft-deleted"
# Names of resources may be longer than names of files.
_LONGEST_STEM = 200

_DELETING = "To delete the file is to delete the resource"


class BrokenFileError(Exception):
    """A file of the stand-in cloud does not hold what it should; the message names the file and the mistake."""


@dataclass(frozen=True)
class Resource:
    """Something that exists: its Terraform type, its id in the real service's format, its attributes.

    ``contents`` holds what lives inside it and has no file of its own (the variables of a variable group).
    """

    type: str
    id: str
    attributes: Mapping[str, Any]
    contents: Mapping[str, Any] = field(default_factory=dict)
    path: Path | None = None

    @property
    def name(self) -> str:
        """The name that people know it by."""
        given = (self.attributes.get(word) for word in ("name", "display_name", "service_endpoint_name"))
        return next((str(name) for name in given if name), self.id.partition("/")[2] or self.id)


class _Attributes(dict[str, Any]):
    """What a file says of its resource; a question about an attribute that somebody removed names the file."""

    def __init__(self, path: Path, attributes: dict[str, Any]) -> None:
        super().__init__(attributes)
        self._path = path

    def __missing__(self, name: str) -> Any:
        raise BrokenFileError(f"{self._path} lacks the attribute {name}: add it. {_DELETING}")


class Cloud:
    """The resources in one folder; hold ``locked()`` around everything that belongs together."""

    def __init__(self, folder: Path) -> None:
        """Use ``folder``, which need not exist yet."""
        self.folder = folder
        self._read: dict[Path, tuple[tuple[int, int, int], Resource]] = {}
        self._held = threading.local()

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Keep every other request, of this process and of others, out of the folder; WriteError if it has no place.

        Whoever holds it already goes on holding it.
        """
        if getattr(self._held, "descriptor", None) is not None:
            yield
            return
        with ExitStack() as stack:
            with reported(self.folder):
                self.folder.mkdir(parents=True, exist_ok=True)
                self._held.descriptor = stack.enter_context(locked(self.folder / _LOCK))
            stack.callback(setattr, self._held, "descriptor", None)
            # Only whoever holds the lock can tell whether the cloud is new: until then it is empty. From then on a file
            # of numbers that is not there was deleted.
            if not os.fstat(self._held.descriptor).st_size:
                if not (self.folder / _NUMBERS).exists():
                    self.write_json(self.folder / _NUMBERS, {})
                os.write(self._held.descriptor, b"in use\n")
            yield

    def let_others_in(self, seconds: float) -> None:
        """Let other requests in for so long, in the middle of one's own ``locked()``.

        For what a client does in several requests: others come in between.
        """
        descriptor = self._held.descriptor
        fcntl.flock(descriptor, fcntl.LOCK_UN)
        time.sleep(seconds)
        fcntl.flock(descriptor, fcntl.LOCK_EX)

    def resources(self, *types: str) -> list[Resource]:
        """Return everything of the types, or everything there is, in the order of the file names."""
        if types:
            folders = [self.folder / _provider(name) / name for name in types]
        else:
            providers = [item for item in self.folder.glob("[!.]*") if item.name != _DELETED]
            folders = [item for provider in sorted(providers) for item in sorted(provider.glob("[!.]*"))]
        return self._read_all(path for folder in folders for path in sorted(folder.glob("[!.]*.json")))

    def find(self, resource_id: str, *types: str) -> Resource | None:
        """Return the resource with an id (the case of its letters does not matter), of the types if any are given."""
        wanted = resource_id.lower()
        return next((resource for resource in self.resources(*types) if resource.id.lower() == wanted), None)

    def write(self, resource: Resource) -> Resource:
        """Create the resource's file or replace it, and return the resource with its file's path."""
        content = {"type": resource.type, "id": resource.id, "attributes": resource.attributes}
        with self.locked():
            path = resource.path or _free_path(
                self.folder / _provider(resource.type) / resource.type, resource
            )
            self.write_json(path, {**content, **resource.contents})
        return replace(resource, path=path)

    def remove(self, resource: Resource) -> None:
        """Delete the resource's file."""
        if resource.path is not None:
            with reported(resource.path):
                resource.path.unlink(missing_ok=True)

    def soft_delete(self, resource: Resource) -> None:
        """Move the resource's file to where soft-deleted resources wait for their recovery."""
        if resource.path is not None:
            folder = self.folder / _DELETED / resource.type
            with self.locked(), reported(resource.path):
                folder.mkdir(parents=True, exist_ok=True)
                resource.path.replace(_free_path(folder, resource))

    def soft_deleted(self, type_name: str) -> list[Resource]:
        """Return the resources of a type that were deleted and can be recovered."""
        return self._read_all(sorted((self.folder / _DELETED / type_name).glob("[!.]*.json")))

    def next_number(self, series: str, *types: str) -> int:
        """Return the next number of a series, whose numbers are ids of the ``types``: 1, 2, 3. None is given twice.

        If somebody deletes the file of numbers, they go on from the seconds since 1970, which no earlier one has
        reached: those of things that are gone by now may still be in a state. BrokenFileError if it is broken.
        """
        with self.locked():
            path = self.folder / _NUMBERS
            numbers = {_LOST: int(time.time())}
            if path.exists():
                numbers = read_counts(path, "the next numbers are higher than any that were given")
            taken = [
                int(resource.id)
                for name in types
                for resource in (*self.resources(name), *self.soft_deleted(name))
                if resource.id.isdecimal()
            ]
            number = max(numbers.get(series, 0), numbers.get(_LOST, 0), *taken) + 1
            self.write_json(path, {**numbers, series: number})
            return number

    def write_json(self, path: Path, content: Any) -> None:
        """Replace a file of the cloud in one step, so that nobody ever reads half of it; WriteError if that fails."""
        text = json.dumps(content, indent=2, ensure_ascii=False) + "\n"
        with self.locked():
            with reported(path):
                path.parent.mkdir(parents=True, exist_ok=True)
            replace_file(path, text.encode(), draft=self.folder / _DRAFT, flush=False)

    def _read_all(self, paths: Iterable[Path]) -> list[Resource]:
        # A person may delete a file that has just been listed.
        return [resource for resource in map(self._resource, paths) if resource is not None]

    def _resource(self, path: Path) -> Resource | None:
        try:
            status = path.stat()
        except FileNotFoundError:
            return None
        stamp = (status.st_ino, status.st_mtime_ns, status.st_size)
        cached = self._read.get(path)
        if cached is None or cached[0] != stamp:
            self._read[path] = cached = (stamp, _read_resource(path))
        return cached[1]


def read_counts(path: Path, if_deleted: str) -> dict[str, int]:
    """Return the content of a file of counts by their names, which is there; BrokenFileError if it holds anything else.

    ``if_deleted`` is what comes of it when somebody deletes the file.
    """
    repair = f"Repair it, or delete the file: {if_deleted}"
    content = _read_json(path, repair)
    if not isinstance(content, dict) or not all(type(item) is int and item >= 0 for item in content.values()):
        raise BrokenFileError(
            f'{path} has to look like {{"name": 3}}: names, each with a whole number. {repair}'
        )
    return content


def _read_json(path: Path, repair: str) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (ValueError, RecursionError) as error:
        raise BrokenFileError(f"{path} is not valid JSON: {error}. {repair}") from error
    except OSError as error:
        raise BrokenFileError(f"{path} cannot be read: {error.strerror}. Put that right") from error


def _read_resource(path: Path) -> Resource:
    content: Any = _read_json(path, f"Repair it. {_DELETING}")
    match content:
        case {"type": str(type_name), "id": str(resource_id), "attributes": dict(attributes)}:
            if type_name != path.parent.name:
                raise BrokenFileError(
                    f'{path} has the "type" {type_name}, and lies in the folder of {path.parent.name}: '
                    "name that, or move the file"
                )
            for mistake in mistakes(type_name, attributes):
                raise BrokenFileError(f"{path}: {mistake}. Put it right. {_DELETING}")
            contents = {key: content[key] for key in content if key not in ("type", "id", "attributes")}
            return Resource(type_name, resource_id, _Attributes(path, attributes), contents, path)
    raise BrokenFileError(
        f'{path} does not describe a resource: it needs "type" and "id", both text, and "attributes", an object. '
        f"Put them back. {_DELETING}"
    )


def _provider(type_name: str) -> str:
    return type_name.split("_", 1)[0]


def _free_path(folder: Path, resource: Resource) -> Path:
    """Return an unused file name that tells what the resource is in and how it is called."""
    parts = resource.id.split("/")[1:] if resource.id.startswith("/") else []
    pairs = zip(parts[::2], parts[1::2], strict=False)
    names = [name for collection, name in pairs if collection not in ("subscriptions", "providers")]
    stem = re.sub(r"[^A-Za-z0-9._ -]+", "-", ".".join(names) or resource.name)
    stem = stem.strip(" .-")[:_LONGEST_STEM] or "unnamed"
    path, copies = folder / f"{stem}.json", 1
    while path.exists():
        copies += 1
        path = folder / f"{stem} {copies}.json"
    return path
