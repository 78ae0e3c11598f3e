"""Workstations: compute instances, each the machine of one person.

Through azapi, because azurerm's type knows no idle shutdown and no schedule, and replaces the machine when a tag
changes (azurerm#20973, #15539).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Literal, NamedTuple

from cdktf import Precondition, TerraformResourceLifecycle, TerraformStack

from constructs_lib.azure.compute import CREATE, DELETE
from constructs_lib.azure.workspace import Workspace
from constructs_lib.bindings import azapi, terraform

_API = "Microsoft.MachineLearningServices/workspaces/computes@2025-12-01"


class Schedule(NamedTuple):
    """What a workstation does by itself, and when."""

    action: Literal["Start", "Stop"]
    cron: str
    """Cron expression of five fields, numbers only."""
    time_zone: str
    """As Windows calls it."""


def add_workstation(
    scope: TerraformStack,
    *,
    workspace: Workspace,
    workspace_name: str,
    location: str,
    tenant_id: str,
    name: str,
    user: str,
    vm_size: str,
    idle_shutdown: str,
    schedules: Sequence[Schedule],
    node_public_ip: bool,
) -> None:
    """Add a compute instance for ``user`` (object id in the tenant), in the workspace's ``location``.

    Nobody else gets into it, there is no SSH, and it has no managed identity: what runs on it runs as its user.
    ``idle_shutdown`` is how long it is idle before it is stopped (ISO 8601 duration). Without ``node_public_ip`` the
    workspace needs a managed network.

    Azure ignores every later change of a compute instance without a word (bicep-types-az#2543), so Terraform sends
    none, and a plan that wants one is refused. What the user changes in Studio stays. The address has the name in it,
    so that another name is another machine; only taking it out of the stack deletes it, with the files on its disk.
    """
    wanted = ", ".join(
        [
            f"workspace {workspace_name} in {location}",
            f"user {user.lower()}",
            f"vm_size {vm_size}",
            f"idle_shutdown {idle_shutdown}",
            *(f"{each.action.lower()} at {each.cron} ({each.time_zone})" for each in schedules),
            "a public address" if node_public_ip else "no public address",
        ]
    )
    # Remembers all that the workstation was made with.
    made_with = terraform.Data(
        scope,
        f"workstation_{name}_made_with",
        input=wanted,
        lifecycle=TerraformResourceLifecycle(ignore_changes=["input"]),
    )
    azapi.Resource(
        scope,
        f"workstation_{name}",
        type=_API,
        name=name,
        parent_id=workspace.id,
        location=location,
        body={
            "properties": {
                "computeType": "ComputeInstance",
                "computeLocation": location,
                "disableLocalAuth": True,
                "properties": {
                    "vmSize": vm_size.upper(),
                    "applicationSharingPolicy": "Personal",
                    "computeInstanceAuthorizationType": "personal",
                    "personalComputeInstanceSettings": {
                        "assignedUser": {"objectId": user, "tenantId": tenant_id}
                    },
                    "sshSettings": {"sshPublicAccess": "Disabled"},
                    "enableNodePublicIp": node_public_ip,
                    "idleTimeBeforeShutdown": idle_shutdown,
                    **_schedules(schedules),
                },
            }
        },
        timeouts=azapi.Timeouts(create=CREATE, delete=DELETE),
        depends_on=workspace.ready,
        lifecycle=TerraformResourceLifecycle(
            precondition=[_stays_as_made(made_with, name, wanted)],
            # Azure would ignore another body. Sending tags sends the body too, which a schedule makes it refuse
            # (azure-docs#80695).
            ignore_changes=["body", "tags"],
        ),
    )


def _schedules(schedules: Iterable[Schedule]) -> dict[str, azapi.BodyValue]:
    wanted = [
        {
            "action": schedule.action,
            "status": "Enabled",
            "triggerType": "Cron",
            "cron": {"expression": schedule.cron, "timeZone": schedule.time_zone},
        }
        for schedule in schedules
    ]
    return {"schedules": {"computeStartStop": wanted}} if wanted else {}


def _stays_as_made(made_with: terraform.Data, name: str, wanted: str) -> Precondition:
    """Refuse another size, user, idle time or schedule, and another workspace, before anything is touched."""
    before = f"${{{made_with.address}.output}}"
    return Precondition(
        condition=f'${{{made_with.address}.output == "{wanted}"}}',
        error_message=(
            f"The workstation {name} was made with {before}, and the configuration asks for {wanted}. Azure ignores "
            "such a change of a compute instance. Set it back, or add a workstation with another name and take this "
            "one out: the files on its disk are lost. For idle_shutdown and schedule there is another way: change them "
            "in Studio (Compute, the workstation, Schedules), and have Terraform note that with: terraform state rm "
            f"{made_with.address}"
        ),
    )
