"""Expands a pipeline as Azure DevOps does before a run: templates, parameters, ``${{ }}``, ``if`` and ``each``.

Source: "Template usage reference" and "Template expressions" in Microsoft's documentation of Azure Pipelines.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

from doctor.findings import At, Finding, Kind
from doctor.reading.definitions import OPAQUE, Known, definitions, is_predefined
from doctor.reading.document import Item, Listing, Mapping, Text
from doctor.reading.expressions import UNKNOWN, ExpressionError, Unknown, Value, evaluate, plain, truth
from doctor.reading.files import Files
from doctor.reading.world import Reference, World
from settings.reading.problems import shorten
from settings.reading.text import TextError

MAX_VALUES = 20_000
"""Values that a pipeline may have once it is expanded."""
_MAX_DEPTH = 100
_MAX_TEMPLATES = 30
_DIRECTIVE = re.compile(r"\$\{\{\s*(if|elseif|else|each|insert)\b(.*)\}\}", re.DOTALL | re.IGNORECASE)
_EACH = re.compile(r"\s*([A-Za-z_]\w*)\s+in\s+(.*)", re.DOTALL | re.IGNORECASE)
_LISTS = ("steps", "jobs", "stages", "variables")


class TooLargeError(Exception):
    """The pipeline grows beyond what is looked at."""


@dataclass(frozen=True)
class _Scope:
    file: Path
    names: dict[str, Value]
    known: Known = field(default_factory=Known)
    templates: int = 0
    depth: int = 0

    def deeper(self) -> _Scope:
        return replace(self, depth=self.depth + 1)


@dataclass
class Expansion:
    """One expansion of a pipeline, and what was met on the way."""

    files: Files
    world: World
    findings: list[Finding] = field(default_factory=list)
    references: list[Reference] = field(default_factory=list)
    followed: set[Path] = field(default_factory=set)
    """The templates that were read."""
    alternatives: int = 0
    """The most conditions in one ``if`` that depend on the run."""
    spent: int = 0
    """Values that were put in so far."""

    def expand(self, document: Mapping, file: Path) -> Mapping:
        """Return the pipeline as it would run. Raises :class:`TooLargeError`."""
        given: dict[str, Item] = {name: Text(value, document.at) for name, value in self.world.parameters}
        names = {"parameters": self._parameters(document.get("parameters"), given, file, {}, UNKNOWN)}
        scope = _Scope(file, names)
        root = self._mapping(_without(document, "parameters"), scope)
        extends = root.get("extends")
        if not isinstance(extends, Mapping):
            return root
        outer = Known(definitions(root.get("variables"), "root"))
        body = self._template(extends, replace(scope, known=outer), None)
        if not isinstance(body, Mapping):
            return root
        variables = _named(root.get("variables")) + _named(body.get("variables"))
        entries = [entry for part in (root, body) for entry in _without(part, "variables").entries]
        return Mapping((*entries, (Text("variables", root.at), Listing(variables, root.at))), root.at)

    # --- The parts of a document --------------------------------------------------------------------

    def _item(self, item: Item, scope: _Scope, key: str) -> Item:
        self._spend(1)
        if scope.depth > _MAX_DEPTH:
            raise TooLargeError
        if isinstance(item, Text):
            return self._text(item, scope)
        if isinstance(item, Mapping):
            return self._mapping(item, scope.deeper(), key)
        return Listing(tuple(self._entries(item.items, scope.deeper(), key)), item.at)

    def _mapping(self, mapping: Mapping, scope: _Scope, around: str = "") -> Mapping:
        found: list[tuple[Text, Item]] = []
        # What a stage defines is known in the rest of it, wherever it stands.
        entries = sorted(mapping.entries, key=lambda entry: entry[0].value.lower() != "variables")
        chain, around_it = _Chain(self), scope.known
        for key, value in entries:
            if directive := _DIRECTIVE.fullmatch(key.value):
                for inner in self._directive(directive, key, value, scope, chain):
                    expanded = self._item(value, inner, around)
                    found += expanded.entries if isinstance(expanded, Mapping) else ()
                continue
            name = self._text(key, scope)
            if key.value.lower() == "variables" and scope.known is around_it:
                scope = replace(scope, known=Known(outer=around_it))
            expanded = self._item(value, scope, key.value.lower())
            found.append((name if isinstance(name, Text) else key, expanded))
            if key.value.lower() == "variables" and isinstance(expanded, Mapping):
                scope.known.add(definitions(expanded, "job"))
        return Mapping(tuple(found), mapping.at)

    def _entries(self, items: Sequence[Item], scope: _Scope, key: str) -> Iterator[Item]:
        chain = _Chain(self)
        for item in items:
            for entry in self._entry(item, scope, key, chain):
                yield entry
                if key == "variables":
                    scope.known.add(definitions(Listing((entry,), entry.at), "job"))

    def _entry(self, item: Item, scope: _Scope, key: str, chain: _Chain) -> Iterator[Item]:
        if isinstance(item, Mapping) and item.entries:
            name, value = item.entries[0]
            if directive := _DIRECTIVE.fullmatch(name.value):
                for inner in self._directive(directive, name, value, scope, chain):
                    expanded = self._item(value, inner, key)
                    yield from expanded.items if isinstance(expanded, Listing) else (expanded,)
                return
            if "template" in item and key != "extends":
                body = self._template(item, scope, key)
                yield from (item,) if body is None else _named(body) if key == "variables" else _items(body)
                return
        expanded = self._item(item, scope, key)
        spliced = isinstance(item, Text) and isinstance(expanded, Listing)
        yield from expanded.items if spliced and isinstance(expanded, Listing) else (expanded,)

    def _text(self, text: Text, scope: _Scope) -> Item:
        value, at = text.value, 0
        if "${{" not in value:
            return text
        parts: list[str] = []
        while (start := value.find("${{", at)) >= 0 and (end := value.find("}}", start)) >= 0:
            result = self._value(value[start + 3 : end], scope, text.line(start))
            if start == 0 and end + 2 == len(value.rstrip()):
                return self._as_item(result, text)
            written = plain(result)
            parts += [value[at:start], OPAQUE if written is None else written]
            at = end + 2
        whole = "".join([*parts, value[at:]])
        self._spend(len(whole) // 100)
        return replace(text, value=whole)

    def _as_item(self, value: Value, text: Text) -> Item:
        if isinstance(value, Text):
            return value
        if isinstance(value, Listing | Mapping):
            stack: list[Item] = [value]
            while stack:  # a part that is put in twice is read twice
                self._spend(1)
                current = stack.pop()
                if isinstance(current, Listing):
                    stack += current.items
                elif isinstance(current, Mapping):
                    stack += [item for _, item in current.entries]
            return value
        written = plain(value)
        return Text(OPAQUE if written is None else written, text.at)

    # --- Expressions ----------------------------------------------------------------------------------

    def _value(self, expression: str, scope: _Scope, at: At) -> Value:
        names = {**scope.names, "variables": partial(self._variable, scope, at)}
        try:
            return evaluate(expression, names)
        except ExpressionError:
            return UNKNOWN

    def _variable(self, scope: _Scope, at: At, name: str) -> Value:
        if definition := scope.known.inline(name):
            value = definition.value
            return UNKNOWN if value is None or "$" in value.value else value
        if is_predefined(name):
            return self.world.variable(name)
        self.references.append(Reference(name, at, scope.known))
        return UNKNOWN if scope.known.unseen else None

    def _directive(
        self, directive: re.Match[str], key: Text, value: Item, scope: _Scope, chain: _Chain
    ) -> Iterator[_Scope]:
        """Yield a scope for each time that the part below a directive is there."""
        word, rest = directive[1].lower(), directive[2]
        if word == "each":
            if match := _EACH.fullmatch(rest):
                for entry in _each(self._value(match[2], scope, key.at)):
                    self._spend(1)
                    yield replace(scope, names={**scope.names, match[1].lower(): entry})
        elif word == "insert" or chain.takes(word, lambda: self._value(rest, scope, key.at)):
            yield scope

    # --- Templates ------------------------------------------------------------------------------------

    def _template(self, use: Mapping, scope: _Scope, key: str | None) -> Item | None:
        """Return what a template brings in this place; ``None`` when it cannot be looked into."""
        named = use.text("template")
        if named is None:
            return None
        name = self._text(named, scope)
        path = self._found(name, scope) if isinstance(name, Text) else None
        if path is None:
            return None
        if scope.templates >= _MAX_TEMPLATES:
            raise TooLargeError
        try:
            document = self.files.read(path)
        except TextError as error:
            self.findings.append(unreadable(self.files.shown(path), error))
            return None
        self.followed.add(path)
        if not isinstance(document, Mapping):
            return None
        given = self._item(use.mapping("parameters"), scope.deeper(), "parameters")
        values = {k.value.lower(): v for k, v in given.entries} if isinstance(given, Mapping) else {}
        parameters = self._parameters(document.get("parameters"), values, path, scope.names, None)
        inner = _Scope(path, {"parameters": parameters}, scope.known, scope.templates + 1, scope.depth + 1)
        if key is None:
            return self._mapping(_without(document, "parameters"), inner)
        names = (key, *_LISTS) if key not in _LISTS else (key,)
        body_key = next((name for name in names if name in document), None)
        body = document.get(body_key) if body_key else None
        return None if body is None or body_key is None else self._item(body, inner, body_key)

    def _found(self, name: Text, scope: _Scope) -> Path | None:
        file, _, repository = name.value.partition("@")
        if OPAQUE in name.value or repository.lower() not in ("", "self"):
            found = f"the template {_shown(name.value)}"
            why = "another repository" if repository else "a name that is known only in the run"
            self.findings.append(
                Finding(
                    Kind.NOTE_UNSEEN,
                    name.at,
                    f"{found}, of {why}",
                    "templates of this repository are followed",
                    "check that template where it is; what it defines is taken for given here",
                )
            )
            return None
        path = self.files.template(file, scope.file)
        if path is None:
            self.findings.append(
                Finding(
                    Kind.MISSING_TEMPLATE,
                    name.at,
                    f"no file {_shown(file)}",
                    "a file of this repository, from the folder of this file on, or with / from the root on",
                    "mend the name, or commit the file",
                )
            )
        return path

    def _parameters(
        self,
        declared: Item | None,
        given: dict[str, Item],
        file: Path,
        names: dict[str, Value],
        absent: Value,
    ) -> dict[str, Value]:
        """Return the values of a template's parameters, those of the caller before the defaults."""
        values: dict[str, Value] = {}
        scope = _Scope(file, {"parameters": values})
        if isinstance(declared, Mapping):
            values |= {key.value.lower(): self._item(item, scope, "") for key, item in declared.entries}
            return values | given
        for entry in declared.items if isinstance(declared, Listing) else ():
            name = entry.text("name") if isinstance(entry, Mapping) else None
            if name is None or not isinstance(entry, Mapping):
                continue
            default = entry.get("default")
            value: Value = given.get(name.value.lower())
            if value is None:
                value = absent if default is None else self._item(default, scope, "")
            kind = entry.text("type")
            if kind and kind.value.lower() == "boolean" and isinstance(value, Text):
                value = UNKNOWN if OPAQUE in value.value else value.value.lower() == "true"
            values[name.value.lower()] = value
        return {**{key: item for key, item in given.items() if key not in values}, **values}

    def _spend(self, values: int) -> None:
        self.spent += values
        if self.spent > MAX_VALUES:
            raise TooLargeError


