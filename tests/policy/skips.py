"""The failed checks that are accepted, each with its reason: ``skips.yaml``."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fnmatch import fnmatchcase
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter
from ruamel.yaml import YAML

from tests.policy.checkov import Answer

FILE = Path(__file__).with_name("skips.yaml")


class Skip(BaseModel):
    """Accepts that each of ``checks`` fails at each of ``where``: ``stack/address``, ``*`` for any text."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    reason: str = Field(min_length=20)
    where: list[str] = Field(min_length=1)
    checks: list[str] = Field(min_length=1)

    def covers(self, answer: Answer) -> bool:
        """Tell whether this skip is for the check and the place of an answer."""
        return answer.check in self.checks and any(fnmatchcase(answer.place, each) for each in self.where)


def read_skips() -> list[Skip]:
    """Read the file; pydantic's ValidationError when an entry is not a skip."""
    return TypeAdapter(list[Skip]).validate_python(YAML(typ="safe").load(FILE))


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
