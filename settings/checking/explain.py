"""Turns pydantic's errors into problems that name the place, what is allowed and how to fix it."""

from __future__ import annotations

from difflib import get_close_matches
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from settings.checking.described import Schema, bounds, choices, describe, keys
from settings.models.base import Model
from settings.models.declarations import Declaration, declared
from settings.models.secret_names import has_credentials, is_private
from settings.models.text_rules import TextRule
from settings.reading.file import Nothing, UnquotedNumber, YamlFile
from settings.reading.problems import KeyPath, Problem, shorten

_MAPPING = ("keys and values", "write keys and values below it")
_KINDS = {
    "tuple_type": ("a list, such as [one, two]", "write it as a list"),
    "dict_type": _MAPPING,
    "model_type": _MAPPING,
    "model_attributes_type": _MAPPING,
    "bool_type": ("true or false", "write true or false, without quotes"),
}
_LENGTHS = {
    "too_short": ("a list of {min_length} or more", "add entries: {min_length} at least"),
    "too_long": ("a list of at most {max_length}", "remove entries: {max_length} at most"),
    "string_too_short": (
        "a text of {min_length} or more characters",
        "write {min_length} or more characters",
    ),
    "string_too_long": ("a text of at most {max_length} characters", "shorten it to {max_length} characters"),
}

_LONGEST_WORD = 100  # comparing longer ones takes long, and they are near to nothing
MOST_COMPARED = 100
"""How many words, and with how many others, one search for what was meant compares: it takes a while for each pair."""


def nearest(word: str, words: list[str]) -> str | None:
    """Return the word of ``words`` that ``word`` was most likely meant to be, or ``None``.

    Of very many words only the first :data:`MOST_COMPARED` are looked at.
    """
    words = words[:MOST_COMPARED]
    word = word.lower()[:_LONGEST_WORD]
    by_lower_case = {other.lower(): other for other in words}
    starts = [other for other in by_lower_case if len(word) > 2 and other.startswith(word)]
    matches = starts if len(starts) == 1 else get_close_matches(word, by_lower_case, n=1, cutoff=0.6)
    return by_lower_case[matches[0]] if matches else None


def show(value: object, path: KeyPath = ()) -> str:
    """Describe the value at ``path`` in one short line. What may be a secret is not shown."""
    if isinstance(value, Nothing):
        return "nothing"
    if isinstance(value, dict):
        return "keys and values"
    if isinstance(value, tuple):
        return "a list" if value else "an empty list"
    if isinstance(value, str):
        return "a text" if is_private(path) or has_credentials(value) else f'"{shorten(value)}"'
    if is_private(path):
        return "a value without quotes"
    if isinstance(value, UnquotedNumber):
        return f"{shorten(value.text)} without quotes"
    return str(value).lower()


def explain(error: ValidationError, model: type[Model], file: YamlFile) -> tuple[list[Problem], set[KeyPath]]:
    """Return one problem a mistake, and every path where something is wrong.

    A mistyped or misplaced key is one mistake, though pydantic reports it as an unknown and a missing one. That is
    found out for the first :data:`MOST_COMPARED` unknown keys.
    """
    found = [(_path(details["loc"], model), details) for details in error.errors(include_url=False)]
    missing = {path for path, details in found if details["type"] == "missing"}
    unknown = [path for path, details in found if details["type"] == "extra_forbidden"]
    meant = dict.fromkeys(unknown) | {
        path: _meant(path, model, file, missing) for path in unknown[:MOST_COMPARED]
    }
    mistyped = {path for path in meant.values() if path}
    holders = {path[:-1] for path, _ in found}
    broken = {path for path, _ in found} | mistyped | file.unusable
    problems = []
    for path, details in found:
        if path in file.unusable or (path in missing and path in mistyped):
            continue
        if path in missing and path[:-1] in file.unusable:
            continue  # a merge key was to bring it
        if details["type"] == "too_short" and path in holders:
            continue  # pydantic does not count the wrong entries, which are reported themselves
        if path in meant:
            problems.append(_unknown_key(path, meant[path], model, file))
        else:
            problems.append(_wrong_value(path, details, model, file))
    return problems, broken


def _path(loc: tuple[str | int, ...], model: type[Model]) -> KeyPath:
    """Drop what pydantic adds to a location: which model of a choice it took, and the mark of a key."""
    path: KeyPath = ()
    declaration: Declaration | None = declared(model)
    for part in loc:
        if declaration and part in declaration.choices:
            declaration = declaration.choices[str(part)]
        elif part != "[key]":
            path = (*path, part)
            declaration = declaration and declaration.inside(part)
    return path


