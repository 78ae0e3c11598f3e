"""Load only the part of the azurerm package that is in use.

The package's ``__init__`` imports all 1,527 submodules, and the jsii tarball inside it makes Node load as
many again: about 8 seconds, and over 400 MB in each, for every command. `prepare` avoids both:

* Python: an empty module takes the package's place, so that only the submodules that are asked for run.
* Node: jsii gets a copy of the tarball that has only those submodules. The package loads its own tarball
  later, and jsii ignores that, because an assembly of that name and version is there already.

The copy is made on first use and kept in ``.cache/bindings/``. Nothing in the installed package is changed.
Whenever something is not as expected, a warning is logged and the package is imported the ordinary way:
slower, with the same result. ``MLOPS_PLAIN_BINDINGS=1`` asks for that.
"""

import ast
import contextlib
import gzip
import hashlib
import importlib.metadata
import importlib.util
import io
import json
import logging
import os
import re
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType
from typing import Any

import cdktf._jsii  # noqa: F401 - azurerm's assembly depends on cdktf's, which must be in the kernel first
import jsii

from constructs_lib import engine

ENGINE = engine.installed()
IMPORTED = engine.CDKTF.azurerm
"""The package's name in imports, whichever engine it is of."""
PACKAGE = ENGINE.azurerm
DISTRIBUTION = PACKAGE.replace("_", "-")
ASSEMBLY = f"@{ENGINE.package}/provider-azurerm"
VERSION = ENGINE.azurerm_version
CACHE = Path(__file__).resolve().parents[2] / ".cache" / "bindings"
PLAIN = "MLOPS_PLAIN_BINDINGS"

_FORMAT = 1  # to be raised when cut_down() writes something else for the same input
_ENTRIES_KEPT = 4  # enough for a few branches; not one, as another process may be about to load an older one
_TRIAL = f"import sys, {ENGINE.package}._jsii, jsii; jsii.kernel.load(*sys.argv[1:])"
_SOURCE_MAP = re.compile(rb"^//# sourceMappingURL=.*$", re.MULTILINE)

_log = logging.getLogger(__name__)


class NotUsableError(Exception):
    """The installed package is not the one this module knows how to cut down."""


def prepare(source: str | Path) -> bool:
    """Make the imports in ``source`` cheap; to be called before the first of them.

    Args:
        source: The Python file with the ``from cdktf_cdktf_provider_azurerm.<submodule> import ...`` lines.
            Only the submodules it names can be imported in this process afterwards.

    Returns:
        Whether the short way is in place. If not, the imports work all the same, the ordinary way: because
        that was asked for, because the package has been imported already, or because of what was logged.
    """
    if os.environ.get(PLAIN) == "1" or PACKAGE in sys.modules:
        return False
    try:
        submodules = imported_submodules(Path(source).read_text(encoding="utf-8"))
        spec, folder = _installed()
        jsii.kernel.load(ASSEMBLY, VERSION, str(_cached(folder, submodules)))
    except Exception as error:  # whatever it is, the ordinary import may still work
        reason = " ".join(f"{type(error).__name__}: {error}".split())
        _log.warning("Importing all of %s, which is slow. Reason: %s", PACKAGE, reason)
        return False
    sys.modules[IMPORTED] = sys.modules[PACKAGE] = importlib.util.module_from_spec(spec)
    sys.meta_path.insert(0, _ListedOnly(submodules))
    return True


def imported_submodules(code: str) -> list[str]:
    """The submodules of the package that Python code imports from, sorted."""
    modules = (node.module or "" for node in ast.walk(ast.parse(code)) if isinstance(node, ast.ImportFrom))
    return sorted({name.split(".")[1] for name in modules if name.startswith(f"{IMPORTED}.")})


def cut_down(tarball: Path, namespaces: set[str]) -> bytes:
    """A copy of a jsii tarball that has only some of its submodules.

    Documentation and source maps are left out too: the jsii kernel uses neither.

    Args:
        tarball: The tarball in the installed package.
        namespaces: The jsii names of the submodules to keep, like ``resourceGroup``.

    Raises:
        NotUsableError: The tarball is not laid out as expected, or what is kept refers to what is not.
    """
    scripts: dict[str, str] = {}
    files: dict[str, bytes] = {}
    with tarfile.open(tarball, "r|gz") as archive:  # a stream: 270 MB unpacked, so one pass and no copy
        for member in archive:
            if not files and member.name != "package/.jsii":
                raise NotUsableError(f"{tarball.name} starts with {member.name}, not with package/.jsii")
            if member.name == "package/.jsii":
                spec = _cut_down_spec(_read(archive, member), namespaces)
                scripts = _scripts(spec)
                files[member.name] = json.dumps(spec).encode()
            elif member.name == "package/package.json":
                files[member.name] = _read(archive, member)
            elif member.name in scripts:
                files[member.name] = _SOURCE_MAP.sub(b"", _read(archive, member))
    if missing := {"package/package.json", *scripts} - files.keys():
        raise NotUsableError(f"{tarball.name} has no {', '.join(sorted(missing))}")
    files["package/lib/index.js"] = "".join(
        f'exports.{namespace} = require("./{Path(script).parent.name}");\n'
        for script, namespace in scripts.items()
    ).encode()
    return _packed(files)


