"""What exists and is to come into a state: for which stack, and each thing once."""

from __future__ import annotations

from collections.abc import Iterator

from settings.checking.checked import Checked
from settings.checking.explain import nearest, show
from settings.models.environment import Environment
from settings.models.imports import Imports
from settings.models.platform import Platform
from settings.reading.problems import Problem, listed


def imports_have_a_stack(
    imports: list[Checked[Imports]],
    platform: Checked[Platform],
    environments: list[Checked[Environment]],
) -> Iterator[Problem]:
    """Each file is named after a stack. Nothing is said while what stacks are called after cannot be read."""
    names = [environment.get("name") for environment in environments]
    if None in names or not platform.sound("stack_prefix"):
        return
    prefix = platform.get("stack_prefix") or Platform.model_fields["stack_prefix"].default
    own = ("registry", "state") if platform.given("backend", "create") else ("registry",)
    stacks = [f"{prefix}-{name}" for name in (*own, *names)]
    for file in imports:
        stack = file.source.name.stem
        if stack not in stacks:
            meant = nearest(stack, stacks)
            yield file.problem(
                found=f"imports for the stack {stack}, which there is not",
                allowed=f"a file for a stack: {listed([f'{name}.yaml' for name in stacks])}",
                fix=f"did you mean {meant}.yaml?" if meant else "rename the file, or remove it",
            )


def imported_once(imports: list[Checked[Imports]]) -> Iterator[Problem]:
    """Nothing comes into a state at two addresses. What differs in its type may have one id."""
    for file in imports:
        seen: dict[tuple[str, str], str] = {}
        for path in file.children("imports"):
            address, found = str(path[-1]), file.get(*path)
            if found is None:
                continue
            first = seen.setdefault((address.partition(".")[0], found.lower()), address)
            if first != address:
                yield file.problem(
                    *path,
                    found=f"{show(found)}, which is imported to {first} already",
                    allowed="each id once for a type of resource",
                    fix="remove one of the two",
                )
