"""The folder that Terraform installs the stand-ins from, and the configuration that tells it to."""

from __future__ import annotations

import os
import platform
import shlex
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from facts.reader import PROVIDERS, TERRAFORM_REGISTRY, facts
from files.replacing import locked, refuse_no_folder, replace_file, reported
from sandbox.tls import CERTIFICATE_VARIABLE, certificate_in, new_certificate

ROOT = Path(__file__).parents[2]
# Where everything that the sandbox writes goes, unless told otherwise; git ignores it.
DEFAULT_FOLDER = ROOT / ".sandbox"

# An address without a host, such as hashicorp/azurerm, is at Terraform's registry, and for OpenTofu at its own.
_REGISTRIES = (TERRAFORM_REGISTRY, "registry.opentofu.org")
_CLI_CONFIG = "terraform.rc"
_LOCK, _DRAFT = ".install.lock", ".install.draft"
# Variables of the stacks. Addresses of channels are secrets elsewhere; nobody listens at these.
_VARIABLES = {
    "TF_VAR_allow_placeholder_ids": "true",
    "TF_VAR_slack_webhook_url": "https://hooks.slack.com/services/sandbox",
    "TF_VAR_pagerduty_webhook_url": "https://events.pagerduty.com/integration/sandbox/enqueue",
}
_MACHINES = {"x86_64": "amd64", "amd64": "amd64", "aarch64": "arm64", "arm64": "arm64"}


@dataclass(frozen=True)
class Installation:
    """What ``install`` wrote: the providers' folder and Terraform's configuration file."""

    mirror: Path
    cli_config: Path

    def environment(self, cloud_folder: Path) -> dict[str, str]:
        """Return the variables with which Terraform uses the stand-ins, and the cloud in ``cloud_folder``."""
        return {
            "TF_CLI_CONFIG_FILE": str(self.cli_config),
            "SANDBOX_CLOUD": str(cloud_folder.resolve()),
            "CHECKPOINT_DISABLE": "1",
            **_VARIABLES,
        }


def install(folder: Path = DEFAULT_FOLDER) -> Installation:
    """Write the executables of the four providers, for this machine, and Terraform's configuration file.

    What is there already and as it should be stays: Terraform may be about to start it, and knows its checksum.
    Raises :class:`~files.replacing.WriteError`.
    """
    folder = folder.resolve()
    mirror, certificate, cli_config = folder / "mirror", folder / "certificate.json", folder / _CLI_CONFIG
    refuse_no_folder(folder)
    with reported(folder):
        folder.mkdir(parents=True, exist_ok=True)
        with locked(folder / _LOCK):
            if not _is_certificate(certificate):
                _replace(folder, certificate, new_certificate(), 0o600)
            for provider in PROVIDERS:
                for program in _programs(mirror, provider):
                    _keep(folder, program, _script(provider, certificate), 0o777)
            _keep(folder, cli_config, _cli_config(mirror), 0o666)
    return Installation(mirror, cli_config)


def is_installed(folder: Path) -> bool:
    """Whether ``install`` has written to a folder, or was stopped while it did."""
    return any((folder / name).is_file() for name in (_LOCK, _CLI_CONFIG))


def _programs(mirror: Path, provider: str) -> Iterator[Path]:
    """Yield where Terraform looks for a provider, and where OpenTofu does."""
    known = facts(provider)
    for registry in _REGISTRIES:
        source = known.source.replace(TERRAFORM_REGISTRY, registry)
        place = mirror / source / known.version / _machine()
        yield place / f"terraform-provider-{provider}_v{known.version}"


def _is_certificate(path: Path) -> bool:
    try:
        return bool(certificate_in(path).certificate_der) and not path.is_symlink()
    except (OSError, KeyError, ValueError, TypeError, AttributeError):
        return False


def _keep(folder: Path, path: Path, text: str, mode: int) -> None:
    """Leave a file alone if it is as it should be, and replace it otherwise."""
    there = path.is_file() and not path.is_symlink()
    runs = os.access(path, os.X_OK) or not mode & 0o100
    if not (there and runs and path.read_bytes() == text.encode()):
        _replace(folder, path, text, mode)


def _replace(folder: Path, path: Path, text: str, mode: int) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    # Not beside the file: the checksum of a provider is that of all that is in its folder.
    replace_file(path, text.encode(), draft=folder / _DRAFT, mode=mode, flush=False)


def _machine() -> str:
    system = platform.system().lower()
    return f"{system}_{_MACHINES.get(platform.machine().lower(), platform.machine().lower())}"


def _script(provider: str, certificate: Path) -> str:
    variables = {"PYTHONPATH": str(ROOT), CERTIFICATE_VARIABLE: str(certificate)}
    exports = "".join(f"export {name}={shlex.quote(value)}\n" for name, value in variables.items())
    return f"#!/bin/sh\n{exports}exec {shlex.quote(sys.executable)} -m sandbox.provider.server {provider}\n"


def _cli_config(mirror: Path) -> str:
    path = str(mirror).replace("\\", "\\\\").replace('"', '\\"')
    return (
        "# Terraform installs every provider from here, and asks no registry.\n"
        f'provider_installation {{\n  filesystem_mirror {{\n    path = "{path}"\n  }}\n}}\n'
    )
