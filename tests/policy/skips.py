"""The failed checks that are accepted, each with its reason: ``skips.yaml``."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter
from ruamel.yaml import YAML

from settings.loader import Settings
from settings.models.environment import Environment
from settings.models.platform import AzurermBackend
from settings.models.state import StateStorage
from tests.policy.checkov import Answer

FILE = Path(__file__).with_name("skips.yaml")


class Skip(BaseModel):
    """Accepts that each of ``checks`` fails at each of ``where``: ``stack/address``, ``*`` for any text.

    With ``unless`` it is about environments, whatever their names are: all but those whose configuration has one of
    these values. ``where`` then holds addresses in their stacks.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    reason: str = Field(min_length=20)
    where: list[str] = Field(min_length=1)
    checks: list[str] = Field(min_length=1)
    unless: dict[str, bool | int | list[str] | None] = {}
    state: Literal["all", "public"] | None = None
    """About the stack of the state, where there is one: in any case, or while public networks reach it."""

    def covers(self, answer: Answer) -> bool:
        """Tell whether this skip is for the check and the place of an answer."""
        return answer.check in self.checks and any(fnmatchcase(answer.place, each) for each in self.where)

    def holds(self, state: StateStorage | None) -> bool:
        """Tell whether the skip is for a configuration with this storage for its state."""
        if self.state is None:
            return True
        return state is not None and (self.state == "all" or state.private_network is None)

    def among(self, environments: Iterable[Environment]) -> Skip:
        """Return the skip with the places it has among these environments; KeyError for a setting that is none."""
        if not self.unless:
            return self
        stacks = [f"mlops-{each.name}" for each in environments if not self._excepts(each)]
        places = [f"{stack}/{address}" for stack in stacks for address in self.where]
        return self.model_copy(update={"where": places})

    def _excepts(self, environment: Environment) -> bool:
        values = environment.model_dump(mode="json", by_alias=True)
        return any(_value(values, key) == value for key, value in self.unless.items())


def _value(values: Any, key: str) -> Any:
    """Return the value of a setting, such as ``compute.scoring_cluster.min_nodes``; None below what is absent."""
    parts = key.split(".")
    for index, part in enumerate(parts):
        own = parts[:index] == ["compute"]  # whose keys are the user's own
        values = None if values is None else values.get(part) if own else values[part]
    return values


def read_skips(settings: Settings, file: Path = FILE) -> list[Skip]:
    """Read a file of skips for a configuration; pydantic's ValidationError when an entry is not a skip."""
    skips = TypeAdapter(list[Skip]).validate_python(YAML(typ="safe").load(file))
    backend = settings.platform.backend
    state = backend.create if isinstance(backend, AzurermBackend) else None
    return [skip.among(settings.environments) for skip in skips if skip.holds(state)]


def unexpected(answers: Iterable[Answer], skips: Sequence[Skip]) -> list[str]:
    """Describe every failed check that no skip covers."""
    return [
        f"{answer.check} at {answer.place}: {answer.title} (looks at {', '.join(answer.arguments) or 'connections'})"
        for answer in answers
        if not answer.passed and not any(skip.covers(answer) for skip in skips)
    ]


def unneeded(answers: Iterable[Answer], skips: Sequence[Skip]) -> list[str]:
    """Describe every check and place of a skip where nothing fails, or where something passes as well."""
    found = []
    for skip in skips:
        for check in skip.checks:
            for where in skip.where:
                there = [each for each in answers if each.check == check and fnmatchcase(each.place, where)]
                passing = [each.place for each in there if each.passed]
                if passing or not there:
                    why = f"passes at {', '.join(passing)}" if passing else "is not evaluated there"
                    found.append(f"{check} at {where}: {why} (skipped because: {skip.reason.strip()})")
    return found
