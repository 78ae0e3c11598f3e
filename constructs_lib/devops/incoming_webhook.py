"""A service connection that lets a call from outside start pipelines."""

from __future__ import annotations

from cdktf import TerraformStack

from constructs_lib.bindings import azuredevops
from constructs_lib.devops.access import grant_access
from constructs_lib.devops.project import Project
from settings.models import devops


class IncomingWebhook:
    """An address of Azure DevOps; every call to it starts the pipelines that listen.

    There is no signature: Azure's action groups cannot make one. Whoever knows the address can start the
    pipelines, so that they must check themselves whether what they were told is true.
    """

    def __init__(
        self, scope: TerraformStack, id_: str, *, project: Project, settings: devops.IncomingWebhook
    ) -> None:
        """Create the webhook and authorize its pipelines to listen. Its name is unique in the organization."""
        webhook = azuredevops.ServiceendpointIncomingwebhook(
            scope,
            id_,
            project_id=project.id,
            service_endpoint_name=settings.name,
            webhook_name=settings.name,
            description="Called by Azure Monitor. The pipelines check each call themselves.",
        )
        grant_access(
            scope,
            id_,
            project=project,
            resource_type="endpoint",
            resource_id=webhook.id,
            roles={},
            pipelines=settings.used_by,
        )
        address = f"{project.organization_url}/_apis/public/distributedtask/webhooks/{settings.name}"
        self.url = f"{address}?api-version=6.0-preview"
        """Address to call."""
