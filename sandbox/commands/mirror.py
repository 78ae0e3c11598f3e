"""The folder that Terraform installs the stand-ins from, and the configuration that tells it to."""

from __future__ import annotations

import platform
import shlex
import sys
from dataclasses import dataclass
from pathlib import Path

from facts.reader import PROVIDERS, TERRAFORM_REGISTRY, facts
from sandbox.provider.tls import CERTIFICATE_VARIABLE, write_certificate

ROOT = Path(__file__).parents[2]
# Where everything that the sandbox writes goes, unless told otherwise; git ignores it.
DEFAULT_FOLDER = ROOT / ".sandbox"

# An address without a host, such as hashicorp/azurerm, is at Terraform's registry, and for OpenTofu at its own.
_REGISTRIES = (TERRAFORM_REGISTRY, "registry.opentofu.org")
_CLI_CONFIG = "terraform.rc"
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
    """Write the executables of the four providers, for this machine, and Terraform's configuration file."""
    folder = folder.resolve()
    mirror, certificate = folder / "mirror", folder / "certificate.json"
    mirror.mkdir(parents=True, exist_ok=True)
    write_certificate(certificate)
    for provider in PROVIDERS:
        known = facts(provider)
        for registry in _REGISTRIES:
            source = known.source.replace(TERRAFORM_REGISTRY, registry)
            place = mirror / source / known.version / _machine()
            place.mkdir(parents=True, exist_ok=True)
            program = place / f"terraform-provider-{provider}_v{known.version}"
            program.write_text(_script(provider, certificate), encoding="utf-8")
            program.chmod(0o755)
    cli_config = folder / _CLI_CONFIG
    cli_config.write_text(_cli_config(mirror), encoding="utf-8")
    return Installation(mirror, cli_config)


def is_installed(folder: Path) -> bool:
    """Whether ``install`` has written to a folder."""
    return (folder / _CLI_CONFIG).is_file()


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
