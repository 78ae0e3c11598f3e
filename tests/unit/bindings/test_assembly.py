"""What loads runs in a process of its own: a process loads the azurerm package once, in one way."""

import ast
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest

from constructs_lib.bindings import assembly

ROOT = Path(__file__).resolve().parents[3]
BINDINGS = ROOT / "constructs_lib" / "bindings" / "azurerm.py"
WARNING = "Importing all of cdktf_cdktf_provider_azurerm, which is slow."

# The scripts get the cache folder as their argument.
USE_CACHE = """
import sys
from pathlib import Path
from constructs_lib.bindings import assembly
assembly.CACHE = Path(sys.argv[1])
"""

# Making the tarball takes a second: where any will do, scripts get one that is there as their second argument.
USE_TARBALL = "assembly.cut_down = lambda *_: Path(sys.argv[2]).read_bytes()"

PREPARE = f"""
print(assembly.prepare({str(BINDINGS)!r}), assembly.PACKAGE in sys.modules)
"""

SYNTH = """
from cdktf import App, TerraformOutput, TerraformStack
from constructs_lib.bindings import azurerm
from cdktf_cdktf_provider_azurerm.machine_learning_workspace import MachineLearningWorkspaceIdentity

app = App()
stack = TerraformStack(app, "example")
azurerm.AzurermProvider(stack, "azurerm", features=[{"key_vault": [{"purge_soft_delete_on_destroy": True}]}])
group = azurerm.ResourceGroup(
    stack, "group", name="rg-example", location="westeurope", tags={"owner": "me"}, timeouts={"create": "5m"}
)
where = {"location": group.location, "resource_group_name": group.name}
storage = azurerm.StorageAccount(
    stack,
    "storage",
    name="stexample",
    account_tier="Standard",
    account_replication_type="LRS",
    blob_properties={"versioning_enabled": True, "delete_retention_policy": {"days": 7}},
    network_rules={"default_action": "Deny", "bypass": ["AzureServices"]},
    **where,
)
tenant = "00000000-0000-0000-0000-000000000000"
vault = azurerm.KeyVault(stack, "vault", name="kv-example", sku_name="standard", tenant_id=tenant, **where)
insights = azurerm.ApplicationInsights(stack, "insights", name="appi", application_type="web", **where)
workspace = azurerm.MachineLearningWorkspace(
    stack,
    "workspace",
    name="mlw-example",
    application_insights_id=insights.id,
    key_vault_id=vault.id,
    storage_account_id=storage.id,
    identity=MachineLearningWorkspaceIdentity(type="SystemAssigned"),
    **where,
)
grant = azurerm.RoleAssignment(
    stack,
    "grant",
    scope=storage.id,
    role_definition_name="Storage Blob Data Contributor",
    principal_id=workspace.identity.principal_id,
)
grant.add_override("lifecycle.prevent_destroy", True)
TerraformOutput(stack, "days", value=storage.blob_properties.delete_retention_policy.days)
app.synth()

import os
from settings.loader import load_settings
from tests.synthesized import synthesize_to
synthesize_to(load_settings(Path("guide")), Path(os.environ["CDKTF_OUTDIR"]) / "project")

import json, jsii
from jsii._kernel.types import LoadRequest
print(json.dumps({
    "modules": sum(name.startswith(assembly.PACKAGE) for name in sys.modules),
    "types": jsii.kernel.provider.load(LoadRequest(assembly.ASSEMBLY, assembly.VERSION, "")).types,
}))
"""


