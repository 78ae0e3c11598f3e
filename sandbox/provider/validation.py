"""What the provider refuses of a configuration, before anything is planned."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from sandbox.provider.values import UNKNOWN, known
from sandbox.services.rules import ProviderRules, Value, values_at


def problems(rules: ProviderRules, config: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield each argument whose value the provider refuses, with what is wrong; unknown values are not judged."""
    for name, rule in rules.values.items():
        for value in values_at(config, name):
            if value is not None and known(value) and (problem := _problem(rule, value)):
                yield name.partition(".")[0], f'"{name}" {problem}'
    for names in rules.exactly_one_of:
        if len([name for name in names if config.get(name) is not None]) != 1:
            listed = ",".join(names)
            yield names[-1], f'"{names[-1]}": one of `{listed}` must be specified, and only one'
    for one, other in rules.conflicts:
        if _given(config.get(one)) and _given(config.get(other)):
            yield one, f'"{one}": conflicts with {other}'


def _given(value: Any) -> bool:
    return value is not None and value != [] and value is not UNKNOWN


def _problem(rule: Value, value: Any) -> str | None:
    if rule.pattern and not re.fullmatch(rule.pattern, str(value)):
        return f"{rule.says}, got {value}"
    if rule.one_of and value not in rule.one_of:
        return f"is expected to be one of {json.dumps(rule.one_of)}, got {value}"
    if rule.between and not rule.between[0] <= float(value) <= rule.between[1]:
        low, high = rule.between
        return f"is expected to be in the range ({low} - {high}), got {value}"
    if rule.at_least is not None and float(value) < rule.at_least:
        return f"is expected to be at least {rule.at_least}, got {value}"
    return None
