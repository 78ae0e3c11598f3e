"""The real terraform in one folder of its own, with the sandbox's providers."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

from facts.reader import PROVIDERS, facts
from sandbox.cloud.store import Cloud
from sandbox.commands.mirror import install
from sandbox.commands.platform import Platform, without_accounts

Json = dict[str, Any]


class TerraformError(Exception):
    """A command failed; the message is what Terraform printed."""


class Terraform:
    """A working folder; ``terraform init`` runs once, for all providers."""

    def __init__(self, folder: Path, registry: str = "registry.terraform.io") -> None:
        self.folder = folder / "work"
        self.folder.mkdir()
        self.cloud = Cloud(folder / "cloud")
        self._environment = {
            **install(folder / "sandbox").environment(self.cloud.folder),
            "TF_IN_AUTOMATION": "1",
            "TF_CLI_ARGS": "-no-color",
        }
        self._providers = {
            provider: {"source": facts(provider).source.replace("registry.terraform.io", registry)}
            for provider in PROVIDERS
        }
        self.write({})
        self.run("init")

    def write(self, config: Json) -> None:
        """Make this the configuration."""
        whole = {**config, "terraform": {"required_providers": self._providers}}
        for path in self.folder.glob("*.tf.json"):
            path.unlink()
        (self.folder / "main.tf.json").write_text(json.dumps(whole, indent=1), encoding="utf-8")

    def apply(self) -> str:
        """Apply the configuration without asking, and return what Terraform printed."""
        return self.run("apply", "-auto-approve")

    def actions(self) -> dict[str, list[str]]:
        """Plan, and return what would be done with each resource that would not stay as it is, by its address."""
        self.run("plan", "-out=plan")
        changes = json.loads(self.run("show", "-json", "plan"))["resource_changes"]
        planned = {change["address"]: change["change"]["actions"] for change in changes}
        return {address: actions for address, actions in planned.items() if actions != ["no-op"]}

    def apply_plan(self) -> str:
        """Apply what ``actions`` planned, and return what Terraform printed."""
        return self.run("apply", "plan")

    def forget(self, *addresses: str) -> None:
        """Take resources out of the state; they stay in the cloud."""
        self.run("state", "rm", *addresses)

    def problems(self, parts: dict[str, Json]) -> list[tuple[str, str]]:
        """Validate a configuration in parts, and return for each error the part it is in and Terraform's words."""
        for path in self.folder.glob("*.tf.json"):
            path.unlink()
        for name, part in parts.items():
            (self.folder / f"{name}.tf.json").write_text(json.dumps(part, indent=1), encoding="utf-8")
        found = json.loads(self._run("validate", "-json").stdout)
        return [
            (_part(item), f"{item['summary']}: {item['detail']}")
            for item in found["diagnostics"]
            if item["severity"] == "error"
        ]

    def run(self, command: str, *arguments: str) -> str:
        """Run a command and return what it printed; TerraformError when it fails."""
        done = self._run(command, *arguments)
        if done.returncode:
            raise TerraformError(done.stdout + done.stderr)
        return done.stdout

    def _run(self, command: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["terraform", command, *arguments],
            cwd=self.folder,
            env={**without_accounts(), **self._environment},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )


def _part(diagnostic: Json) -> str:
    return str(diagnostic.get("range", {}).get("filename", "")).removesuffix(".tf.json")


def deploy(folder: Path, project: Path) -> Platform:
    """Deploy all stacks of the guide through cdktf."""
    platform = Platform(folder, project)
    platform.synthesize()
    platform.deploy()
    return platform
