"""The project that is tested: where it is, and copies of it with another configuration."""

from __future__ import annotations

import shutil
from pathlib import Path

REPOSITORY = Path(__file__).parent.parent
GUIDE = REPOSITORY / "guide"
"""The reference configuration. The project's own tests never read ``config/``, which belongs to the user."""
COMPANY = REPOSITORY / "examples" / "company"
"""A configuration whose environments together use everything that the guide does not have."""
CODE = ("main.py", "settings", "stacks", "constructs_lib", "deployment", "facts", "files")
"""What a synthesis needs beside the configuration."""

ANY_NODE = {"JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION": ",".join(map(str, range(16, 100)))}
"""Environment variable with which no Node is called old: the tests run with any."""

TENANT = "11111111-2222-4333-8444-555555555555"
SUBSCRIPTION = "aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee"
DEVELOPERS = "dddddddd-1111-4222-8333-444444444444"
ON_CALL = "eeeeeeee-1111-4222-8333-444444444444"
"""Object ids of groups of people."""
SUBNET = (
    f"/subscriptions/{SUBSCRIPTION}/resourceGroups/hub-rg"
    "/providers/Microsoft.Network/virtualNetworks/hub/subnets/ml"
)
WORKSTATION = f"""workstations:
  - name: dev-anna
    user: {ON_CALL}
    vm_size: Standard_DS3_v2
    schedule: {{ stop: "0 19 * * *" }}

"""
HUB = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/hub-dns/providers/Microsoft.Network/privateDnsZones"


