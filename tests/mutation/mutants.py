"""The mutants of a source file: each is the file with one place changed, as somebody could change it by mistake."""

from __future__ import annotations

import ast
import copy
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

_OTHER: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
}
# Arguments that no run differs by: mypy holds callers to the first, the second finds mistakes of the code itself.
_GUARDS = {"dataclass": ("frozen", "kw_only"), "zip": ("strict",), "lru_cache": ("maxsize",)}


@dataclass(frozen=True, order=True)
class Mutant:
    """One place of a file and what is written there instead. Offsets are in bytes, lines are counted from 1."""

    file: str
    line: int
    start: int
    end: int
    new: str
    change: str

    def __str__(self) -> str:
        """Return the place and the change in one line: ``stacks/base.py:12: True -> False``."""
        return f"{self.file}:{self.line}: {self.change}"

    def applied(self, source: str) -> str:
        """Return the source with this change."""
        text = source.encode()
        return (text[: self.start] + self.new.encode() + text[self.end :]).decode()


def mutants(file: str, source: str) -> list[Mutant]:
    """Return every mutant of a file, in the order of its lines.

    Docstrings, annotations of functions, the texts inside f-strings and what only guards against mistakes of the code
    itself stay as they are.
    """
    return sorted(set(_Finder(file, source).found()))


class _Finder:
    def __init__(self, file: str, source: str) -> None:
        self._file, self._text = file, source.encode()
        starts = [0]
        for line in self._text.splitlines(keepends=True):
            starts.append(starts[-1] + len(line))
        self._starts = starts
        self._tree = ast.parse(source)
        nodes = [node for node in ast.walk(self._tree) if isinstance(node, ast.Constant)]
        self._strings = sorted({node.value for node in nodes if isinstance(node.value, str)})

    def found(self) -> Iterator[Mutant]:
        yield from self._below(self._tree)

    def _below(self, node: ast.AST) -> Iterator[Mutant]:
        for child in _children(node):
            yield from self._changes(child)
            yield from self._below(child)

    def _changes(self, node: ast.AST) -> Iterator[Mutant]:
        match node:
            case ast.Constant():
                if (other := self._other_constant(node.value)) is not None:
                    yield self._mutant(node, repr(other))
            case ast.Compare(ops=[op]) if type(op) in _OTHER:
                yield self._mutant(node, _with(node, ops=[_OTHER[type(op)]()]))
            case ast.BoolOp(op=op):
                yield self._mutant(node, _with(node, op=ast.Or() if isinstance(op, ast.And) else ast.And()))
            case ast.UnaryOp(op=ast.Not()):
                yield self._mutant(node, f"({ast.unparse(node.operand)})")
            case ast.List() | ast.Tuple() | ast.Set() if len(node.elts) > 1 and self._is_enclosed(node):
                for index, element in enumerate(node.elts):
                    yield self._mutant(node, _with(node, elts=_without(node.elts, index)), gone=element)
            case ast.Dict() if len(node.keys) > 1:
                for index, value in enumerate(node.values):
                    keys, values = _without(node.keys, index), _without(node.values, index)
                    yield self._mutant(
                        node, _with(node, keys=keys, values=values), gone=node.keys[index] or value
                    )
            case ast.Call(keywords=keywords):
                for index, keyword in enumerate(keywords):
                    if keyword.arg == "depends_on":
                        changed = _with(node, keywords=_without(keywords, index))
                        yield self._mutant(node, changed, gone=keyword)
            case ast.If(test=test) | ast.IfExp(test=test):
                yield from self._negated(test)
            case ast.comprehension(ifs=ifs):
                for test in ifs:
                    yield from self._negated(test)
            case ast.Expr(value=ast.Call()) | ast.Raise():
                yield self._mutant(node, "pass")

    def _negated(self, test: ast.expr) -> Iterator[Mutant]:
        match test:
            case ast.Compare(ops=[op]) if isinstance(
                op, ast.Eq | ast.NotEq | ast.In | ast.NotIn | ast.Is | ast.IsNot
            ):
                return  # the other operator is the same
            case ast.UnaryOp(op=ast.Not()):
                return
        yield self._mutant(test, f"(not ({ast.unparse(test)}))")

    def _other_constant(self, value: object) -> object:
        match value:
            case bool():
                return not value
            case int():
                return value + 1
            case str():
                # What stands beside it is what somebody takes by mistake: AcrPull for AcrPush.
                alike = [text for text in self._strings if _shape(text) == _shape(value)]
                after = [text for text in alike if text > value] + [text for text in alike if text < value]
                return after[0] if after else f"{value}x"
        return None

    def _mutant(
        self, node: ast.expr | ast.stmt, new: str, gone: ast.expr | ast.keyword | None = None
    ) -> Mutant:
        start, end = self._span(node)
        if gone:
            line, change = gone.lineno, f"without {_shortened(ast.unparse(gone))}"
        else:
            old = self._text[start:end].decode()
            line, change = node.lineno, f"{_shortened(old)} -> {_shortened(new)}"
        return Mutant(self._file, line, start, end, new, change)

    def _span(self, node: ast.expr | ast.stmt) -> tuple[int, int]:
        assert node.end_lineno is not None
        assert node.end_col_offset is not None
        start = self._starts[node.lineno - 1] + node.col_offset
        return start, self._starts[node.end_lineno - 1] + node.end_col_offset

    def _is_enclosed(self, node: ast.List | ast.Tuple | ast.Set) -> bool:
        """Whether it stands in brackets of its own: then it is no list of targets, of an assignment or a loop."""
        start, _ = self._span(node)
        context = getattr(node, "ctx", None)
        return not isinstance(context, ast.Store) and self._text[start : start + 1] in (b"(", b"[", b"{")


def _children(node: ast.AST) -> Iterator[ast.AST]:
    """Yield the nodes below that a program obeys."""
    for name, value in ast.iter_fields(node):
        if isinstance(node, ast.arg | ast.JoinedStr | ast.Import | ast.ImportFrom) or name == "returns":
            continue
        children = value if isinstance(value, list) else [value]
        for child in children:
            if isinstance(child, ast.Expr) and isinstance(child.value, ast.Constant):
                continue  # a docstring
            if isinstance(child, ast.keyword) and child.arg in _GUARDS.get(_called(node), ()):
                continue
            # The tuple of Annotated[...] is no tuple that could be shorter, and Callable[...] is for mypy alone.
            if isinstance(node, ast.Subscript) and name == "slice" and isinstance(child, ast.Tuple):
                yield from child.elts if _named(node.value) != "Callable" else ()
            elif isinstance(child, ast.AST):
                yield child


def _called(node: ast.AST) -> str:
    return _named(node.func) if isinstance(node, ast.Call) else ""


def _named(node: ast.AST) -> str:
    return node.id if isinstance(node, ast.Name) else ""


def _with(node: ast.expr, **changes: object) -> str:
    changed = copy.copy(node)
    for name, value in changes.items():
        setattr(changed, name, value)
    return f"({ast.unparse(changed)})"


def _without(items: list[Any], index: int) -> list[Any]:
    return items[:index] + items[index + 1 :]


def _shape(text: str) -> str:
    return re.sub(r"[a-z]+", "a", re.sub(r"[A-Z]+", "A", re.sub(r"[0-9]+", "0", text)))[:3]


def _shortened(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= 70 else f"{text[:45]} ... {text[-20:]}"
