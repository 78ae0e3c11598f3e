"""The engine that the stacks run in: cdktf, or CDK Terrain, which continues it under other names.

The source imports cdktf, whichever it is. Where this Python has CDK Terrain and no cdktf, :func:`alias` lets those
imports lead to it, so that there is one source and nothing to rename.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from importlib.util import find_spec
from types import ModuleType


@dataclass(frozen=True)
class Engine:
    """The names of an engine's packages."""

    package: str
    """The engine itself, also the scope of its assemblies in Node."""
    azurerm: str
    """The package of the azurerm types; its distribution has hyphens for the underscores."""
    azurerm_version: str
    """The only version whose layout has been checked."""
    azurerm_along: frozenset[str] = frozenset()
    """Submodules, by their names in Node, that those in use refer to and no source imports."""


CDKTF = Engine("cdktf", "cdktf_cdktf_provider_azurerm", "14.23.1")
"""The engine by whose names the source imports."""
CDK_TERRAIN = Engine("cdktn", "cdktn_provider_azurerm", "17.0.0", frozenset({"providerFunctions"}))


@cache  # once there is an alias, both are found
def installed() -> Engine:
    """Return the engine of this Python: cdktf, unless there is nothing but CDK Terrain."""
    terrain_alone = find_spec(CDKTF.package) is None and find_spec(CDK_TERRAIN.package) is not None
    return CDK_TERRAIN if terrain_alone else CDKTF


def alias() -> None:
    """Let the names of cdktf lead to the installed engine; to be called before the first import of one."""
    engine = installed()
    if engine is not CDKTF:
        names = {CDKTF.package: engine.package, CDKTF.azurerm: engine.azurerm}
        sys.meta_path.insert(0, _Alias(names))


class _Alias(MetaPathFinder, Loader):
    """Gives a module, and all below it, a second name. It is loaded once, by its own."""

    def __init__(self, names: dict[str, str]) -> None:
        self._names = names

    def find_spec(
        self, fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        top, dot, rest = fullname.partition(".")
        if top not in self._names:
            return None
        return ModuleSpec(fullname, self, loader_state=f"{self._names[top]}{dot}{rest}")

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        module = import_module(spec.loader_state)
        spec.loader_state = module.__spec__
        return module

    def exec_module(self, module: ModuleType) -> None:
        """Give the module its own spec back: the import has put that of the second name in its place."""
        assert module.__spec__  # noqa: S101  # the one that was put there
        module.__spec__ = module.__spec__.loader_state
