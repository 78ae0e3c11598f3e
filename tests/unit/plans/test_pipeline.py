"""What programs say to the pipeline that runs them, and what they ask the Azure CLI."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from deployment.stacks import Stack
from deployment.tools import ToolError
from plans import blobs, pipeline
from plans.affected import compare
from plans.azure_cli import AzureCliError
from plans.azure_cli import azure as azure_cli
from plans.channels import read_secret, secrets_of
from plans.terraform import backend_of, state_file
from tests.plans.azure_cli import AzureCli
from tests.plans.project import AZURERM

SHA256 = "0" * 64


@pytest.fixture
def azure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TF_BUILD", "True")


@pytest.fixture
def github(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.delenv("TF_BUILD", raising=False)
    monkeypatch.setenv("GITHUB_OUTPUT", str(tmp_path / "output"))
    monkeypatch.setenv("GITHUB_ENV", str(tmp_path / "env"))
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(tmp_path / "summary.md"))
    return tmp_path


@pytest.mark.usefixtures("azure")
def test_a_value_stays_one_command_of_azure_pipelines(capsys: pytest.CaptureFixture[str]) -> None:
    pipeline.set_output("plan", '["a"];\r\n##vso[task.complete]%')
    assert capsys.readouterr().out == (
        '##vso[task.setvariable variable=plan;isOutput=true]["a"%5D%3B%0D%0A##vso[task.complete%5D%AZP25\n'
    )


@pytest.mark.usefixtures("azure")
def test_a_secret_is_marked_as_one(capsys: pytest.CaptureFixture[str]) -> None:
    pipeline.set_secret("TF_VAR_a", "b")
    assert capsys.readouterr().out == "##vso[task.setvariable variable=TF_VAR_a;issecret=true]b\n"


@pytest.mark.usefixtures("azure")
def test_a_page_is_attached_to_the_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("AGENT_TEMPDIRECTORY", str(tmp_path))
    assert pipeline.attach("plans", "# Page")
    assert capsys.readouterr().out == f"##vso[task.uploadsummary]{tmp_path / 'plans.md'}\n"
    assert (tmp_path / "plans.md").read_text() == "# Page"


def test_github_gets_files(github: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pipeline.set_output("plan", "[]")
    pipeline.set_variable("HAS_STATE", "true")
    pipeline.set_secret("TF_VAR_a", "b")
    assert pipeline.attach("plans", "# Page")
    assert (github / "output").read_text() == "plan=[]\n"
    assert (github / "summary.md").read_text() == "# Page\n"
    assert (github / "env").read_text() == "HAS_STATE=true\nTF_VAR_a=b\n"
    assert capsys.readouterr().out == "::add-mask::b\n"
    with pytest.raises(ValueError, match="plan has more than one line"):
        pipeline.set_output("plan", "two\nlines")


def test_an_empty_secret_is_nothing_to_mask(github: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """GitHub Actions would mask everything between all letters."""
    pipeline.set_secret("TF_VAR_a", "")
    assert (github / "env").read_text() == "TF_VAR_a=\n"
    assert capsys.readouterr().out == ""


@pytest.mark.usefixtures("azure")
def test_a_variable_of_azure_pipelines_is_for_the_job_alone(capsys: pytest.CaptureFixture[str]) -> None:
    pipeline.set_variable("HAS_STATE", "true")
    pipeline.warn("look; here")
    assert capsys.readouterr().out == (
        "##vso[task.setvariable variable=HAS_STATE]true\n##vso[task.logissue type=warning]look%3B here\n"
    )


@pytest.mark.usefixtures("azure")
def test_without_a_folder_of_the_agent_a_page_lies_here(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("AGENT_TEMPDIRECTORY", raising=False)
    monkeypatch.chdir(tmp_path)
    assert pipeline.attach("plans", "# Page")
    assert (tmp_path / "plans.md").read_text() == "# Page"


def test_a_page_of_github_follows_the_one_before(github: Path) -> None:
    assert pipeline.attach("a", "# One")
    assert pipeline.attach("b", "# Two")
    assert (github / "summary.md").read_text() == "# One\n# Two\n"


@pytest.mark.parametrize("value", ["two\nlines", "two\rlines"])
def test_no_value_of_github_is_two_lines(github: Path, value: str) -> None:
    with pytest.raises(ValueError, match="HAS_STATE has more than one line"):
        pipeline.set_variable("HAS_STATE", value)
    assert not (github / "env").exists()


def test_elsewhere_a_warning_is_a_line_and_a_secret_nothing(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("TF_BUILD", "GITHUB_ENV"):
        monkeypatch.delenv(name, raising=False)
    pipeline.set_secret("TF_VAR_a", "b")
    pipeline.warn("look")
    assert capsys.readouterr().out == "Warning: look\n"


def test_elsewhere_nothing_is_said(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("TF_BUILD", "GITHUB_OUTPUT", "GITHUB_ENV", "GITHUB_STEP_SUMMARY"):
        monkeypatch.delenv(name, raising=False)
    pipeline.set_output("plan", "[]")
    assert not pipeline.attach("plans", "# Page")
    assert capsys.readouterr().out == ""


def test_terraform_signs_in_without_a_token() -> None:
    environment = {
        "AZURESUBSCRIPTION_SERVICE_CONNECTION_ID": "connection",
        "AZURESUBSCRIPTION_CLIENT_ID": "client",
        "AZURESUBSCRIPTION_TENANT_ID": "tenant",
        "SYSTEM_ACCESSTOKEN": "token",
    }
    assert pipeline.terraform_sign_in(environment) == {
        "ARM_ADO_PIPELINE_SERVICE_CONNECTION_ID": "connection",
        "ARM_CLIENT_ID": "client",
        "ARM_TENANT_ID": "tenant",
        "ARM_USE_OIDC": "true",
    }
    assert pipeline.terraform_sign_in({"SYSTEM_ACCESSTOKEN": "token"}) == {}
    for name in environment.keys() - {"SYSTEM_ACCESSTOKEN"}:
        assert pipeline.terraform_sign_in({**environment, name: ""}) == {}, name


def stack(name: str = "mlops-dev", folder: Path = Path(), comment: int = 0, **terraform: object) -> Stack:
    return Stack(name, folder, {"terraform": {"backend": AZURERM}, "//": {"version": comment}, **terraform})


def test_stacks_are_compared_by_what_terraform_reads() -> None:
    base = [stack("a", resource={"b": 1}), stack("gone"), stack("same", comment=1)]
    head = [stack("a", resource={"b": 2}), stack("same", comment=2), stack("new")]
    found = compare(head, base)
    assert (found.changed, found.added, found.removed) == (["a"], ["new"], ["gone"])
    assert found.to_plan == ["a", "new"]
    assert found.without("new").to_plan == ["a"]


@pytest.fixture
def az(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AzureCli:
    cli = AzureCli(tmp_path / "azure-cli")
    monkeypatch.setenv("PATH", f"{cli.path}:/usr/bin:/bin")
    return cli


def test_a_plan_waits_under_its_own_hash(az: AzureCli, tmp_path: Path) -> None:
    container = az.add_container("plans", "mlops-dev")
    file = tmp_path / "a.plan"
    file.write_text("secret")
    blobs.upload("plans", "mlops-dev", file, SHA256)
    assert (container / f"{SHA256}.plan").read_text() == "secret"
    fetched = tmp_path / "fetched.plan"
    blobs.download("plans", "mlops-dev", fetched, SHA256)
    assert fetched.read_text() == "secret"
    assert stat.S_IMODE(fetched.stat().st_mode) == 0o600
    (container / f"{SHA256}.plan").unlink()
    with pytest.raises(AzureCliError, match="BlobNotFound"):
        blobs.download("plans", "mlops-dev", tmp_path / "again.plan", SHA256)
    assert not (tmp_path / "again.plan").exists()


def test_state_in_azure_is_looked_for_as_whoever_signed_in(az: AzureCli, tmp_path: Path) -> None:
    with pytest.raises(
        AzureCliError,
        match=r"az storage blob exists(.|\n)*ContainerNotFound(.|\n)*docs/infrastructure-pipelines.md",
    ):
        blobs.has_state(stack(folder=tmp_path))
    container = az.add_container("mlopsstate", "mlops-dev")
    assert not blobs.has_state(stack(folder=tmp_path))
    (container / "mlops-dev.tfstate").touch()
    assert blobs.has_state(stack(folder=tmp_path))
    assert all("--auth-mode login" in call for call in az.calls())


def test_local_state_is_looked_for_here(tmp_path: Path) -> None:
    local = Stack("a", tmp_path, {"terraform": {"backend": {"local": {"path": "a.tfstate"}}}})
    assert not blobs.has_state(local)
    (tmp_path / "a.tfstate").touch()
    assert blobs.has_state(local)


def test_an_override_decides_where_the_state_is(tmp_path: Path) -> None:
    (tmp_path / "a_override.tf.json").write_text('{"terraform": {"backend": {"local": {"path": "b"}}}}')
    (tmp_path / "b_override.tf.json").write_text('{"variable": {}}')
    assert backend_of(stack(folder=tmp_path)) == {"local": {"path": "b"}}
    assert state_file(stack(folder=tmp_path)) == tmp_path / "b"


def program(folder: Path, script: str) -> None:
    (folder / "az").write_text(f"#!/bin/sh\n{script}\n")
    (folder / "az").chmod(0o755)


def test_a_command_of_azure_that_fails_is_named_without_paths_and_secrets(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    program(tmp_path, "echo 'no: AccountKey=aaaa' >&2; exit 1")
    with pytest.raises(AzureCliError, match=r"az group show failed:\n\(looks like a secret\)\n"):
        azure_cli("group", "show", "/subscriptions/a")
    program(tmp_path, "exit 3")
    with pytest.raises(AzureCliError, match="exit code 3"):
        azure_cli("group", "show")


def test_a_command_of_azure_without_an_answer_has_none(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    program(tmp_path, "echo")
    assert azure_cli("lock", "delete") is None
    program(tmp_path, """echo "[\\"$*\\"]\"""")
    assert azure_cli("group", "list") == ["group list --only-show-errors --output json"]


def test_plans_go_and_come_without_a_bar_of_progress_and_may_come_twice(az: AzureCli, tmp_path: Path) -> None:
    az.add_container("plans", "mlops-dev")
    file = tmp_path / "a.plan"
    file.touch()
    blobs.upload("plans", "mlops-dev", file, SHA256)
    blobs.download("plans", "mlops-dev", file, SHA256)
    upload, download = az.calls()
    assert "--overwrite true" in upload
    assert "--no-progress" in upload
    assert "--no-progress" in download


def test_without_the_azure_cli_it_is_said(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ToolError, match="az is not on PATH"):
        blobs.upload("plans", "mlops-dev", tmp_path / "a.plan", SHA256)


def test_addresses_of_channels_come_from_the_vault(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    of = stack(variable={"slack_webhook_url": {"sensitive": True}, "allow_placeholder_ids": {}})
    assert secrets_of(of) == ["TF_VAR_slack_webhook_url"]
    program = tmp_path / "az"
    program.write_text('#!/bin/sh\necho "{\\"value\\": \\"$*\\"}"\n')
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    asked = read_secret("contoso", "TF_VAR_slack_webhook_url")
    assert asked.startswith("keyvault secret show --vault-name contoso --name slack-webhook-url")
