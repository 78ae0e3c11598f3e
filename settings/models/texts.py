"""The kinds of text the configuration holds, each with the rule of the service that reads it.

Name rules are those of Azure Resource Manager ("Naming rules and restrictions for Azure resources") and of
Azure DevOps ("Naming restrictions and conventions"). A marker behind a rule says what more is checked wherever the
type stands.
"""

from __future__ import annotations

from typing import Annotated

from settings.models.markers import NotFilledIn, Unique
from settings.models.text_rules import (
    IsCron,
    IsExactNumber,
    IsPlainCron,
    IsPrivateRange,
    Matches,
)

NO_ID = "00000000-0000-0000-0000-000000000000"
GUID = "[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"
TEAM_KEY = "[a-z][a-z0-9_]{0,127}"

Guid = Annotated[
    str,
    Matches(
        GUID,
        "a GUID such as 12345678-abcd-4ef0-9876-0123456789ab",
        "copy the id from the Azure portal; all zeros mean 'not filled in yet'",
    ),
    NotFilledIn(NO_ID),
]
OrganizationUrl = Annotated[
    str,
    Matches(
        "https://dev\\.azure\\.com/[A-Za-z0-9][A-Za-z0-9-]{0,49}|https://[A-Za-z0-9-]{1,50}\\.visualstudio\\.com",
        "the address of an organization (at most 50 characters), such as https://dev.azure.com/contoso, "
        "without a final slash",
        example="https://dev.azure.com/contoso",
    ),
    NotFilledIn(f"https://dev.azure.com/{NO_ID}"),
]
EnvironmentName = Annotated[
    str,
    Matches(
        "[a-z][a-z0-9-]{0,18}[a-z0-9]",
        "2 to 20 lower-case letters, digits and hyphens, starting with a letter",
        example="eu-prod",
    ),
]
TeamKey = Annotated[
    str,
    Matches(
        TEAM_KEY,
        "1 to 128 lower-case letters, digits and underscores, starting with a letter",
        example="qa_team",
    ),
]
DisplayName = Annotated[
    str,
    Matches(
        "[^\\s/\\\\|](?:.{0,126}[^\\s])?",
        "1 to 128 characters, not starting with / \\ or |, no blank at either end",
        example="QA Team",
    ),
]
Location = Annotated[
    str, Matches("[a-z][a-z0-9]{1,49}", "an Azure region in its short form, such as eastus", example="eastus")
]
ResourceGroupName = Annotated[
    str,
    Matches(
        "[A-Za-z0-9_().-]{0,89}[A-Za-z0-9_()-]",
        "1 to 90 letters, digits, underscores, hyphens, dots and parentheses, not ending with a dot",
        example="mlops-dev-rg",
    ),
    Unique("resource group", within="subscription_id"),
]
KeyVaultName = Annotated[
    str,
    Matches(
        "(?!.*--)[A-Za-z][A-Za-z0-9-]{1,22}[A-Za-z0-9]",
        "3 to 24 letters, digits and hyphens, starting with a letter, ending with a letter or digit, no '--'",
        example="mlops-dev-keyvault",
    ),
    Unique("key vault"),
]
StorageAccountName = Annotated[
    str,
    Matches("[a-z0-9]{3,24}", "3 to 24 lower-case letters and digits", example="mlopsdevstorage"),
    Unique("storage account"),
]
ContainerName = Annotated[
    str,
    Matches(
        "(?!.*--)[a-z0-9][a-z0-9-]{1,61}[a-z0-9]",
        "3 to 63 lower-case letters, digits and single hyphens, starting and ending with a letter or digit",
        example="validation-data",
    ),
]
DatastoreName = Annotated[
    str,
    Matches(
        "[a-z][a-z0-9_]{1,63}",
        "2 to 64 lower-case letters, digits and underscores, starting with a letter",
        example="sales_history",
    ),
]
ContainerRegistryName = Annotated[
    str,
    Matches("[A-Za-z0-9]{5,50}", "5 to 50 letters and digits", example="mlopsdevregistry"),
    Unique("container registry"),
]
WorkspaceName = Annotated[
    str,
    Matches(
        "[A-Za-z0-9][A-Za-z0-9_-]{2,32}",
        "3 to 33 letters, digits, hyphens and underscores, starting with a letter or digit",
        example="mlops-dev-workspace",
    ),
]
ComputeName = Annotated[
    str,
    Matches(
        "[A-Za-z][A-Za-z0-9-]{1,30}[A-Za-z0-9]",
        "3 to 32 letters, digits and hyphens, starting with a letter, ending with a letter or digit",
        example="dev-training-cluster",
    ),
    Unique("compute cluster", within="file"),
]
WorkstationName = Annotated[
    str,
    # "Create an Azure Machine Learning compute instance", Compute name.
    Matches(
        "(?!.{25})(?!.*-[0-9-]*$)[A-Za-z][A-Za-z0-9-]{2,23}",
        "3 to 24 letters, digits and hyphens, starting with a letter, with a letter behind the last hyphen",
        example="dev-anna",
    ),
]
ClusterKey = Annotated[
    str,
    # Becomes a part of a variable's name: gpu_training is GpuTraining.
    Matches(
        "(?!.{65})[a-z][a-z0-9]*(?:_[a-z][a-z0-9]*)*",
        "words of lower-case letters and digits with single underscores between them, each starting with a letter, "
        "64 characters at most",
        example="gpu_training",
    ),
    Unique("key of a cluster", within="file", without="_"),
]
EndpointName = Annotated[
    str,
    Matches(
        "(?!.*--)[A-Za-z][A-Za-z0-9-]{1,30}[A-Za-z0-9]",
        "3 to 32 letters, digits and single hyphens, starting with a letter, ending with a letter or digit",
        example="mlops-dev-forecast",
    ),
    Unique("online endpoint", within="location"),
]
VmFamily = Annotated[
    str,
    Matches(
        "[Ss]tandard ?[A-Za-z0-9_]{1,40} ?Family",
        "a family of VM sizes as Azure's quotas have it, such as standardDSv2Family",
        example="standardDSv2Family",
    ),
]
LogAnalyticsName = Annotated[
    str,
    Matches(
        "[A-Za-z0-9][A-Za-z0-9-]{2,61}[A-Za-z0-9]",
        "4 to 63 letters, digits and hyphens, starting and ending with a letter or digit",
        example="mlops-dev-logs",
    ),
]
ApplicationInsightsName = Annotated[
    str,
    Matches(
        "[^\\s%&\\\\?/][^\\n%&\\\\?/]{0,253}[^\\s.%&\\\\?/]",
        "2 to 255 characters on one line without % & \\ ? /, not ending with a blank or a dot",
        example="mlops-dev-insights",
    ),
]
VmSize = Annotated[
    str,
    Matches(
        "Standard_[A-Z][A-Za-z0-9_-]{0,63}",
        "an Azure VM size as Azure writes it, such as Standard_DS3_v2",
        example="Standard_DS3_v2",
    ),
]
Branch = Annotated[
    str,
    Matches(
        "(?!.{257})(?!refs/)(?!\\*+$)(?!.*(?:[\\s~^:?\\[\\\\,]|//|\\.\\.))[^/](?:.*[^/])?",
        "a branch of at most 256 characters, such as main or release/*, without refs/heads/; not every branch",
        example="main",
    ),
]
PipelineFolder = Annotated[
    str,
    Matches(
        "\\\\.{0,399}",
        "a folder of at most 400 characters that starts with a backslash, such as \\ or \\mlops",
        example="\\mlops",
    ),
]
VariableName = Annotated[
    str,
    Matches(
        "[A-Za-z][A-Za-z0-9_]{0,127}",
        "letters, digits and underscores, starting with a letter",
        example="batchSize",
    ),
]
PipelineKey = Annotated[
    str,
    # Becomes a part of Terraform addresses, with its blanks as underscores.
    Matches(
        "(?!.{129})[A-Za-z][A-Za-z0-9-]*( [A-Za-z0-9-]+)*",
        "words of letters, digits and hyphens with single blanks between them, starting with a letter, "
        "128 characters at most",
        example="PR Validation",
    ),
]
BackupVaultName = Annotated[
    str,
    Matches(
        "[A-Za-z][A-Za-z0-9-]{1,49}",
        "2 to 50 letters, digits and hyphens, starting with a letter",
        example="mlops-prod-backup",
    ),
]
_MONITOR_ZONES = (
    "monitor.azure.com",
    "oms.opinsights.azure.com",
    "ods.opinsights.azure.com",
    "agentsvc.azure-automation.net",
)
_ZONES = (
    "api.azureml.ms",
    "notebooks.azure.net",
    "blob.core.windows.net",
    "file.core.windows.net",
    "queue.core.windows.net",
    "table.core.windows.net",
    "vaultcore.azure.net",
    "azurecr.io",
    *_MONITOR_ZONES,
)
DNS_ZONES = tuple(f"privatelink.{zone}" for zone in _ZONES)
"""The zones that private endpoints of this platform register their addresses in."""
MONITOR_DNS_ZONES = tuple(f"privatelink.{zone}" for zone in _MONITOR_ZONES)
"""Those of Azure Monitor alone, which also uses that of blobs."""
PrivateDnsZoneName = Annotated[
    str,
    Matches(
        "privatelink\\.(?:" + "|".join(zone.replace(".", "\\.") for zone in _ZONES) + ")",
        "one of " + ", ".join(DNS_ZONES),
        "write the zone's whole name",
    ),
]
SubnetName = Annotated[
    str,
    Matches(
        "[A-Za-z0-9](?:[A-Za-z0-9_.-]{0,78}[A-Za-z0-9_])?",
        "the name of a subnet: 1 to 80 letters, digits, underscores, dots and hyphens, no id",
        example="private-endpoints",
    ),
]
_HOST = "(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]"
Fqdn = Annotated[
    str,
    Matches(
        "(?!.{254})(?:\\*\\.)?" + _HOST,
        "a host name in lower case, such as pypi.org or *.pythonhosted.org",
        example="pypi.org",
    ),
]
_OCTET = "(?:25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])"
Ipv4Address = Annotated[
    str,
    Matches(f"{_OCTET}(?:\\.{_OCTET}){{3}}", "an IPv4 address, such as 10.0.0.4", example="10.0.0.4"),
]
NAT_GATEWAY = "nat_gateway"
Egress = Annotated[
    str,
    Matches(
        f"{NAT_GATEWAY}|{_OCTET}(?:\\.{_OCTET}){{3}}",
        "nat_gateway, or the IPv4 address of a firewall, such as 10.0.0.4",
        "write nat_gateway for a gateway of this network's own, or the private address of the hub's firewall",
    ),
]
AgentPoolName = Annotated[
    str,
    # Becomes a part of Terraform addresses. Checks on one of Microsoft's pools would hold for the whole project.
    Matches(
        "(?!.{129})(?![Aa]zure [Pp]ipelines$)(?![Hh]osted )[A-Za-z0-9_]+(?:[ -][A-Za-z0-9_]+)*",
        "the name of a pool of your own, not one of Microsoft's: words of letters, digits and underscores with single "
        "blanks or hyphens between them, 128 characters at most",
        example="mlops-prod-agents",
    ),
]
PackageFeed = Annotated[
    str,
    # No port: outbound rules know 80 and 443 only. No comma, which separates feeds in their variable.
    Matches(
        f"https://(?![^/]{{254}}){_HOST}(?:/[^\\s?#@,]{{0,1000}})?",
        "the https address of a Python package index, its host in lower case, without port, user and token",
        "write it like https://pkgs.dev.azure.com/contoso/_packaging/ml/pypi/simple/; credentials are kept in a "
        "connection of the workspace (docs/company.md)",
    ),
]
WebhookName = Annotated[
    str,
    Matches(
        "[A-Za-z][A-Za-z0-9-]{2,63}",
        "3 to 64 letters, digits and hyphens, starting with a letter",
        example="mlops-prod-rollback",
    ),
    Unique("service connection"),
]
SecretName = Annotated[
    str,
    Matches(
        "[A-Za-z0-9-]{1,127}",
        "a Key Vault secret's name: 1 to 127 letters, digits and hyphens",
        example="scoring-api-password",
    ),
]
PythonVersion = Annotated[
    str, Matches("3\\.[0-9]{1,2}", 'a Python version in quotes, such as "3.9"', example='"3.9"')
]
EMAIL = Matches(
    # RFC 5321 has no longer ones. Trying every dot of a text takes long where there are very many.
    "(?!.{255})[^@\\s,;]+@[^@\\s,;]+\\.[^@\\s,;]+",
    "one e-mail address of at most 254 characters",
    example="ml-team@example.com",
)
EmailAddress = Annotated[str, EMAIL]
TagName = Annotated[
    str,
    # Private DNS zones drop what other resources take: blanks, colons, parentheses, a digit at the start. A tag of
    # the one name that no JavaScript object can hold as a key never reaches cdktf.
    Matches(
        "(?!__proto__$)(?![0-9])[^\\s:()<>%&\\\\?/]{1,128}",
        "1 to 128 characters without blanks and : ( ) < > % & \\ ? /, not starting with a digit, not __proto__",
        example="cost-center",
    ),
]
# What a policy writes, may have a name that is none for private DNS zones.
IgnoredTagName = Annotated[
    str,
    Matches(
        "[^\\x00-\\x1f\\x7f<>%&\\\\?/*]{1,512}",
        "the whole name of a tag: 1 to 512 characters without < > % & \\ ? / *",
        "write each name out; Terraform knows no beginnings of names",
    ),
]
StackPrefix = Annotated[
    str,
    Matches(
        "[a-z][a-z0-9-]{0,18}[a-z0-9]",
        "2 to 20 lower-case letters, digits and hyphens, starting with a letter",
        example="mlops",
    ),
]
# An agent hands a variable to its tasks in their environment, where Windows takes no longer text.
VariableValue = Annotated[
    str, Matches("[\\s\\S]{0,32767}", "at most 32767 characters", "shorten it to 32767 characters")
]
TagValue = Annotated[str, Matches(".{0,256}", "at most 256 characters", "shorten it to 256 characters")]


# --- Schedules and exact numbers ----------------------------------------------------------------------

Cron = Annotated[str, IsCron()]
PlainCron = Annotated[str, IsPlainCron()]
WindowsTimeZone = Annotated[
    str,
    Matches(
        "UTC(?:[+-][0-9]{2})?|[A-Z][A-Za-z0-9 .-]* Standard Time(?: [0-9]| \\(Mexico\\))?|Russia Time Zone [0-9]{1,2}",
        "a time zone as Windows calls it, such as UTC or W. Europe Standard Time",
        'look it up in "Default time zones" of the Windows documentation; Europe/Berlin is W. Europe Standard Time',
    ),
]
AddressSpace = Annotated[str, IsPrivateRange()]
Share = Annotated[str, IsExactNumber(1, 'a share from "0" to "1", in quotes, such as "0.85"')]
Measure = Annotated[str, IsExactNumber(None, 'a number of 0 or more, in quotes, such as "10.0"')]
Percent = Annotated[str, IsExactNumber(100, 'a percentage from 0 to 100, such as 5 or "99.5"')]
