"""The tour: deploy all stacks, show that a second diff is empty, say what is there now, and clean up."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from sandbox.commands.library import list_variables
from sandbox.commands.platform import Platform, SandboxError

NO_CHANGES = "No changes. Your infrastructure matches the configuration."


class Tour:
    """Runs the platform through the sandbox and tells a person what happens."""

    def __init__(self, platform: Platform, console: Console) -> None:
        """Use ``platform``, and print to ``console``."""
        self._platform = platform
        self._console = console

    def run(self, *, keep: bool) -> None:
        """Take the whole tour. With ``keep`` the deployment stays, to be looked at and changed.

        Raises :class:`SandboxError` as soon as anything is not as it should be.
        """
        started = time.monotonic()
        with self._step("Synthesizing"):
            self._platform.start_anew()
            stacks = self._platform.synthesize()
        with self._step(f"Deploying {len(stacks)} stacks with cdktf and terraform"):
            self._platform.deploy()
        for stack in stacks:
            with self._step(f"Diff of {stack.name}: should be empty"):
                self.expect_no_changes(stack.name)
        self.summarize()
        if keep:
            self._console.print(
                f"Everything stays in {self._platform.folder}. Next: .venv/bin/python -m sandbox --help"
            )
        else:
            with self._step("Destroying everything, the protected too"):
                self._platform.synthesize(DESTROY_PROTECTED="1")
                self._platform.destroy()
                self.expect_nothing_left()
        self._console.print(f"Done in {time.monotonic() - started:.0f} s.")

    def expect_no_changes(self, name: str) -> None:
        """Plan a stack; SandboxError with the plan when it is not empty."""
        printed = self._platform.diff(name)
        if NO_CHANGES not in " ".join(printed.split()):
            raise SandboxError(f"The diff of {name} is not empty:\n{printed.strip()}")

    def expect_nothing_left(self) -> None:
        """Look into every state; SandboxError when a resource is still there."""
        for stack in self._platform.stacks():
            left = self._platform.managed(stack.name)
            if left:
                raise SandboxError(f"{stack.name} still holds: {', '.join(left)}")

    def summarize(self) -> None:
        """Say what the stand-in cloud holds: stacks, variable groups with their values, approvals."""
        self._console.print(self._stacks())
        self._console.print(self._groups())
        self._console.print(self._approvals())

    def _stacks(self) -> Table:
        table = Table(
            "stack", "resources", "in Azure", "in Azure DevOps", title="Stacks", title_justify="left"
        )
        for stack in self._platform.stacks():
            types = Counter(
                address.split(".")[0].split("_")[0] for address in self._platform.managed(stack.name)
            )
            azure = types["azurerm"] + types["azapi"]
            table.add_row(stack.name, str(types.total()), str(azure), str(types["azuredevops"]))
        return table

    def _groups(self) -> Table:
        table = Table(title="Variable groups", title_justify="left")
        for column in ("group", "variable", "value"):
            table.add_column(column, overflow="fold")  # nothing is cut off in a narrow window
        for group, variables in list_variables(self._platform.cloud_folder).items():
            for index, (name, value) in enumerate(variables.items()):
                table.add_row("" if index else escape(group), escape(name), escape(value))
            table.add_section()
        return table

    def _approvals(self) -> Table:
        table = Table("environment", "approvals", "from", "branches", title="Approvals", title_justify="left")
        cloud = self._platform.cloud()
        with cloud.locked():
            teams = {
                resource.attributes.get("group_id"): resource.name
                for resource in cloud.resources("azuredevops_group")
            }
            branches = {
                resource.attributes["target_resource_id"]: resource.attributes["allowed_branches"]
                for resource in cloud.resources("azuredevops_check_branch_control")
                if resource.attributes["target_resource_type"] == "environment"
            }
            environments = {
                resource.id: resource.name for resource in cloud.resources("azuredevops_environment")
            }
            for check in cloud.resources("azuredevops_check_approval"):
                target = check.attributes["target_resource_id"]
                if check.attributes["target_resource_type"] == "environment":
                    table.add_row(
                        environments[target],
                        str(int(check.attributes["minimum_required_approvers"])),
                        ", ".join(
                            teams.get(approver, approver) for approver in check.attributes["approvers"]
                        ),
                        branches.get(target, "all"),
                    )
        return table

    @contextmanager
    def _step(self, name: str) -> Iterator[None]:
        started = time.monotonic()
        self._console.print(f"{name} ...")
        yield
        self._console.print(f"  done in {time.monotonic() - started:.1f} s")