def copy_project(folder: Path, configuration: Path = GUIDE) -> Path:
    """Copy the code with ``configuration`` as its ``config/``, and what makes the first import quick."""
    for name in (*CODE, ".cache"):
        source = REPOSITORY / name
        if source.is_dir():
            shutil.copytree(source, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        elif source.exists():
            shutil.copy(source, folder)
    copy_configuration(folder, configuration)
    return folder


def copy_configuration(folder: Path, configuration: Path = GUIDE) -> Path:
    """Copy ``configuration`` to ``folder / "config"``, and return that. The guide is what a user starts with."""
    return Path(shutil.copytree(configuration, folder / "config"))


def replace(path: Path, *edits: tuple[str, str]) -> None:
    """Edit a file; each text to replace must be there."""
    text = path.read_text()
    for old, new in edits:
        assert old in text, f"{old!r} is not in {path}"
        text = text.replace(old, new)
    path.write_text(text)


def fill_in_ids(config: Path) -> None:
    """Do what the README tells a user to do first."""
    zeros = "00000000-0000-0000-0000-000000000000"
    replace(
        config / "platform.yaml",
        (f'tenant_id: "{zeros}"', f'tenant_id: "{TENANT}"'),
        (f"https://dev.azure.com/{zeros}", "https://dev.azure.com/contoso"),
        (f'subscription_id: "{zeros}"', f'subscription_id: "{SUBSCRIPTION}"'),
    )
    for path in (config / "environments").iterdir():
        replace(path, (zeros, SUBSCRIPTION))


def add_staging(config: Path) -> None:
    """Add the environment ``staging``, a copy of dev with names of its own."""
    shutil.copy(config / "environments" / "dev.yaml", config / "environments" / "staging.yaml")
    replace(
        config / "environments" / "staging.yaml",
        ("name: dev\n", "name: staging\n"),
        ("mlops-dev", "mlops-staging"),
        ("mlopsdev", "mlopsstaging"),
        ("Azure-MLOps-Dev", "Azure-MLOps-Staging"),
    )


def add_infrastructure_pipelines(config: Path) -> None:
    """Have pipelines check and deploy the platform itself, from the repository ``mlops-platform``."""
    with (config / "platform.yaml").open("a") as file:
        file.write(
            "\ninfrastructure_pipelines:\n  repository: mlops-platform\n  approvers: [platform_team]\n"
        )


def make_private(path: Path, address_space: str) -> None:
    """Give an environment a virtual network and private endpoints."""
    replace(
        path,
        ("  vnet: false\n", "  vnet: true\n"),
        ("  private_endpoints: false\n", "  private_endpoints: true\n"),
        (
            "security:\n",
            "private_network:\n"
            f"  address_space: {address_space}\n"
            "  isolation_mode: AllowInternetOutbound\n"
            "\nsecurity:\n",
        ),
    )


def make_state_storage(config: Path) -> None:
    """Let the platform make the storage that its state lies in."""
    replace(
        config / "platform.yaml",
        (
            "  type: local\n",
            "  type: azurerm\n"
            f'  subscription_id: "{SUBSCRIPTION}"\n'
            "  resource_group: mlops-state-rg\n"
            "  storage_account: mlopsstate\n"
            "  create:\n"
            "    location: eastus\n"
            "    plan_storage_account: mlopsstateplans\n",
        ),
    )


def use_every_option(config: Path) -> None:
    """Fill in real ids, keep the state in Azure, add the environment ``staging``, and choose what else there is."""
    fill_in_ids(config)
    add_staging(config)
    replace(
        config / "environments" / "staging.yaml",
        ("tier: dev", "tier: test"),
        ("auto_deploy: true", "auto_deploy: false"),
        ("managed_identity: user_assigned", "managed_identity: system_assigned\n  delete_locks: true"),
        (
            "  log_level: DEBUG\n",
            "  log_level: DEBUG\n"
            "  application_insights_keys: true\n"
            "  storage_reads: true\n"
            "  daily_log_quota: 5\n",
        ),
        ('"0.70"', '"0.75"'),
    )
    with (config / "environments" / "staging.yaml").open("a") as file:
        file.write(
            "\nkey_vault_variable_group:\n"
            "  name: mlops-staging-secrets\n"
            "  used_by: [Promotion]\n"
            "  permissions: { leads: Administrator }\n"
            "  secrets: [scoring-api-password]\n"
            "\naccess:\n"
            f"  data_scientist: [{DEVELOPERS}]\n"
            f"  operator: [{DEVELOPERS.upper()}, {ON_CALL}]\n"
        )
    with (config / "environments" / "prod.yaml").open("a") as file:
        file.write(f"\naccess:\n  reader: [{DEVELOPERS}]\n")
    replace(
        config / "platform.yaml",
        (
            "  type: local\n",
            "  type: azurerm\n"
            f'  subscription_id: "{SUBSCRIPTION}"\n'
            "  resource_group: mlops-state-rg\n"
            "  storage_account: mlopsstate\n"
            "  container: tfstate\n",
        ),
        ("create: false #", "create: true #"),
        ("delete_locks: true", "delete_locks: false"),
        ("{ name: Leads, create: true }", "{ name: Leads, create: false }"),
        ("Promotion: { name: Promotion }", "Promotion: { name: promote, folder: \\mlops }"),
        ("PR Validation: { name: PR Validation }", "PR Validation: { name: PR Validation, exists: false }"),
        (
            "    purpose: Pipeline execution settings\n",
            "    purpose: Pipeline execution settings\n    extra_variables:\n      batchSize: '010'\n",
        ),
    )


def close_everything(config: Path) -> None:
    """Open nothing at all to public networks, let prod use the DNS zones and the firewall of a hub, and give dev a
    workstation.
    """
    environments = config / "environments"
    replace(environments / "dev.yaml", ("training_schedule:", f"{WORKSTATION}training_schedule:"))
    make_private(environments / "dev.yaml", "10.10.0.0/24")
    make_private(environments / "test.yaml", "10.20.0.0/22")
    replace(
        environments / "prod.yaml",
        (
            "  isolation_mode: AllowInternetOutbound",
            "  outbound_fqdns:\n"
            "    - pypi.org\n"
            "    - '*.pythonhosted.org'\n"
            "    - any.pythonhosted.org\n"
            "    - any-pythonhosted.org\n"
            "  dns_servers: [10.0.0.4]\n"
            "  egress: 10.0.0.5\n"
            "  dns_zones:\n"
            f"    privatelink.blob.core.windows.net: {HUB}/privatelink.blob.core.windows.net\n"
            f"    privatelink.azurecr.io: {HUB}/privatelink.azurecr.io\n"
            "  isolation_mode: AllowOnlyApprovedOutbound",
        ),
        ("  delete_locks: true\n", ""),
    )
    replace(config / "platform.yaml", ("  public_network_access: true", "  public_network_access: false"))