class _ListedOnly(MetaPathFinder):
    """Says what to do about a submodule that the cut-down assembly does not have.

    Python could import it, but Node has no such types, and would say so only when one is created.
    """

    def __init__(self, submodules: Sequence[str]) -> None:
        self._allowed = {"_jsii", *submodules}

    def find_spec(
        self, fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        package, _, submodule = fullname.partition(".")
        if package == IMPORTED and submodule.split(".")[0] not in self._allowed:
            raise ImportError(
                f"{fullname} is not loaded: add 'from {fullname} import ...' to "
                f"constructs_lib/bindings/azurerm.py and import the type from there "
                f"({PLAIN}=1 loads everything)."
            )
        return None


def _installed() -> tuple[ModuleSpec, Path]:
    """The package's spec and folder, without importing it."""
    version = importlib.metadata.version(DISTRIBUTION)
    if version != VERSION:
        raise NotUsableError(f"{DISTRIBUTION} is version {version}, and only {VERSION} is known")
    spec = importlib.util.find_spec(PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        raise NotUsableError(f"{PACKAGE} is not a package")
    return spec, Path(spec.submodule_search_locations[0])


def _cached(folder: Path, submodules: Sequence[str]) -> Path:
    """The cut-down tarball, from the cache if it is there and whole.

    A file's name has a hash of what it was made from and a hash of its content. So a damaged file is never
    used, and processes that make the same one at the same time do not disturb each other.
    """
    tarball = folder / "_jsii" / f"provider-azurerm@{VERSION}.jsii.tgz"
    stat = tarball.stat()
    origin = [_FORMAT, VERSION, jsii.__version__, stat.st_size, stat.st_mtime_ns, *submodules]
    prefix = f"azurerm-{_hash(json.dumps(origin).encode())}-"
    for entry in CACHE.glob(f"{prefix}*.tgz"):
        if entry.name == f"{prefix}{_hash(entry.read_bytes())}.tgz":
            return entry
    content = cut_down(
        tarball, {*ENGINE.azurerm_along, *(_namespace(folder, submodule) for submodule in submodules)}
    )
    entry = CACHE / f"{prefix}{_hash(content)}.tgz"
    CACHE.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=CACHE) as scratch:
        draft = Path(scratch) / entry.name
        draft.write_bytes(content)
        _try_out(draft)
        draft.replace(entry)
    with contextlib.suppress(OSError):  # another process may be tidying up too
        entries = sorted(CACHE.glob("azurerm-*.tgz"), key=lambda path: path.stat().st_mtime, reverse=True)
        for old in entries[_ENTRIES_KEPT:]:
            old.unlink()
    return entry


def _hash(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:16]


def _namespace(folder: Path, submodule: str) -> str:
    """The jsii name of a Python submodule, which its generated code has with every type."""
    code = (folder / submodule / "__init__.py").read_text(encoding="utf-8")
    found = set(re.findall(rf'jsii_type="{re.escape(ASSEMBLY)}\.([^".]+)\.', code))
    if len(found) != 1:
        raise NotUsableError(f"{submodule} has types of {len(found)} jsii submodules, not of one")
    return str(found.pop())


def _try_out(tarball: Path) -> None:
    """Load a new tarball in a kernel of its own.

    A kernel that has failed to load an assembly cannot load another of that name, not even the package's.
    """
    trial = [sys.executable, "-c", _TRIAL, ASSEMBLY, VERSION, str(tarball)]
    result = subprocess.run(trial, capture_output=True, text=True, timeout=120)  # noqa: S603 - fixed command
    if result.returncode:
        raise NotUsableError(f"jsii does not load the cut-down assembly: {result.stderr.strip()[-300:]}")


def _cut_down_spec(content: bytes, namespaces: set[str]) -> dict[str, Any]:
    def slim(found: dict[str, Any]) -> dict[str, Any] | None:
        # Done while parsing: the whole of it would take up several hundred megabytes.
        if found.get("assembly") == ASSEMBLY and found.get("namespace") not in namespaces:
            return None
        return {key: value for key, value in found.items() if key not in ("docs", "locationInModule")}

    spec: dict[str, Any] = json.loads(content, object_hook=slim)
    if spec.get("name") != ASSEMBLY or spec.get("version") != VERSION:
        raise NotUsableError(f".jsii does not describe {ASSEMBLY} {VERSION}, or is only a redirect")
    spec["types"] = {name: known for name, known in spec["types"].items() if known}
    kept = {f"{ASSEMBLY}.{namespace}" for namespace in namespaces}
    spec["submodules"] = {name: known for name, known in spec["submodules"].items() if name in kept}
    used = set(re.findall(rf'"({re.escape(ASSEMBLY)}\.[^"]+)"', json.dumps(spec["types"])))
    if missing := kept - spec["submodules"].keys() | used - spec["types"].keys():
        raise NotUsableError(f"the cut-down assembly would lack {', '.join(sorted(missing))}")
    return spec


def _scripts(spec: dict[str, Any]) -> dict[str, str]:
    """The JavaScript file of each submodule, with the name that ``lib/index.js`` exports it by."""
    scripts = {}
    for name, submodule in spec["submodules"].items():
        place = re.fullmatch(r"src/([^/]+)/index:", submodule["symbolId"])
        if place is None:
            raise NotUsableError(f"{name} is in {submodule['symbolId']}, not in a folder of its own")
        scripts[f"package/lib/{place[1]}/index.js"] = name.removeprefix(f"{ASSEMBLY}.")
    return scripts


def _read(archive: tarfile.TarFile, member: tarfile.TarInfo) -> bytes:
    file = archive.extractfile(member)
    if file is None:
        raise NotUsableError(f"{member.name} is not a file")
    return file.read()


def _packed(files: dict[str, bytes]) -> bytes:
    """A tarball, with the same bytes for the same files: jsii keeps a copy of every one it has not seen."""
    content = io.BytesIO()
    with tarfile.open(fileobj=content, mode="w") as archive:
        for name, data in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))
    return gzip.compress(content.getvalue(), mtime=0)
