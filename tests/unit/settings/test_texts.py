"""What each kind of text accepts, exactly up to its limits, and what it refuses."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from settings.models import durations, resource_ids, texts
from settings.models.text_rules import Matches

ACCOUNT = (
    "/subscriptions/12345678-abcd-4ef0-9876-0123456789ab/resourceGroups/lake-rg"
    "/providers/Microsoft.Storage/storageAccounts/companylake"
)
ZONES = (
    "/subscriptions/12345678-abcd-4ef0-9876-0123456789ab/resourceGroups/hub-rg"
    "/providers/Microsoft.Network/privateDnsZones"
)

GROUP_ID = "/subscriptions/12345678-abcd-4ef0-9876-0123456789ab/resourceGroups/platform-rg"
NETWORKS = ZONES.replace("privateDnsZones", "virtualNetworks")
SUBNET = (
    "/subscriptions/12345678-abcd-4ef0-9876-0123456789ab/resourceGroups/hub-rg"
    "/providers/Microsoft.Network/virtualNetworks/hub/subnets/ml"
)

KINDS = {**vars(texts), **vars(resource_ids), **vars(durations)}
ACCEPTED: list[tuple[Any, list[str]]] = [
    (texts.Guid, ["00000000-0000-0000-0000-000000000000", "12345678-ABCD-4ef0-9876-0123456789ab"]),
    (
        texts.OrganizationUrl,
        [
            "https://dev.azure.com/contoso",
            "https://contoso.visualstudio.com",
            f"https://dev.azure.com/{'a' * 50}",
        ],
    ),
    (texts.EnvironmentName, ["qa", "eu-prod-2", "a" * 20]),
    (texts.TeamKey, ["a", "qa_team", "leads2", "a" * 128]),
    (texts.DisplayName, ["x", "QA team", "a" * 128, "ä/b"]),
    (texts.Location, ["eastus", "westeurope", "eastus2", "a" * 50]),
    (texts.ResourceGroupName, ["a", "mlops-dev-rg", "a.(b)_-", "a" * 90]),
    (texts.KeyVaultName, ["abc", "a-b-c", "a1" * 12]),
    (texts.StorageAccountName, ["abc", "123", "a" * 24]),
    (
        resource_ids.StorageAccountId,
        [ACCOUNT, ACCOUNT.replace("lake-rg", "Lake_(1).rg")],
    ),
    (texts.DatastoreName, ["ab", "sales_2024", "a" * 64]),
    (texts.ContainerName, ["abc", "1-2-3", "a" * 63]),
    (texts.ContainerRegistryName, ["Abc12", "a" * 50]),
    (texts.WorkspaceName, ["abc", "1_-", "a" * 33]),
    (texts.ComputeName, ["abc", "a-1", "a" * 32]),
    (texts.WorkstationName, ["abc", "dev-anna", "a-1-b2", "A" * 24]),
    (texts.ClusterKey, ["a", "gpu_training", "batch2", "a" * 64]),
    (texts.EndpointName, ["abc", "mlops-Forecast-1", "a" * 32]),
    (
        texts.VmFamily,
        ["standardDSv2Family", "standard NCASv3_T4 Family", "Standard NDASv4_A100 Family", "standardFFamily"],
    ),
    (texts.LogAnalyticsName, ["abcd", "1--2", "a" * 63]),
    (texts.ApplicationInsightsName, ["ab", "my insights (dev)", "a" * 255]),
    (texts.VmSize, ["Standard_DS3_v2", "Standard_NC24ads_A100_v4", f"Standard_{'A' * 64}"]),
    (texts.Branch, ["main", "release/*", "m", "feature/a.b", "a" * 256]),
    (texts.PipelineFolder, ["\\", "\\mlops\\train", "\\" + "a" * 399]),
    (texts.PipelineKey, ["Training", "PR Validation", "eu-prod 2", "a" * 128]),
    (texts.VariableName, ["a", "my_variable_1", "a" * 128]),
    (texts.SecretName, ["a", "my-secret-1", "a" * 127]),
    (texts.BackupVaultName, ["ab", "mlops-prod-backup", "a" * 50]),
    (texts.PrivateDnsZoneName, ["privatelink.azurecr.io", "privatelink.blob.core.windows.net"]),
    (
        resource_ids.PrivateDnsZoneId,
        [f"{ZONES}/privatelink.azurecr.io", f"{ZONES}/privatelink.api.azureml.ms"],
    ),
    (resource_ids.SubnetId, [SUBNET, SUBNET.replace("hub-rg", "a.(b)_-").replace("/ml", "/a.b_c-1")]),
    (texts.Fqdn, ["pypi.org", "*.pythonhosted.org", "a.b-c.xn--p1ai", f"{'a' * 63}.io", "a." * 125 + "com"]),
    (
        texts.PackageFeed,
        [
            "https://pkgs.dev.azure.com/contoso/_packaging/ml/pypi/simple/",
            "https://pypi.contoso.com",
            f"https://{'a.' * 125}com/",
            f"https://a.io/{'b' * 1000}",
        ],
    ),
    (texts.Ipv4Address, ["10.0.0.4", "0.0.0.0", "255.249.199.99"]),  # noqa: S104  # a text, nothing binds to it
    (resource_ids.VirtualNetworkId, [f"{NETWORKS}/spoke", f"{NETWORKS}/a.b_c-d", f"{NETWORKS}/{'a' * 64}"]),
    (texts.SubnetName, ["a", "ml-endpoints", "Default_1.x", "a" * 80]),
    (texts.Egress, ["nat_gateway", "10.0.0.4"]),
    (texts.AgentPoolName, ["agents", "mlops-prod-agents", "Prod agents 2", "my_pool", "a" * 128]),
    (texts.WebhookName, ["abc", "mlops-prod-rollback", "a" * 64]),
    (
        texts.AddressSpace,
        ["10.0.0.0/16", "10.255.255.0/24", "172.16.0.0/20", "172.31.255.0/24", "192.168.0.0/16"],
    ),
    (texts.PythonVersion, ["3.9", "3.12"]),
    (texts.EmailAddress, ["ml-team@company.com", f"{'a' * 242}@company.com"]),
    (texts.TagName, ["managed-by", "cost_center", "a" * 128]),
    (resource_ids.ResourceGroupId, [GROUP_ID, f"{GROUP_ID}.(x)"]),
    (
        resource_ids.LogAnalyticsId,
        [f"{GROUP_ID}/providers/Microsoft.OperationalInsights/workspaces/platform-logs"],
    ),
    (
        resource_ids.ActionGroupId,
        [f"{GROUP_ID}/providers/Microsoft.Insights/actionGroups/{n}" for n in ("a", "On call")],
    ),
    (texts.IgnoredTagName, ["cost-center", "Cost Center", "hidden-link:x", 'a"b', "ä", "a" * 512]),
    (texts.StackPrefix, ["ml", "mlops-eu2", "a" * 20]),
    (texts.TagValue, ["", "a" * 256]),
    (texts.VariableValue, ["", "a\nb", "a" * 32767]),
    (durations.IdleTime, ["PT2M", "PT120S", "P7D", "P1DT2H3M4S"]),
    (durations.IdleShutdown, ["PT15M", "PT900S", "P3D", "P2DT24H"]),
    (durations.ApprovalTimeout, ["PT1M", "PT60S", "P30D", "P29DT24H"]),
    (
        texts.Cron,
        ["0 2 * * *", "*/15 0-5,22,23 1-31/2 1,12 0-6", "0 0 * jan-Dec Mon-Friday", "59 23 31 12 6"],
    ),
    (texts.PlainCron, ["0 8 * * 1-5", "30 19 * * *", "0,30 0-5,22 1-31 1,12 0-6"]),
    (
        texts.WindowsTimeZone,
        ["UTC", "UTC-11", "W. Europe Standard Time", "Central Standard Time (Mexico)", "Russia Time Zone 10"],
    ),
    (texts.Share, ["0", "0.70", "1", "1.000000"]),
    (texts.Measure, ["0", "10.0", "999999999.999999"]),
    (texts.Percent, ["0", "99.5", "100", "100.0"]),
]
REFUSED: list[tuple[Any, list[str]]] = [
    (
        texts.Guid,
        ["12345678-1234-...", "12345678abcd4ef098760123456789ab", "g2345678-abcd-4ef0-9876-0123456789ab"],
    ),
    (
        texts.OrganizationUrl,
        [
            "http://dev.azure.com/contoso",
            "https://dev.azure.com/contoso/",
            "https://dev.azure.com/",
            "contoso",
            f"https://dev.azure.com/{'a' * 51}",
            f"https://{'a' * 51}.visualstudio.com",
        ],
    ),
    (texts.EnvironmentName, ["a", "a" * 21, "Dev", "1dev", "dev-", "dev_eu", ""]),
    (texts.TeamKey, ["", "QA", "qa-team", "2qa", "qa team", "a" * 129]),
    (texts.DisplayName, ["", " a", "a ", "/a", "\\a", "a" * 129, "a\nb", "a\n"]),
    (texts.Location, ["East US", "EastUS", "e", "", "eastus ", "a" * 51]),
    (texts.ResourceGroupName, ["", "a.", "a b", "a" * 91, "rg/1"]),
    (texts.KeyVaultName, ["ab", "a" * 25, "1ab", "ab-", "a--b", "a_b", ""]),
    (texts.StorageAccountName, ["ab", "a" * 25, "Abc", "a-b"]),
    (
        resource_ids.StorageAccountId,
        [
            "companylake",
            f"{ACCOUNT}/",
            f"{ACCOUNT}/blobServices/default",
            ACCOUNT.lower(),
            ACCOUNT[1:],
            ACCOUNT.upper(),
        ],
    ),
    (texts.DatastoreName, ["a", "a" * 65, "Sales", "sales-history", "1_sales", "_sales", "sales history"]),
    (texts.ContainerName, ["ab", "a" * 64, "a--b", "-ab", "ab-", "Abc"]),
    (texts.ContainerRegistryName, ["abcd", "a" * 51, "abc-de", "abc_de"]),
    (texts.WorkspaceName, ["ab", "a" * 34, "-ab", "_ab", "a b c"]),
    (texts.ComputeName, ["ab", "a" * 33, "1ab", "ab-", "a_b"]),
    (texts.WorkstationName, ["ab", "A" * 25, "1ab", "abc-", "dev-1", "a-b-12", "a_bc", "a bc", ""]),
    (texts.ClusterKey, ["", "GPU", "gpu-training", "gpu__a", "gpu_1", "_gpu", "gpu_", "2gpu", "a" * 65]),
    (texts.EndpointName, ["ab", "a" * 33, "1ab", "ab-", "a--b", "a_b", "a.b", ""]),
    (texts.VmFamily, ["DSv2", "standardDSv2", "Family", "standardFamily", "Standard DSv2 Family vCPUs", ""]),
    (texts.LogAnalyticsName, ["abc", "a" * 64, "-abc", "abc-", "a_bc"]),
    (texts.ApplicationInsightsName, ["a", "ab.", "ab ", "a%b", "a/b", "a\nb", "a" * 256]),
    (texts.VmSize, ["DS3_v2", "standard_DS3_v2", "STANDARD_DS3_V2", "Standard_", f"Standard_{'A' * 65}"]),
    (
        texts.Branch,
        [
            "refs/heads/main",
            "a b",
            "*",
            "**",
            "/a",
            "a/",
            "a//b",
            "a..b",
            "a,b",
            "a:b",
            "",
            "a\nb",
            "a" * 257,
        ],
    ),
    (texts.PipelineFolder, ["", "mlops", "/mlops", "\\a\nb", "\\" + "a" * 400]),
    (texts.PipelineKey, ["", "2nd", "a_b", "a  b", "a ", "a.b", "a" * 129]),
    (texts.VariableName, ["", "1a", "my-variable", "my.variable", "a b", "a" * 129]),
    (texts.SecretName, ["", "my_secret", "a b", "a" * 128]),
    (texts.BackupVaultName, ["a", "a" * 51, "1ab", "-ab", "a_b", ""]),
    (
        texts.PrivateDnsZoneName,
        ["azurecr.io", "privatelink.azurecr.io.", "privatelinkXazurecr.io", "privatelink.contoso.com", ""],
    ),
    (
        resource_ids.PrivateDnsZoneId,
        [
            "privatelink.azurecr.io",
            f"{ZONES}/azurecr.io",
            f"{ZONES}/privatelink.azurecr.io/",
            f"{ZONES}/privatelink.AZURECR.io",
            f"{ZONES.replace('resourceGroups', 'resourcegroups')}/privatelink.azurecr.io",
            f"{ZONES.replace('privateDnsZones', 'dnsZones')}/privatelink.azurecr.io",
            f"{ZONES.replace('hub-rg', 'hub/rg')}/privatelink.azurecr.io",
        ],
    ),
    (
        resource_ids.SubnetId,
        [
            "ml",
            SUBNET.replace("virtualNetworks", "virtualnetworks"),
            SUBNET.removesuffix("/subnets/ml"),
            f"{SUBNET}/",
            SUBNET.replace("/hub/", "/hub/x/"),
        ],
    ),
    (
        texts.Fqdn,
        [
            *(
                "pypi",
                "https://example.org",
                "example.org/models",
                "PyPI.org",
                "*",
                "*.org.*",
                "a*.org",
                "-a.org",
            ),
            *(
                "a-.org",
                "a..org",
                "pypi.org.",
                "10.0.0.4",
                f"{'a' * 64}.io",
                "aa." * 84 + "io",
                "a b.org",
                "",
            ),
        ],
    ),
    (
        texts.PackageFeed,
        [
            *(
                "pypi.contoso.com",
                "http://pypi.contoso.com",
                "https://pypi",
                "https://PyPI.org",
                "https://10.0.0.4",
            ),
            *("https://pypi.contoso.com:8443/", "https://ml:token@pypi.contoso.com/", "https://pypi.org/a b"),
            *(
                "https://pypi.org/?a=b",
                "https://pypi.org/a,b",
                "https://pypi.org/a@b",
                "https://*.pypi.org/",
                "",
            ),
            *(f"https://{'aa.' * 84}io/", f"https://a.io/{'b' * 1001}"),
        ],
    ),
    (texts.Ipv4Address, ["10.0.0", "10.0.0.256", "10.0.0.04", "10.0.0.4.", "10.0.0.0/24", "::1", "dns", ""]),
    (
        resource_ids.VirtualNetworkId,
        [
            "spoke",
            NETWORKS,
            f"{NETWORKS}/spoke/subnets/a",
            f"{NETWORKS}/a",
            f"{NETWORKS}/{'a' * 65}",
            f"{NETWORKS.replace('virtualNetworks', 'virtualnetworks')}/spoke",
            f"{NETWORKS.replace('12345678', '1234567')}/spoke",
            "",
        ],
    ),
    (texts.SubnetName, [f"{NETWORKS}/spoke/subnets/a", "a" * 81, "-a", "a-", "a.", "a b", ""]),
    (texts.Egress, ["natgateway", "nat-gateway", "10.0.0", "10.0.0.256", "10.0.0.0/24", "firewall", ""]),
    (
        texts.AgentPoolName,
        [
            *("Azure Pipelines", "azure pipelines", "Hosted Ubuntu 1604", "a" * 129),
            *("a--b", "a  b", "-a", "a-", " a", "a ", "a.b", "a/b", ""),
        ],
    ),
    (texts.WebhookName, ["ab", "a" * 65, "1ab", "-ab", "a_b", "a b"]),
    (
        texts.AddressSpace,
        [
            *("10.0.0.0/15", "10.0.0.0/25", "10.0.0.1/24", "10.30.0.0", "10.256.0.0/24", "010.0.0.0/24"),
            *("10.0.0.0/255.255.0.0", "8.8.8.0/24", "172.15.0.0/16", "172.32.0.0/16", "192.169.0.0/16"),
            *("10.0.0.0/016", "fd00::/64", "10.0.0.0/24 ", "\u0661\u0660.0.0.0/16", ""),
        ],
    ),
    (texts.PythonVersion, ["3", "3.", "2.7", "3.9.1", "3.123"]),
    (texts.EmailAddress, ["company.com", "a@b", "a@b.c, d@e.f", "@b.c", f"{'a' * 243}@company.com"]),
    (texts.TagName, ["", " a", "cost center", "a:b", "a(b)", "1a", "a<b", "a?b", "__proto__", "a" * 129]),
    (
        resource_ids.ResourceGroupId,
        ["platform-rg", f"{GROUP_ID}/x", GROUP_ID.replace("G", "g"), GROUP_ID[:60], f"{GROUP_ID}\n"],
    ),
    (
        resource_ids.LogAnalyticsId,
        [
            GROUP_ID,
            f"{GROUP_ID}/providers/microsoft.operationalinsights/workspaces/platform-logs",
            f"{GROUP_ID}/providers/Microsoft.OperationalInsights/workspaces/logs/x",
            f"{GROUP_ID}/providers/Microsoft.OperationalInsights/workspaces/l",
        ],
    ),
    (
        resource_ids.ActionGroupId,
        [
            GROUP_ID,
            f"{GROUP_ID}/providers/microsoft.insights/actiongroups/on-call",
            f"{GROUP_ID}/providers/Microsoft.Insights/actionGroups/a/b",
            f"{GROUP_ID}/providers/Microsoft.Insights/actionGroups/",
        ],
    ),
    (texts.IgnoredTagName, ["", "cost*", "a<b", "a/b", "a\\b", "a%b", "a\nb", "a" * 513]),
    (texts.StackPrefix, ["", "a", "ML", "1ml", "ml-", "ml_a", "a" * 21]),
    (texts.TagValue, ["a" * 257, "a\nb"]),
    (texts.VariableValue, ["a" * 32768]),
    (
        durations.IdleTime,
        ["PT1M59S", "P7DT1S", "15m", "PT", "P", "P1W", "PT1.5M", "P1DT", "PT\u0661\u0665M", "pt15m", ""],
    ),
    (durations.IdleShutdown, ["PT14M", "PT15M1S", "P3DT1M", "P4D", "15m", ""]),
    (durations.ApprovalTimeout, ["PT59S", "PT90S", "P30DT1M", "P31D"]),
    (
        texts.Cron,
        [
            *("0 2 * *", "0 2 * * * *", "60 2 * * *", "0 24 * * *", "0 2 0 * *", "0 2 32 * *", "0 2 * 13 *"),
            *(
                "0 2 * * 7",
                "0 2 * * 5-1",
                "*/0 2 * * *",
                "0 2 * * Mond",
                "Mon 2 * * *",
                "@daily",
                "0  2 * * *",
            ),
            *("\u0660 2 * * *", "-1 2 * * *", "0, 2 * * *", "*/ 2 * * *", ""),
        ],
    ),
    (
        texts.PlainCron,
        [
            "0 8 * * Mon-Fri",
            "*/15 * * * *",
            "0 8 * *",
            "60 8 * * *",
            "0 8 * * 7",
            "0 8 * * 5-1",
            "0  8 * * *",
            "",
        ],
    ),
    (
        texts.WindowsTimeZone,
        ["Europe/Berlin", "utc", "UTC+1", "CET", "W. Europe", "W. Europe Daylight Time", ""],
    ),
    (texts.Share, ["1.01", "-0.1", ".5", "0,7", "07", "1e0", "", "0.1234567", "NaN"]),
    (texts.Measure, ["-1", "1000000000", "10.", "1_0"]),
    (texts.Percent, ["100.1", "5%", "-1"]),
]


def kind_of(row: object) -> str:
    names = {id(kind): name for name, kind in KINDS.items()}
    return names.get(id(row), "")


@pytest.mark.parametrize(("kind", "words"), ACCEPTED, ids=kind_of)
def test_accepted(kind: Any, words: list[str]) -> None:
    adapter: TypeAdapter[str] = TypeAdapter(kind)
    assert [adapter.validate_python(word, strict=True) for word in words] == words


@pytest.mark.parametrize(
    ("kind", "word"), [(kind, word) for kind, words in REFUSED for word in words], ids=kind_of
)
def test_refused(kind: Any, word: str) -> None:
    with pytest.raises(ValidationError) as refused:
        TypeAdapter(kind).validate_python(word, strict=True)
    assert [error["type"] for error in refused.value.errors()] == ["not_allowed"]


def test_no_kind_is_forgotten() -> None:
    kinds = {name for name, value in KINDS.items() if hasattr(value, "__metadata__")}
    assert {kind_of(kind) for kind, _ in ACCEPTED} == {kind_of(kind) for kind, _ in REFUSED} == kinds


@pytest.mark.parametrize(
    ("duration", "minutes"), [("PT1M", 1), ("P7D", 10_080), ("P30D", 43_200), ("P1DT2H3M", 1_563)]
)
def test_minutes_of_a_duration(duration: str, minutes: int) -> None:
    assert durations.minutes(duration) == minutes


def test_minutes_of_something_else() -> None:
    with pytest.raises(ValueError, match="15m"):
        durations.minutes("15m")


@pytest.mark.parametrize(
    "rule",
    [
        pytest.param(marker, id=name)
        for name, kind in KINDS.items()
        for marker in getattr(kind, "__metadata__", ())
        if isinstance(marker, Matches)
    ],
)
def test_the_advice_is_more_than_to_change_it_and_works(rule: Matches) -> None:
    assert rule.fix or rule.refusal(rule.example.strip('"')) is None


MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
DAYS = ("Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday")


@pytest.mark.parametrize("length", [3, None])
def test_schedules_name_months_and_days_in_their_order(length: int | None) -> None:
    check = TypeAdapter(texts.Cron).validate_python
    for names, place in ((MONTHS, "0 0 1 {} *"), (DAYS, "0 0 * * {}")):
        for one, other in pairwise(name[:length] for name in names):
            check(place.format(f"{one}-{other.lower()}"))
            with pytest.raises(ValidationError):
                check(place.format(f"{other}-{one}"))
    check("0 0 * 1-January,December-12 0-Sun,Sat-6")
    for wrong in ("0 0 * Sun *", "0 0 * * Jan", "0 0 * Janu *"):
        with pytest.raises(ValidationError):
            check(wrong)


@pytest.mark.parametrize(
    ("field", "low", "high", "name"),
    [
        (0, 0, 59, "minute"),
        (1, 0, 23, "hour"),
        (2, 1, 31, "day of month"),
        (3, 1, 12, "month"),
        (4, 0, 6, "day of week"),
    ],
)
def test_the_range_of_each_field_of_a_schedule(field: int, low: int, high: int, name: str) -> None:
    def check(value: str) -> str:
        fields = ["*"] * 5
        fields[field] = value
        return TypeAdapter(texts.Cron).validate_python(" ".join(fields))

    for value in (f"{low}", f"{high}", f"{low}-{high}", f"{low},{high}", "*/1", f"{low}-{high}/2"):
        check(value)
    for value in (*([str(low - 1)] if low else []), str(high + 1), f"{high}-{low}", "*/0"):
        with pytest.raises(ValidationError) as refused:
            check(value)
        (error,) = refused.value.errors()
        assert error["ctx"] == {
            "allowed": f"{name}: {low} to {high}, *, a list, a range or a step",
            "fix": f"write the {name} like {low}, {low}-{high}, {low},{high} or */2",
        }


def test_the_zones_of_private_endpoints() -> None:
    monitor = (
        *("privatelink.monitor.azure.com", "privatelink.oms.opinsights.azure.com"),
        *("privatelink.ods.opinsights.azure.com", "privatelink.agentsvc.azure-automation.net"),
    )
    assert monitor == texts.MONITOR_DNS_ZONES
    assert {
        *("privatelink.api.azureml.ms", "privatelink.notebooks.azure.net", "privatelink.azurecr.io"),
        *(f"privatelink.{part}.core.windows.net" for part in ("blob", "file", "queue", "table")),
        "privatelink.vaultcore.azure.net",
        *monitor,
    } == set(texts.DNS_ZONES)
    for zone in texts.DNS_ZONES:
        TypeAdapter(texts.PrivateDnsZoneName).validate_python(zone)
        with pytest.raises(ValidationError):
            TypeAdapter(texts.PrivateDnsZoneName).validate_python(zone.replace(".", "x"))
