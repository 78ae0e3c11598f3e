"""Tells a person what came of adopting: a paragraph a stack, findings as every report has them, what to do next."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from adoption.outcome import Found, Missing, Several, Unclear
from adoption.plan import Cause, Loss
from adoption.result import Result
from deployment.failure import shown
from plans.changes import Action, Change, Changes
from settings.reading.problems import listed, paragraph, printable

_PAGE = "docs/adopting.md"


def report(results: Sequence[Result], *, with_plan: bool) -> str:
    """Return what is printed of stacks; ``with_plan`` is whether Terraform was asked."""
    blocks = ["\n".join(block) for result in results for block in _blocks(result)]
    return "\n\n".join([*blocks, _next(results, with_plan=with_plan)])


def _blocks(result: Result) -> Iterator[list[str]]:
    yield [_head(result), *_written(result), *_missing(result), *_notes(result)]
    for address, several in result.every(Several):
        yield [
            paragraph(
                f"{result.stack}, {address}",
                f"{len(several.import_ids)} of it: {listed(several.import_ids)}",
                "one: which of them Terraform is to manage, nobody else can say",
                f"delete the others, or write the id of one into config/imports/{result.stack}.yaml yourself",
            )
        ]
    yield from _unclear(result)
    if result.changes:
        yield from _plan(result.stack, result.changes)
    for loss in result.losses:
        yield from ([_loss(result.stack, loss, cause)] for cause in loss.causes or [None])


def _head(result: Result) -> str:
    counts = Counter(type(outcome) for outcome in result.outcomes.values())
    parts = [f"{counts[Found]} exist", f"{counts[Missing]} do not"]
    parts += [f"of {counts[Several]} there are several"] if counts[Several] else []
    parts += [f"{counts[Unclear]} are not clear"] if counts[Unclear] else []
    return f"{result.stack}: {', '.join(parts)}."


def _written(result: Result) -> Iterator[str]:
    added = result.added
    if added is None:
        return
    path = shown(added.path)
    if added.new:
        yield f"  {len(added.new)} of them are now in {path}:"
        for type_name, count in sorted(Counter(new.partition(".")[0] for new in added.new).items()):
            yield f"    {count:4} {type_name}"
    else:
        yield f"  {path} has everything already."
    for address, found in added.others.items():
        yield f"  {address} has another id in {path} than was found: {found}"


def _missing(result: Result) -> Iterator[str]:
    waiting: dict[str, list[str]] = {}
    for address, missing in result.every(Missing):
        waiting.setdefault(missing.waits_for, []).append(address)
    for first, addresses in sorted(waiting.items()):
        why = f"because of {first}, which does not exist or is not known" if first else "not found"
        yield f"  {why}: {listed(addresses)}"


def _notes(result: Result) -> Iterator[str]:
    for address, found in result.every(Found):
        if found.note:
            yield f"  Note on {address}: {found.note}"


def _unclear(result: Result) -> Iterator[list[str]]:
    """Yield one finding for all that one answer hides."""
    hidden: dict[tuple[str, str], list[str]] = {}
    for address, unclear in result.every(Unclear):
        hidden.setdefault((unclear.why, unclear.fix), []).append(address)
    for (why, fix), addresses in hidden.items():
        yield [
            paragraph(
                f"{result.stack}, {listed(addresses)}",
                f"{why}",
                "an answer",
                f"{fix}; then run this again",
            )
        ]


def _plan(stack: str, changes: Changes) -> Iterator[list[str]]:
    if changes.error:
        yield [
            f"{stack} cannot be planned with the imports:",
            *(f"  {line}" for line in changes.error.splitlines()),
            f"  If it needs what the registry's stack is to make: adopt and deploy that one first ({_PAGE}).",
        ]
        return
    if not changes.any:
        yield [f"The plan of {stack} is empty: its state holds all of that."]
        return
    counts = ", ".join(f"{changes.count(action)} to {action}" for action in Action if changes.count(action))
    yield [f"The plan of {stack}: {counts}.", *_in_place(changes)]


def _in_place(changes: Changes) -> Iterator[str]:
    """Yield what changes about what exists, and what is made anew though nothing is lost by that."""
    waits = [change.address for change in changes.changes if _only_waits(change)]
    for change in changes.changes:
        if change.loses or change.address in waits:
            continue
        for action in change.actions:
            if action in (Action.CHANGE, Action.REPLACE, Action.DESTROY):
                yield printable(f"  {action} {change.address}{_fields(change)}")
    if waits:
        yield f"  Of {len(waits)} only how long Terraform waits for them changes, which is in the state alone."


def _only_waits(change: Change) -> bool:
    """Whether nothing changes but how long the provider waits, which an import does not know."""
    return bool(change.fields) and all(field.path.startswith("timeouts.") for field in change.fields)


def _fields(change: Change) -> str:
    fields = [
        f"{field.path} {field.before or 'unset'} -> {field.after or 'unset'}" for field in change.fields
    ]
    return f": {'; '.join(fields)}" if fields else ""


def _loss(stack: str, loss: Loss, cause: Cause | None) -> str:
    address = loss.change.address
    replaced = Action.REPLACE in loss.change.actions
    done = f"Terraform would {'replace' if replaced else 'destroy'} it, and what is in it is lost"
    leave = (
        f"take {address} out of config/imports/{stack}.yaml and give it another name in the configuration, "
        "so that a new one is made beside it"
    )
    if cause is None:
        return paragraph(f"{stack}, {address}", f"{done}: {loss.change.note or 'no attribute says why'}",
                         "a plan that changes it in place or not at all", leave)  # fmt: skip
    settings = " or ".join(map(str, cause.settings))
    fix = (
        f"set {settings} to {cause.field.before or 'nothing'}" if settings else f"no setting says so: {leave}"
    )
    return paragraph(
        f"{stack}, {address}",
        f"{cause.field.path} is {cause.field.before or 'unset'}, and {cause.field.after or 'unset'} in the "
        f"configuration: {done}",
        "what exists, or a change in place",
        fix,
    )


def _next(results: Sequence[Result], *, with_plan: bool) -> str:
    stacks = " ".join(result.stack for result in results)
    quoted = f"'{stacks}'" if " " in stacks else stacks
    if any(result.losses for result in results):
        return f"Nothing was changed. Do not deploy yet: put right what would be lost, and run this again ({_PAGE})."
    if any(result.changes and result.changes.error for result in results):
        return "Nothing was changed."
    if not any(result.added for result in results):
        return "Nothing was found that could be imported, and nothing was written."
    if not with_plan:
        return f"Next, see what would come of it: make diff STACK={results[0].stack}"
    return f"Nothing was changed yet. Next, bring it into the state: make deploy STACK={quoted}"