def start(
    *command: str, outdir: Path | None = None, plain: bool = False, cwd: Path = ROOT
) -> subprocess.Popen[str]:
    """A Python process in the project's folder, as a user would start it."""
    env = {name: value for name, value in os.environ.items() if name != assembly.PLAIN}
    env |= {assembly.PLAIN: "1"} if plain else {}
    env |= {"CDKTF_OUTDIR": str(outdir)} if outdir else {}
    return subprocess.Popen(
        [sys.executable, *command],
        cwd=cwd,
        env=env,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def finish(process: subprocess.Popen[str]) -> tuple[str, str]:
    """Its output and its errors, once it has ended well."""
    try:
        stdout, stderr = process.communicate(timeout=600)  # falling back takes minutes on a busy machine
    finally:
        process.kill()
    assert process.returncode == 0, stderr
    return stdout.strip(), stderr


def run(code: str, *arguments: object) -> tuple[str, str]:
    return finish(start("-c", code, *map(str, arguments)))


def terraform(outdir: Path) -> dict[str, bytes]:
    """What was synthesized into a folder, by path."""
    files = {str(path.relative_to(outdir)): path.read_bytes() for path in outdir.rglob("cdk.tf.json")}
    assert files, "nothing was synthesized"
    return files


def entries(cache: Path) -> list[str]:
    return sorted(path.name for path in cache.iterdir())


class Synthesis(NamedTuple):
    files: dict[str, bytes]
    loaded: dict[str, int]
    stderr: str


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("assembly")


@pytest.fixture(scope="module")
def synthesized(folder: Path) -> dict[str, Synthesis]:
    """A stack with every way to write an argument and those of the project: the short way, and fallen back."""
    (folder / "file").touch()
    scripts = {
        "short": (USE_CACHE + SYNTH, folder / "cache"),
        # It comes to the cache only with a tarball. Any will do.
        "fallen back": (f"{USE_CACHE}assembly.cut_down = lambda *_: b''\n{SYNTH}", folder / "file" / "cache"),
    }
    # At the same time, as falling back takes many seconds.
    processes = {
        way: start("-c", code, str(cache), outdir=folder / way) for way, (code, cache) in scripts.items()
    }
    results = {way: finish(process) for way, process in processes.items()}
    return {
        way: Synthesis(terraform(folder / way), json.loads(stdout), stderr)
        for way, (stdout, stderr) in results.items()
    }


@pytest.fixture(scope="module")
def tarball(folder: Path, synthesized: dict[str, Synthesis]) -> Path:
    """The cut-down tarball for the project's bindings."""
    (entry,) = (folder / "cache").iterdir()
    return entry


@pytest.fixture
def cache(tarball: Path, tmp_path: Path) -> Path:
    """A cache folder of the test's own, with the tarball in it."""
    return Path(shutil.copytree(tarball.parent, tmp_path / "cache"))


def test_both_ways_write_the_same_terraform(synthesized: dict[str, Synthesis]) -> None:
    assert len(synthesized["short"].files) == 5  # the example, and the project's stacks
    assert synthesized["short"].files == synthesized["fallen back"].files


def test_only_the_short_way_loads_part_of_the_package(synthesized: dict[str, Synthesis]) -> None:
    assert synthesized["fallen back"].loaded["modules"] > 1500
    assert synthesized["fallen back"].loaded["types"] > 14_000
    assert synthesized["short"].loaded["modules"] < 120
    assert synthesized["short"].loaded["types"] < 1000


def test_only_the_fall_back_warns_and_once(synthesized: dict[str, Synthesis]) -> None:
    assert {way: result.stderr.count(WARNING) for way, result in synthesized.items()} == {
        "short": 0,
        "fallen back": 1,
    }
    assert "Reason: NotADirectoryError" in synthesized["fallen back"].stderr


def test_the_plain_way_is_the_plain_import_without_a_warning(tmp_path: Path) -> None:
    stdout, stderr = finish(start("-c", USE_CACHE + PREPARE, str(tmp_path / "cache"), plain=True))
    assert (stdout, WARNING in stderr) == ("False False", False)
    assert not (tmp_path / "cache").exists()


AMISS = {
    "assembly.VERSION = '0.0.1'": "is version 14.23.1, and only 0.0.1 is known",
    "assembly.DISTRIBUTION = 'not-installed'": "PackageNotFoundError",
    "assembly._installed = lambda: (None, Path('nowhere'))": "FileNotFoundError",
    "assembly._FORMAT = assembly.cut_down = None": "'NoneType' object is not callable",
    "assembly._FORMAT, assembly._TRIAL = None, 'raise SystemExit(\"refused\")'": "refused",
    "assembly.jsii.kernel.load = lambda *_: 1 / 0": "ZeroDivisionError",
}


@pytest.fixture(scope="module")
def amiss(folder: Path, tarball: Path) -> dict[str, tuple[str, str]]:
    """What is printed, and the one warning, for each thing amiss: in one process, as none of them loads anything."""
    before = entries(folder / "cache")
    code = f"""
saved, load = dict(vars(assembly)), assembly.jsii.kernel.load
for change in {list(AMISS)!r}:
    vars(assembly).update(saved)
    assembly.jsii.kernel.load = load
    {USE_TARBALL}
    exec(change)
    print(assembly.prepare({str(BINDINGS)!r}), assembly.PACKAGE in sys.modules)
"""
    stdout, stderr = run(USE_CACHE + code, folder / "cache", tarball)
    assert entries(folder / "cache") == before
    warnings = [line for line in stderr.splitlines() if line.startswith(WARNING)]
    return {
        change: (printed, warning)
        for change, printed, warning in zip(AMISS, stdout.splitlines(), warnings, strict=True)
    }


@pytest.mark.parametrize("change", AMISS)
def test_whatever_is_amiss_leaves_the_package_to_the_plain_import(
    amiss: dict[str, tuple[str, str]], change: str
) -> None:
    printed, warning = amiss[change]
    assert printed == "False False"
    assert AMISS[change] in warning


def test_a_package_imported_before_is_left_as_it_is(cache: Path) -> None:
    stdout, stderr = run(f"{USE_CACHE}\nsys.modules[assembly.PACKAGE] = assembly\n{PREPARE}", cache)
    assert stdout == "False True"
    assert WARNING not in stderr


@pytest.mark.parametrize("size", [0, -100])
def test_a_cache_entry_that_was_cut_short_is_replaced(cache: Path, tarball: Path, size: int) -> None:
    (entry,) = cache.iterdir()
    whole = entry.read_bytes()
    entry.write_bytes(whole[:size])
    stdout, stderr = run(f"{USE_CACHE}\n{USE_TARBALL}\n{PREPARE}", cache, tarball)
    assert (stdout, WARNING in stderr) == ("True True", False)
    assert entries(cache) == [entry.name]
    assert entry.read_bytes() == whole


def test_a_whole_cache_entry_is_used_from_a_folder_that_cannot_be_written(cache: Path) -> None:
    forbid = "assembly.cut_down = assembly.tempfile.TemporaryDirectory = None"
    assert run(f"{USE_CACHE}\n{forbid}\n{PREPARE}", cache)[0] == "True True"


def test_two_processes_with_an_empty_cache_make_the_same_and_do_not_disturb_each_other(
    tarball: Path, tmp_path: Path
) -> None:
    processes = [start("-c", USE_CACHE + PREPARE, str(tmp_path / "cache")) for _ in range(2)]
    assert [finish(process)[0] for process in processes] == ["True True"] * 2
    assert entries(tmp_path / "cache") == [tarball.name]  # with the hash of its content


def test_an_import_line_is_all_that_a_new_type_takes(cache: Path, tmp_path: Path) -> None:
    for number in range(5):
        (cache / f"azurerm-older-{number}.tgz").touch()
        os.utime(cache / f"azurerm-older-{number}.tgz", (number, number))
    before = set(entries(cache))
    source = tmp_path / "bindings.py"
    source.write_text(
        "from cdktf_cdktf_provider_azurerm.data_azurerm_client_config import DataAzurermClientConfig\n"
        "from cdktf_cdktf_provider_azurerm.maps_account import MapsAccount\n"
    )
    code = """
assert assembly.prepare(sys.argv[2])
exec(Path(sys.argv[2]).read_text())
from cdktf import App, Testing, TerraformStack
stack = TerraformStack(App(), "example")
config = DataAzurermClientConfig(stack, "me")
MapsAccount(stack, "maps", name="maps", resource_group_name=config.client_id, location="west", sku_name="G2")
print(Testing.synth(stack))
"""
    synthesized = json.loads(run(USE_CACHE + code, cache, source)[0])
    maps = synthesized["resource"]["azurerm_maps_account"]["maps"]
    assert maps["resource_group_name"] == "${data.azurerm_client_config.me.client_id}"

    after = set(entries(cache))
    assert len(after - before) == 1
    assert len(after) == 4, "older entries are to be removed"
    assert "azurerm-older-0.tgz" not in after


def test_a_submodule_without_an_import_line_says_what_to_do(cache: Path) -> None:
    code = """
import constructs_lib.bindings.azurerm
for line in (
    "import cdktf_cdktf_provider_azurerm.maps_account",
    "from cdktf_cdktf_provider_azurerm import maps_account",
):
    try:
        exec(line)
    except ImportError as error:
        print(error)
"""
    stdout, _ = run(USE_CACHE + code, cache)
    lines = stdout.splitlines()
    assert len(lines) == 2
    for line in lines:
        assert line.startswith("cdktf_cdktf_provider_azurerm.maps_account is not loaded: add ")
        assert "to constructs_lib/bindings/azurerm.py" in line


def imports_the_package(path: Path) -> bool:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        names: list[str] = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = [node.module or ""]
        if any(name.split(".")[0] == assembly.PACKAGE for name in names):
            return True
    return False


def test_only_the_bindings_import_the_package() -> None:
    ours = [path for path in ROOT.glob("*") if not path.name.startswith(".") and path.name != "node_modules"]
    found = [file for path in ours for file in ([path] if path.suffix == ".py" else path.rglob("*.py"))]
    files = [file for file in found if ".venv" not in file.parts]
    assert [file for file in files if imports_the_package(file)] == [BINDINGS]
