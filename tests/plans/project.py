"""A project with one small stack that was synthesized, for the commands that pipelines run over it."""

from __future__ import annotations

import copy
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

from facts.reader import PROVIDERS, facts
from sandbox.cloud.store import Cloud
from sandbox.commands.mirror import install
from sandbox.commands.platform import without_accounts
from sandbox.services.seed import seed
from tests.plans.azure_cli import AzureCli
from tests.plans.record import CONFIG, SUBSCRIPTION
from tests.project import REPOSITORY

STACK = "mlops-dev"
AZURERM = {
    "azurerm": {
        "storage_account_name": "mlopsstate",
        "container_name": STACK,
        "key": f"{STACK}.tfstate",
        "resource_group_name": "rg",
        "subscription_id": SUBSCRIPTION,
        "use_azuread_auth": True,
    }
}


class Project:
    """A folder with ``cdktf.out`` as cdktf leaves it, providers of the sandbox, and a stand-in for ``az``."""

    def __init__(self, folder: Path, *, name: str = STACK, backend: dict[str, Any] | None = None) -> None:
        self.folder, self.name = folder, name
        self.stack = folder / "cdktf.out" / "stacks" / name
        self.stack.mkdir(parents=True)
        self.backend = backend or {"local": {"path": "../../../terraform.tfstate"}}
        manifest = {"stacks": {name: {"dependencies": [], "workingDirectory": f"stacks/{name}"}}}
        (folder / "cdktf.out" / "manifest.json").write_text(json.dumps(manifest))
        self.cloud = Cloud(folder / "cloud")
        seed(self.cloud.folder, subscriptions=[SUBSCRIPTION])
        self.az = AzureCli(folder / "azure-cli")
        self.environment = {
            **without_accounts(),
            **install(folder / "sandbox").environment(self.cloud.folder),
            "PYTHONPATH": str(REPOSITORY),
            "PATH": f"{self.az.path}:{os.environ['PATH']}",
            "COLUMNS": "200",
            "TF_BUILD": "True",
            "AGENT_TEMPDIRECTORY": str(folder),
        }
        self.write(CONFIG)

    def write(self, config: dict[str, Any], **resource_group: Any) -> None:
        """Make this the Terraform of the stack; ``resource_group`` are further arguments of its resource group."""
        config = copy.deepcopy(config)
        config["resource"]["azurerm_resource_group"]["group"].update(resource_group)
        providers = {name: {"source": facts(name).source} for name in PROVIDERS}
        config["terraform"] = {"backend": self.backend, "required_providers": providers}
        (self.stack / "cdk.tf.json").write_text(json.dumps(config))

    def start(self, *arguments: str, **variables: str) -> subprocess.Popen[str]:
        """Start ``mlops plans``."""
        return subprocess.Popen(
            [sys.executable, "-m", "cli", "plans", *arguments],
            cwd=self.folder,
            env={**self.environment, **variables},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
        """Run ``mlops plans``."""
        process = self.start(*arguments, **variables)
        out, error = process.communicate()
        return subprocess.CompletedProcess(arguments, process.returncode, out, error)

    def terraform(self, *arguments: str) -> str:
        """Run terraform in the folder of the stack, as somebody else would."""
        return subprocess.run(
            ["terraform", *arguments],
            cwd=self.stack,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=True,
        ).stdout

    def plan(self, *options: str) -> str:
        """Plan, keep the plan, and return its SHA-256."""
        done = self.run("make", self.name, "--keep", "kept/a.plan", *options)
        assert done.returncode == 0, done.stdout + done.stderr
        return outputs(done.stdout)["sha256"]

    def apply(self, sha256: str, *options: str) -> subprocess.CompletedProcess[str]:
        """Apply the plan that was kept."""
        return self.run("apply", self.name, "kept/a.plan", "--sha256", sha256, *options)


def outputs(printed: str) -> dict[str, str]:
    """Return the variables that a command set for the pipeline."""
    found = re.findall(r"^##vso\[task\.setvariable variable=(\w+)(?:;isOutput=true)?\](.*)$", printed, re.M)
    return {name: value.replace("%5D", "]") for name, value in found}
