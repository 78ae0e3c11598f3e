"""A service connection that lets a call from outside start pipelines."""

from __future__ import annotations

from collections.abc import Mapping

from cdktf import TerraformStack

from constructs_lib.bindings import azuredevops
from constructs_lib.devops.access import Access
from constructs_lib.devops.project import Pipeline, Project


class IncomingWebhook:
    """An address of Azure DevOps; every call to it starts the pipelines that listen.

    There is no signature: Azure's action groups cannot make one. Whoever knows the address can start the
    pipelines, so that they must check themselves whether what they were told is true.
    """

    def __init__(
        self,
        scope: TerraformStack,
        id_: str,
        *,
        project: Project,
        organization_url: str,
        name: str,
        pipelines: Mapping[str, Pipeline],
    ) -> None:
        """Create the webhook and let ``pipelines`` listen. ``name`` is unique in the organization."""
        webhook = azuredevops.ServiceendpointIncomingwebhook(
            scope,
            id_,
            project_id=project.id,
            service_endpoint_name=name,
            webhook_name=name,
            description="Called by Azure Monitor. The pipelines check each call themselves.",
        )
        Access(
            scope,
            id_,
            project=project,
            kind="endpoint",
            resource_id=webhook.id,
            roles={},
            pipelines=pipelines,
        )
        address = f"{organization_url.rstrip('/')}/_apis/public/distributedtask/webhooks/{name}"
        self.url = f"{address}?api-version=6.0-preview"
        """Address to call."""
