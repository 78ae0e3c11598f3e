"""An address that starts pipelines."""

from __future__ import annotations

from cdktf import TerraformStack

from constructs_lib.devops.incoming_webhook import IncomingWebhook
from settings.models import devops
from tests.unit.constructs.examples import project, synthesized


def test_whoever_calls_the_address_starts_the_pipelines_that_listen(stack: TerraformStack) -> None:
    webhook = IncomingWebhook(
        stack,
        "rollback",
        project=project(stack),
        settings=devops.IncomingWebhook(name="example-rollback", used_by=("Training",)),
    )
    assert webhook.url == (
        "https://dev.azure.com/contoso/_apis/public/distributedtask/webhooks/example-rollback"
        "?api-version=6.0-preview"
    )
    written = synthesized(stack)
    connection = written.at("azuredevops_serviceendpoint_incomingwebhook.rollback")
    assert connection["webhook_name"] == connection["service_endpoint_name"] == "example-rollback"
    # Action groups cannot sign: a secret would make Azure DevOps refuse every call.
    assert "secret" not in connection
    assert list(written.resources("azuredevops_pipeline_authorization")) == ["rollback-pipeline-Training"]
