"""A comment on what plans would do: the table and what is lost first, the details folded, never too long."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from plans.changes import Action, Change, Changes, Field

AZURE_DEVOPS, GITHUB = 150_000, 65_536
"""How many characters a comment may have: of a pull request in Azure Repos, and on GitHub."""

_COLUMNS = (Action.ADD, Action.CHANGE, Action.REPLACE, Action.DESTROY, Action.IMPORT, Action.FORGET)
_SIGNS = {
    Action.ADD: "+",
    Action.CHANGE: "!",
    Action.REPLACE: "-",
    Action.DESTROY: "-",
    Action.IMPORT: "=",
    Action.FORGET: "#",
    Action.MOVE: "=",
}
_WORDS = {
    Action.ADD: "is added",
    Action.CHANGE: "is changed",
    Action.REPLACE: "is replaced",
    Action.DESTROY: "is destroyed",
    Action.IMPORT: "is imported",
    Action.FORGET: "is forgotten, and stays",
    Action.MOVE: "is moved",
}
_TITLE = "## What Terraform would change"
_LAST_ERROR_LINES = 40
_MOST_LOST = 0.3
"""What share of the room what is lost may take; the table comes before it, and details after."""


def summary(plans: Sequence[Changes], limit: int, *, marker: str = "", notes: Sequence[str] = ()) -> str:
    """Return the plans of stacks as Markdown of at most ``limit`` characters.

    First comes the table, then what is lost, then errors and ``notes``, then the details of each stack, folded. When
    there is no room for all, details go first, then what is lost beyond the first ones; the table stays. ``marker`` is
    a line in front of it that is not shown.
    """
    parts = [f"{marker}\n{_TITLE}" if marker else _TITLE]

    def room() -> int:
        return limit - sum(_length(part) + 2 for part in parts) - 1

    def add(text: str) -> None:
        if text and _length(text) + 2 <= room():
            parts.append(text)

    add(_table(plans, room() // 2))
    for note in notes:
        add(note)
    add("\n".join(_cut(_lost(plans), int(room() * _MOST_LOST), "more would be replaced or destroyed")))
    failed = [plan for plan in plans if plan.error]
    for number, plan in enumerate(failed):
        add(_error(plan, room() // (2 * (len(failed) - number)) - 2))
    # Those that need little leave more to the others.
    changed = sorted((plan for plan in plans if plan.changes), key=_size)
    details: dict[str, str] = {}
    left = room()
    for number, plan in enumerate(changed):
        text = _details(plan, left // (len(changed) - number) - 2)
        left -= _length(text) + 2 if text else 0
        details[plan.stack] = text
    for plan in plans:
        add(details.get(plan.stack, ""))
    return "\n\n".join(parts) + "\n"


def code(text: str) -> str:
    """Return text that Markdown shows as it is: no markup, no HTML, no mention of anybody."""
    longest = max(map(len, re.findall("`+", text)), default=0)
    fence = "`" * (longest + 1)
    padding = " " if text[:1] == "`" or text[-1:] == "`" else ""
    return f"{fence}{padding}{text}{padding}{fence}"


def in_cell(text: str) -> str:
    """Return text for a cell of a table or a title: there a bar ends even code, and the rest is read as markup."""
    safe = (sign if sign.isalnum() or sign in " .-/:," else f"&#{ord(sign)};" for sign in text)
    return f"<code>{''.join(safe)}</code>"


def _length(text: str) -> int:
    """Return the length as the services count it, in UTF-16."""
    return len(text.encode("utf-16-le")) // 2


def _table(plans: Sequence[Changes], room: int) -> str:
    shown = [_row(plan) for plan in plans if plan.any or plan.error]
    unchanged = [plan.stack for plan in plans if not plan.any and not plan.error]
    lines = []
    if shown:
        lines = ["| stack | " + " | ".join(_COLUMNS) + " |  |", "|---|" + "---:|" * len(_COLUMNS) + "---|"]
        # Below a table, a line that is none of its rows needs an empty one before it.
        lines += _cut(shown, room // 2, "stacks for which there is no room here", before="\n")
    if unchanged:
        names = f"No changes: {', '.join(map(code, unchanged))}."
        names = names if _length(names) < room // 3 else f"No changes: {len(unchanged)} stacks."
        lines += ["", names] if lines else [names]
    return "\n".join(lines) or "No stack is affected."


def _row(plan: Changes) -> str:
    if plan.error:
        return f"| {in_cell(plan.stack)} |" + " |" * len(_COLUMNS) + " **could not be planned** |"
    counts = (plan.count(action) for action in _COLUMNS)
    remarks = []
    if lost := len(plan.losing):
        remarks.append(f"**⚠ loses {lost}**")
    if moved := plan.count(Action.MOVE):
        remarks.append(f"{moved} moved")
    if plan.outputs:
        remarks.append(f"{plan.outputs} outputs")
    cells = (str(count or "") for count in counts)
    return f"| {in_cell(plan.stack)} | {' | '.join(cells)} | {', '.join(remarks)} |"


def _lost(plans: Sequence[Changes]) -> list[str]:
    lines = []
    for plan in plans:
        for change in sorted(plan.losing, key=lambda change: Action.DESTROY not in change.actions):
            why = f" ({', '.join(_reasons(change))})" if _reasons(change) else ""
            lines.append(f"- {code(plan.stack)}: {code(change.address)} {_words(change)}{why}")
    return ["**⚠ What these hold is lost:**", "", *lines] if lines else []


def _reasons(change: Change) -> list[str]:
    causes = [code(field.path) for field in change.fields if field.replaces]
    return [
        *([f"because of {', '.join(causes)}"] if causes else []),
        *([code(change.note)] if change.note else []),
    ]


def _words(change: Change) -> str:
    return " and ".join(_WORDS[action] for action in change.actions)


def _error(plan: Changes, room: int) -> str:
    lines = plan.error.splitlines()[-_LAST_ERROR_LINES:]
    start = f"**{code(plan.stack)} could not be planned:**\n\n"
    return _fenced(start, lines, "", "", room, "more lines are in the log")


def _details(plan: Changes, room: int) -> str:
    counts = ", ".join(f"{plan.count(action)} to {action}" for action in Action if plan.count(action))
    start = f"<details><summary>{in_cell(plan.stack)}: {counts}</summary>\n\n"
    lines = [line for change in plan.changes for line in _lines(change)]
    return _fenced(start, lines, "diff", "\n\n</details>", room, "more lines are in the log of the run")


def _lines(change: Change) -> Iterator[str]:
    sign = _SIGNS[change.actions[-1]]
    lost = " (what it holds is lost)" if change.loses else ""
    yield f"{sign} {change.address} {_words(change)}{lost}"
    if change.note:
        yield f"#     {change.note}"
    for field in change.fields:
        yield f"{sign}     {_field(field)}"


def _field(field: Field) -> str:
    because = "  # this replaces it" if field.replaces else ""
    if not field.before:
        return f"{field.path} = {field.after}{because}"
    return f"{field.path}: {field.before} -> {field.after or '(none)'}{because}"


def _fenced(start: str, lines: Sequence[str], kind: str, end: str, room: int, more: str) -> str:
    """Return lines in a block that Markdown shows as they are, as many as there is room for; nothing if for none."""
    longest = max((len(found) for line in lines for found in re.findall("`+", line)), default=0)
    fence = "`" * max(3, longest + 1)
    around = _length(f"{start}{fence}{kind}\n\n{fence}{end}")
    kept = _cut(lines, room - around, more)
    return f"{start}{fence}{kind}\n" + "\n".join(kept) + f"\n{fence}{end}" if kept else ""


def _size(plan: Changes) -> int:
    return sum(1 + len(change.fields) for change in plan.changes)


def _cut(lines: Sequence[str], room: int, more: str, *, before: str = "") -> list[str]:
    """Return the first lines that there is room for, with how many there are besides."""
    if _length("\n".join(lines)) <= room:
        return list(lines)
    kept: list[str] = []
    left = room - _length(f"{before}... and {len(lines)} {more}")
    for line in lines:
        left -= _length(line) + 1
        if left < 0:
            break
        kept.append(line)
    return [*kept, f"{before}... and {len(lines) - len(kept)} {more}"] if kept else []
