"""The blocks of a module: which one a mutant stands in, and how a module says which of its blocks run.

A block is a list of statements in a function: its body, a branch, what a loop repeats. It is named by the line of its
first statement.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Any

from tests.mutation.mutants import Mutant

RAN = "__ran__"
"""The name by which a module reports a block: a function that takes its line."""


def block_of(mutant: Mutant, source: str) -> int | None:
    """Return the block in which a mutant stands; None outside of functions, where code runs once, with the import."""
    first = source.encode().count(b"\n", 0, mutant.start) + 1
    inside = [block for block in _blocks(ast.parse(source)) if block[0].lineno <= first <= _end(block)]
    return inside[-1][0].lineno if inside else None  # the outer ones come first


def reporting(source: bytes) -> ast.Module:
    """Return the module, with each block telling by its first statement that it runs."""
    tree = ast.parse(source)
    for block in list(_blocks(tree)):
        first = block[0]
        report = ast.parse(f"{RAN}({first.lineno})").body[0]
        for node in ast.walk(report):
            ast.copy_location(node, first)
        is_docstring = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant)
        block.insert(1 if is_docstring else 0, report)
    return tree


def _blocks(tree: ast.AST, in_function: bool = False) -> Iterator[list[Any]]:
    """Yield the lists of statements in functions."""
    in_function = in_function or isinstance(tree, ast.FunctionDef)
    for name in ("body", "handlers", "cases", "orelse", "finalbody"):
        children = getattr(tree, name, None)
        if not isinstance(children, list):
            continue
        if in_function and isinstance(children[0] if children else None, ast.stmt):
            yield children
        for child in list(children):
            yield from _blocks(child, in_function)


def _end(block: list[Any]) -> int:
    end: int = block[-1].end_lineno
    return end