class _Chain:
    """An ``if`` with its ``elseif`` and ``else``: exactly one of them is there."""

    def __init__(self, expansion: Expansion) -> None:
        self._expansion = expansion
        self._taken = False
        self._open = 0

    def takes(self, word: str, condition: Callable[[], Value]) -> bool:
        if word == "if":
            self._taken, self._open = False, 0
        if self._taken:
            return False
        holds = True if word == "else" else truth(condition())
        if holds is None:
            holds = self._open == self._expansion.world.pick
            self._open += 1
            self._expansion.alternatives = max(self._expansion.alternatives, self._open)
        self._taken = holds
        return holds


def unreadable(file: Path, error: TextError) -> Finding:
    """Make a finding of what is wrong with a file as YAML."""
    return Finding(Kind.UNREADABLE, At(file, error.place.line), error.found, error.allowed, error.fix)


def _each(value: Value) -> Iterator[Value]:
    if isinstance(value, Unknown):
        yield UNKNOWN
    elif isinstance(value, Listing):
        yield from value.items
    elif isinstance(value, Mapping):
        yield from ({"key": key, "value": item} for key, item in value.entries)
    elif isinstance(value, dict):
        yield from ({"key": key, "value": item} for key, item in value.items())


def _without(mapping: Mapping, key: str) -> Mapping:
    return Mapping(tuple(entry for entry in mapping.entries if entry[0].value.lower() != key), mapping.at)


def _items(item: Item) -> tuple[Item, ...]:
    return item.items if isinstance(item, Listing) else (item,)


def _named(item: Item | None) -> tuple[Item, ...]:
    """Return the entries of a ``variables:``, those of a mapping as a list has them."""
    if isinstance(item, Mapping):
        return tuple(
            Mapping(((Text("name", key.at), key), (Text("value", key.at), value)), key.at)
            for key, value in item.entries
        )
    return item.items if isinstance(item, Listing) else ()


def _shown(name: str) -> str:
    return shorten(name.replace(OPAQUE, "…"))