def _meant(path: KeyPath, model: type[Model], file: YamlFile, missing: set[KeyPath]) -> KeyPath | None:
    """Return the path that an unknown key was meant to have."""
    *holder, word = path
    if _refusal(path, model):
        return None
    allowed = keys(describe(model, tuple(holder), file))
    absent = [key for key in allowed if file.get((*holder, key)) is None]
    # Indented too little or too much: the key is wanted in another mapping.
    wanted = [place for place in missing if place[-1] == word]
    if not wanted and (sibling := nearest(str(word), absent)):
        return (*holder, sibling)
    outer = [(*path[:end], word) for end in range(len(path) - 1)]
    wanted += [place for place in outer if word in keys(describe(model, place[:-1], file))]
    return next((place for place in wanted if file.get(place) is None), None)


def _unknown_key(path: KeyPath, meant: KeyPath | None, model: type[Model], file: YamlFile) -> Problem:
    if reason := _refusal(path, model):
        return file.problem(
            path,
            found=f"the key {path[-1]}",
            allowed=f"{reason} (docs/company.md, section What exists already)",
            fix="remove it: one is made here",
            at_key=True,
        )
    allowed = keys(describe(model, path[:-1], file))
    if not meant:
        fix = "remove it"
    elif meant[:-1] == path[:-1]:
        fix = f"did you mean {meant[-1]}?"
    else:
        fix = f"move it {f'below {meant[-2]}' if meant[:-1] else 'to the left margin'}, by its indentation"
    return file.problem(
        path,
        found=f"the unknown key {shorten(str(path[-1]))}",
        allowed=f"the keys {', '.join(allowed)}",
        fix=fix,
        at_key=True,
    )


def _wrong_value(path: KeyPath, details: ErrorDetails, model: type[Model], file: YamlFile) -> Problem:
    kind, value = details["type"], details["input"]
    if kind.startswith("union_tag"):  # the kind of backend is wrong or missing
        path = (*path, "type")
        value = file.get(path)
        kind = "missing" if value is None else "literal_error"
    schema = describe(model, path, file)
    meaning = f". {schema['description']}" if schema.get("description") else ""
    if kind == "missing":
        return file.problem(
            path,
            found="nothing",
            allowed=f"the key {path[-1]}{meaning}",
            fix=f"add {path[-1]}",
            at_key=True,
        )
    if details["loc"][-1] == "[key]":
        return file.problem(
            path, found=show(value), allowed=details["ctx"]["allowed"], fix=details["ctx"]["fix"], at_key=True
        )
    allowed, fix = _allowed(kind, details.get("ctx", {}), value, schema, path, model)
    return file.problem(path, found=show(value, path), allowed=allowed + meaning, fix=fix)


def _allowed(
    kind: str, context: dict[str, Any], value: object, schema: Schema, path: KeyPath, model: type[Model]
) -> tuple[str, str]:
    """Return what is allowed, and how to fix it."""
    if kind == "not_allowed":
        return context["allowed"], context["fix"]
    if kind == "tuple_type" and isinstance(value, str) and not (is_private(path) or has_credentials(value)):
        return _KINDS[kind][0], f"write it as a list: [{shorten(value)}]"
    if kind in _KINDS:
        return _KINDS[kind]
    if kind in _LENGTHS:
        allowed, fix = _LENGTHS[kind]
        return allowed.format(**context), fix.format(**context)
    if kind == "string_type":
        if isinstance(value, Nothing | dict | tuple):
            return "text", "write a text"
        written = value.text if isinstance(value, UnquotedNumber) else str(value).lower()
        for rule in _text_rules(model, path):
            if refused := rule.refusal(written):  # quotes would not help
                return refused
        return "text", "put it in quotes" + ("" if is_private(path) else f': "{shorten(written)}"')
    if words := choices(schema):
        meant = nearest(value, words) if isinstance(value, str) else None
        return f"one of {', '.join(words)}", f"did you mean {meant}?" if meant else "choose one of them"
    return bounds(schema), "write a whole number in that range, without quotes"


def _refusal(path: KeyPath, model: type[Model]) -> str:
    """Return why this key is refused; empty when it is only unknown."""
    holder = _declaration(model, path[:-1])
    return holder.model.refused.get(str(path[-1]), "") if holder and holder.model else ""


def _text_rules(model: type[Model], path: KeyPath) -> list[TextRule]:
    """Return the rules for the text at this place."""
    declaration = _declaration(model, path)
    return [marker for marker in declaration.markers if isinstance(marker, TextRule)] if declaration else []


def _declaration(model: type[Model], path: KeyPath) -> Declaration | None:
    declaration: Declaration | None = declared(model)
    for part in path:
        declaration = declaration and declaration.inside(part)
    return declaration
