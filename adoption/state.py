"""What the state of a stack holds: a file here, or what Terraform says of a state elsewhere."""

from __future__ import annotations

import subprocess

from plans.terraform import Terraform, TerraformError, state_file

from deployment.output import plain
from deployment.stacks import Stack
from deployment.state_file import read_state
from deployment.tools import terraform

_NO_STATE = "No state file was found"


def held(stack: Stack) -> frozenset[str]:
    """Return the addresses that the state of a stack holds; none where there is no state.

    Raises :class:`deployment.state.StateError` for a local state that is damaged, and
    :class:`plans.terraform.TerraformError` where Terraform cannot read the state.
    """
    path = state_file(stack)
    if path is not None:
        state = read_state(path)
        return frozenset(state.addresses if state else ())
    Terraform(stack).initialize(locked=False)
    done = subprocess.run(  # noqa: S603  # the terraform of deployment.tools
        [terraform(), "state", "list"],
        cwd=stack.folder,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode and _NO_STATE not in done.stderr:
        raise TerraformError(f"The state of {stack.name} cannot be read: {plain(done.stderr).strip()}")
    return frozenset(line for line in done.stdout.splitlines() if not line.startswith("data."))
