"""Values of the platform that are written out in YAML, so that neither a deployment nor the Library changes them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from doctor.checks.run import Run
from doctor.findings import At, Finding, Kind
from doctor.platform import Platform
from doctor.reading.document import Text, texts
from settings.reading.problems import listed

_NAME = re.compile(r"[A-Za-z0-9][\w.-]{7,}")
# What looks like a name, and is none of these: it can be a word of any text.
_OTHER = ("location", "Location", "Schedule", "Zone", "Channels", "Connection", "Level", "Frequency")
_NO_DIGIT = re.compile(r"0{8}-")
_FOR_PEOPLE = "displayname"
_NUMBER = r"(?P<number>-?\d+(?:\.\d+)?)(?![\w.-])"
_MEASURES = ("accuracy", "mae", "rmse", "precision", "recall")
_COMPARED = re.compile(
    rf"\b(?P<name>{'|'.join(_MEASURES)})\b['\")\]}}\s]{{0,5}}(?:[<>]=?|-(?:ge|gt|le|lt)\b)\s{{0,3}}{_NUMBER}",
    re.IGNORECASE,
)


def values_come_from_groups(run: Run) -> Iterator[Finding]:
    """No name of the platform's and no threshold is written out."""
    names = _names(run.platform)
    thresholds = _thresholds(run.platform)
    for key, text in _read(run):
        for found, at in _matches(names, text):
            yield _finding(run.platform, found, at)
        yield from _written_thresholds(run.platform, thresholds, key, text)


def _read(run: Run) -> Iterator[tuple[str, Text]]:
    """Yield the values that a run works with, each with its key, but what is only for people to read."""
    for level in run.pipeline.levels:
        yield from ((d.name.value, d.value) for d in level.own if d.kind == "inline" and d.value)
    for _, job in run.jobs():
        for part in (job.settings, *(step.body for step in job.steps)):
            yield from ((key, text) for key, text in texts(part) if key.lower() != _FOR_PEOPLE)


def _matches(names: re.Pattern[str] | None, text: Text) -> Iterator[tuple[str, At]]:
    for match in names.finditer(text.value) if names else ():
        line = text.value[text.value.rfind("\n", 0, match.start()) + 1 : match.start()]
        if not line.lstrip().startswith("#"):
            yield match[0], text.line(match.start())


def _finding(platform: Platform, value: str, at: At) -> Finding:
    having = [
        (v.name, g.name) for g in platform.groups.values() for v in g.variables.values() if v.value == value
    ]
    variable, group = having[0]
    others = listed([f"{name} of {other}" for name, other in having[1:]])
    return Finding(
        Kind.HARD_CODED_VALUE,
        at,
        f"{value}, written out",
        f"$({variable}) of the group {group}, which every deployment keeps right",
        f"write $({variable})" + (f"; also in {others}" if others else ""),
    )


@lru_cache(maxsize=8)
def _names(platform: Platform) -> re.Pattern[str] | None:
    """Return what finds the names that variables of Terraform's have."""
    values = {
        variable.value
        for group in platform.groups.values()
        for variable in group.variables.values()
        if variable.owner == "terraform" and not variable.name.endswith(_OTHER)
        if _NAME.fullmatch(variable.value) and not _NO_DIGIT.match(variable.value)
    }
    words = "|".join(re.escape(value) for value in sorted(values, key=len, reverse=True))
    return re.compile(rf"(?<![\w-])(?:{words})(?![\w-])") if words else None


@lru_cache(maxsize=8)
def _thresholds(platform: Platform) -> dict[str, re.Pattern[str]]:
    """Return what finds a number beside the words of a threshold's name, by that name."""
    found = {}
    for group in platform.groups.values():
        for variable in group.variables.values():
            match = re.fullmatch(r"(?:validation|alert)([A-Z]\w+)", variable.name)
            if match and re.fullmatch(r"-?\d+(?:\.\d+)?", variable.value):
                words = [word.lower() for word in re.findall(r"[A-Z][a-z]*", match[1])]
                spelt = "[-_ ]?".join(words)
                found[variable.name] = re.compile(
                    rf"{spelt}['\"]?(?:\s{{0,3}}[:=]\s{{0,3}}|\s{{1,3}})['\"]?{_NUMBER}", re.IGNORECASE
                )
    return found


def _written_thresholds(
    platform: Platform, thresholds: dict[str, re.Pattern[str]], key: str, text: Text
) -> Iterator[Finding]:
    one_line = "\n" not in text.value
    # A key with its value reads like a line of a script.
    content = f"{key}: {text.value}" if one_line else text.value

    def found(pattern: re.Pattern[str]) -> Iterator[tuple[re.Match[str], At]]:
        for match in pattern.finditer(content):
            yield match, text.at if one_line else text.line(match.start())

    for name, pattern in thresholds.items():
        for match, at in found(pattern):
            yield _threshold(platform, name, match["number"], at)
    for match, at in found(_COMPARED):
        name = next((n for n in thresholds if n.lower().endswith(match["name"].lower())), "")
        if name:
            yield _threshold(platform, name, match["number"], at)


def _threshold(platform: Platform, variable: str, number: str, at: At) -> Finding:
    return Finding(
        Kind.HARD_CODED_VALUE,
        at,
        f"{number} for {variable}, written out",
        f"$({variable}) of {listed(platform.groups_with(variable))}: there people change it for the next run",
        f"write $({variable})",
    )
