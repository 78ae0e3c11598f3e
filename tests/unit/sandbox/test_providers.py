"""The providers as Terraform meets them: their configuration, what they serve, the program and its folder."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest
from tf.gen import tfplugin_pb2 as pb

from facts.reader import PROVIDERS, facts
from sandbox.cloud.store import CLOUD_VARIABLE, Cloud
from sandbox.commands.mirror import install, is_installed
from sandbox.provider.configuration import account
from sandbox.provider.servicer import ProviderServicer
from sandbox.tls import CERTIFICATE_VARIABLE, certificate_in, read_certificate
from tests.project import REPOSITORY
from tests.unit.files.killed import kill_everywhere
from tests.unit.sandbox.client import Client, Context, RefusedError
from tests.unit.sandbox.resources import SUBSCRIPTION, TENANT

COOKIE = "d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2"
"""By which Terraform makes itself known to what it starts."""

# --- Configuration --------------------------------------------------------------------------------------------------


def test_azurerm_says_who_asks_and_with_which_features() -> None:
    features = {"key_vault": [{"purge_soft_delete_on_destroy": False}], "storage": []}
    config = {"subscription_id": SUBSCRIPTION, "tenant_id": TENANT, "features": [features]}
    found = account("azurerm", config)
    assert (found.subscription_id, found.tenant_id) == (SUBSCRIPTION, TENANT)
    assert found.features == {"key_vault.purge_soft_delete_on_destroy": False}


def test_the_environment_fills_in_what_is_not_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ARM_SUBSCRIPTION_ID", SUBSCRIPTION)
    monkeypatch.setenv("AZDO_ORG_SERVICE_URL", "https://dev.azure.com/contoso")
    assert account("azurerm", {"subscription_id": None}).subscription_id == SUBSCRIPTION
    assert account("azurerm", {"subscription_id": "other"}).subscription_id == "other"
    assert account("azuredevops", {}).organization == "https://dev.azure.com/contoso"


@pytest.mark.parametrize(
    ("provider", "message", "attribute"),
    [
        ("azurerm", "`subscription_id` is a required provider property", "subscription_id"),
        ("azuredevops", "the url of the Azure DevOps is required", "org_service_url"),
    ],
)
def test_what_a_provider_cannot_do_without(
    cloud: Cloud, monkeypatch: pytest.MonkeyPatch, provider: str, message: str, attribute: str
) -> None:
    for name in ("ARM_SUBSCRIPTION_ID", "AZDO_ORG_SERVICE_URL"):
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(RefusedError, match=message) as refused:
        Client(provider)
    assert refused.value.attributes == [attribute]


@pytest.mark.parametrize("folder", [None, "", "cloud"])
def test_no_cloud_to_work_with(monkeypatch: pytest.MonkeyPatch, folder: str | None) -> None:
    if folder is None:
        monkeypatch.delenv(CLOUD_VARIABLE, raising=False)
    else:
        monkeypatch.setenv(CLOUD_VARIABLE, folder)
    with pytest.raises(
        RefusedError, match="SANDBOX_CLOUD does not name its cloud: set it to the absolute path"
    ):
        Client("azapi")


# --- What they serve ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("provider", PROVIDERS)
def test_a_provider_lists_its_types_and_describes_them(provider: str) -> None:
    servicer, known = ProviderServicer(provider), facts(provider)
    metadata = servicer.GetMetadata(pb.GetMetadata.Request(), Context())
    schema = servicer.GetProviderSchema(pb.GetProviderSchema.Request(), Context())
    assert (
        {item.type_name for item in metadata.resources}
        == known.resources.keys()
        == set(schema.resource_schemas)
    )
    assert {item.type_name for item in metadata.data_sources} == known.data_sources.keys()
    assert schema.provider.block.attributes or provider == "time"
    assert not servicer.GetFunctions(pb.GetFunctions.Request(), Context()).functions


def test_a_stored_state_is_handed_back_as_it_is() -> None:
    stored = pb.RawState(
        json=b'{"id": "1", "body": {"value": {"a": 1}, "type": ["object", {"a": "number"}]}}'
    )
    request = pb.UpgradeResourceState.Request(type_name="azapi_resource", version=0, raw_state=stored)
    response = ProviderServicer("azapi").UpgradeResourceState(request, Context())
    assert response.upgraded_state.json == stored.json


def test_waiting_is_over_at_once(cloud: Cloud) -> None:
    client = Client("time")
    state = client.create("time_sleep", create_duration="90s", triggers={"a": "1"})
    assert state["id"].endswith("Z")
    assert client.read("time_sleep", state) == state
    assert (
        client.change("time_sleep", state, create_duration="2m", triggers={"a": "1"})["create_duration"]
        == "2m"
    )
    assert client.plan("time_sleep", state, create_duration="90s", triggers={"a": "2"}).replace == [
        "triggers"
    ]
    imported = client.import_("time_sleep", "90s,")
    assert imported is not None
    assert (imported["create_duration"], imported["destroy_duration"], imported["triggers"]) == (
        "90s",
        None,
        {},
    )
    with pytest.raises(RefusedError, match='"create_duration" must be a number immediately followed by'):
        client.plan("time_sleep", create_duration="soon")
    client.destroy("time_sleep", state)
    assert not cloud.resources("time_sleep")


# --- The process ----------------------------------------------------------------------------------------------------

STARTED = """
import subprocess, sys
provider = subprocess.Popen([sys.argv[1]], stdout=subprocess.PIPE, text=True)
print(provider.pid, provider.stdout.readline(), flush=True)
sys.stdin.read()
"""


def is_running(process_id: int) -> bool:
    try:
        return "State:\tZ" not in Path(f"/proc/{process_id}/status").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return False


def test_an_interrupt_is_terraforms_and_without_terraform_a_provider_ends(tmp_path: Path) -> None:
    """A stand-in for Terraform starts a provider, which outlives an interrupt, and not Terraform."""
    installation = install(tmp_path)
    (program,) = (installation.mirror / "registry.terraform.io/hashicorp/time").rglob("terraform-provider-*")
    with subprocess.Popen(
        [sys.executable, "-c", STARTED, str(program)],
        env={**os.environ, "TF_PLUGIN_MAGIC_COOKIE": COOKIE},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as terraform:
        assert terraform.stdout
        process_id, _, handshake = terraform.stdout.readline().partition(" ")
        assert handshake.startswith("1|6|unix|")
        provider = int(process_id)
        os.kill(provider, signal.SIGINT)
        time.sleep(0.5)
        assert is_running(provider)
        terraform.kill()
    deadline = time.monotonic() + 20
    while is_running(provider):
        assert time.monotonic() < deadline, "it did not notice"
        time.sleep(0.1)


# --- The folder that Terraform installs them from ---------------------------------------------------------------------


def test_terraform_and_opentofu_find_every_provider(tmp_path: Path) -> None:
    assert not is_installed(tmp_path)
    installation = install(tmp_path)
    assert is_installed(tmp_path)
    for provider in PROVIDERS:
        known = facts(provider)
        name = known.source.partition("/")[2]
        for registry in ("registry.terraform.io", "registry.opentofu.org"):
            (program,) = (installation.mirror / registry / name / known.version).rglob("terraform-provider-*")
            assert program.name == f"terraform-provider-{provider}_v{known.version}"
            assert program.stat().st_mode & stat.S_IXUSR
            assert program.parent.name.count("_") == 1
    assert f'path = "{installation.mirror}"' in installation.cli_config.read_text()
    environment = installation.environment(tmp_path / "cloud")
    assert environment["TF_CLI_CONFIG_FILE"] == str(installation.cli_config)
    assert environment[CLOUD_VARIABLE] == str(tmp_path / "cloud")


def test_what_is_installed_is_not_written_again(tmp_path: Path) -> None:
    """Terraform may be about to start a program, and knows its checksum."""

    def stamps() -> dict[Path, tuple[int, int]]:
        files = [path for path in tmp_path.rglob("*") if path.is_file()]
        return {path: (path.stat().st_ino, path.stat().st_mtime_ns) for path in files}

    installation = install(tmp_path)
    before = stamps()
    assert len(before) == 11  # eight programs, the configuration, the certificate, the lock
    install(tmp_path)
    assert stamps() == before
    # What is not as it should be is replaced, and neither written into nor followed.
    program = next(installation.mirror.rglob("terraform-provider-azapi_*"))
    whole = program.read_bytes()
    program.write_bytes(b"older")
    with program.open("rb") as running:
        install(tmp_path)
        assert running.read() == b"older"
    assert program.read_bytes() == whole
    program.chmod(0o644)
    (tmp_path / "theirs").write_bytes(whole)
    other = next(installation.mirror.rglob("terraform-provider-time_*"))
    other.unlink()
    other.symlink_to(tmp_path / "theirs")
    install(tmp_path)
    assert os.access(program, os.X_OK)
    assert not other.is_symlink()
    assert (tmp_path / "theirs").read_bytes() == whole
    assert {path.name for path in program.parent.iterdir()} == {program.name}


@pytest.mark.parametrize("content", ["", "{", "[]", '{"key": 1}', "null"])
def test_a_broken_certificate_is_made_anew(tmp_path: Path, content: str) -> None:
    install(tmp_path)
    path = tmp_path / "certificate.json"
    path.write_text(content)
    install(tmp_path)
    assert certificate_in(path).certificate_der


def test_programs_start_while_others_install(tmp_path: Path) -> None:
    """Not one of them is found open for writing, or half there."""
    installation = install(tmp_path)
    program = next(installation.mirror.rglob("terraform-provider-azapi_*"))
    whole = program.read_bytes()
    loop = "import sys; from pathlib import Path; from sandbox.commands.mirror import install\n"
    loop += "while True: install(Path(sys.argv[1]))"
    command = [sys.executable, "-c", loop, str(tmp_path)]
    installers = [subprocess.Popen(command, cwd=REPOSITORY) for _ in range(2)]
    try:
        for _ in range(5):
            started = subprocess.run([program], capture_output=True, text=True, check=False)
            assert started.stderr.startswith("This program is a plugin"), started.stderr
        for _ in range(500):
            assert program.read_bytes() == whole
    finally:
        for installer in installers:
            installer.kill()
            installer.wait()


def test_killed_anywhere_an_installation_is_whole_after_the_next(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "work").mkdir()
    imports = "from cryptography import x509; from sandbox.commands.mirror import install"
    copies = kill_everywhere(
        tmp_path / "work", tmp_path / "empty", tmp_path / "empty", imports, "install(out)", every=7
    )
    assert len(copies) > 5
    for copy in copies:
        assert is_installed(copy) or not any(copy.iterdir())
        for program in copy.rglob("terraform-provider-*"):
            assert program.read_text().endswith("\n")
        install(copy)
        assert len([path for path in copy.rglob("*") if path.is_file()]) == 11


def test_a_path_with_quotes_in_it(tmp_path: Path) -> None:
    folder = tmp_path / 'it\'s "here"'
    installation = install(folder)
    assert '\\"here\\"/mirror"' in installation.cli_config.read_text()
    program = next(installation.mirror.rglob("terraform-provider-azapi_*"))
    started = subprocess.run(
        [program], env={"PATH": os.environ["PATH"]}, capture_output=True, text=True, check=False
    )
    assert started.stderr == "This program is a plugin: Terraform starts it. See python -m sandbox --help.\n"


def test_a_certificate_that_only_its_owner_reads(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    install(tmp_path)
    path = tmp_path / "certificate.json"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    monkeypatch.setenv(CERTIFICATE_VARIABLE, str(path))
    certificate = read_certificate()
    assert certificate.certificate_pem.startswith(b"-----BEGIN CERTIFICATE-----")
    assert certificate.key_pem.startswith(b"-----BEGIN PRIVATE KEY-----")


def test_started_by_hand_it_says_what_it_is() -> None:
    command = [sys.executable, "-m", "sandbox.provider.server", "azurerm"]
    started = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=False)
    assert started.returncode == 1
    assert started.stderr == "This program is a plugin: Terraform starts it. See python -m sandbox --help.\n"
