"""Cutting a tarball down, tried on a small one: what is kept, and what is refused."""

import io
import json
import tarfile
from pathlib import Path
from typing import Any

import pytest

from constructs_lib.bindings import assembly


def jsii_type(namespace: str, name: str, **fields: Any) -> dict[str, Any]:
    fqn = f"{assembly.ASSEMBLY}.{namespace}.{name}"
    return {"fqn": fqn, "assembly": assembly.ASSEMBLY, "namespace": namespace, "docs": {}, **fields}


def spec(**fields: Any) -> dict[str, Any]:
    """A small assembly with two submodules, as jsii describes it."""
    types = [
        jsii_type("keyVault", "KeyVault", methods=[{"returns": {"type": {"collection": {"kind": "map"}}}}]),
        jsii_type("mapsAccount", "MapsAccount"),
    ]
    return {
        "name": assembly.ASSEMBLY,
        "version": assembly.VERSION,
        "types": {known["fqn"]: known for known in types},
        "submodules": {
            f"{assembly.ASSEMBLY}.keyVault": {"symbolId": "src/key-vault/index:"},
            f"{assembly.ASSEMBLY}.mapsAccount": {"symbolId": "src/maps-account/index:"},
        },
        **fields,
    }


def full_tarball(
    path: Path, description: object, *, left_out: str = "", first: str = "package/.jsii"
) -> Path:
    files = {
        first: json.dumps(description),
        "package/package.json": "{}",
        "package/lib/index.js": "everything",
        "package/lib/key-vault/index.js": "vault;\n//# sourceMappingURL=data:base64",
        "package/lib/maps-account/index.js": "maps",
    }
    with tarfile.open(path, "w:gz") as archive:
        for name in (name for name in files if name != left_out):
            member = tarfile.TarInfo(name)
            member.size = len(files[name])
            archive.addfile(member, io.BytesIO(files[name].encode()))
    return path


def test_the_cut_down_tarball_has_what_is_in_use_and_nothing_else(tmp_path: Path) -> None:
    content = assembly.cut_down(full_tarball(tmp_path / "full.tgz", spec()), {"keyVault"})
    with tarfile.open(fileobj=io.BytesIO(content)) as archive:
        files = {name: b"".join(archive.extractfile(name) or []).decode() for name in archive.getnames()}
    description = json.loads(files.pop("package/.jsii"))
    assert list(description["submodules"]) == ["@cdktf/provider-azurerm.keyVault"]
    (vault,) = description["types"].values()
    assert "docs" not in vault
    assert vault["methods"] == [{"returns": {"type": {"collection": {"kind": "map"}}}}]
    assert files == {
        "package/package.json": "{}",
        "package/lib/index.js": 'exports.keyVault = require("./key-vault");\n',
        "package/lib/key-vault/index.js": "vault;\n",
    }


REFERRING = jsii_type("keyVault", "KeyVault", base="@cdktf/provider-azurerm.mapsAccount.MapsAccount")


@pytest.mark.parametrize(
    ("description", "namespace", "reason"),
    [
        ({"schema": "jsii/file-redirect", "filename": ".jsii.gz"}, "keyVault", "only a redirect"),
        (spec(version="15.0.0"), "keyVault", "does not describe"),
        (spec(), "newResource", r"would lack @cdktf/provider-azurerm\.newResource"),
        (spec(types={REFERRING["fqn"]: REFERRING}), "keyVault", r"would lack .*\.mapsAccount\.MapsAccount"),
        (
            spec(submodules={f"{assembly.ASSEMBLY}.keyVault": {"symbolId": "src/index:keyVault"}}),
            "keyVault",
            "not in a folder of its own",
        ),
    ],
)
def test_an_assembly_that_is_not_as_expected_is_refused(
    tmp_path: Path, description: dict[str, Any], namespace: str, reason: str
) -> None:
    with pytest.raises(assembly.NotUsableError, match=reason):
        assembly.cut_down(full_tarball(tmp_path / "full.tgz", description), {namespace})


def test_a_tarball_that_does_not_start_with_the_assembly_is_refused(tmp_path: Path) -> None:
    with pytest.raises(assembly.NotUsableError, match=r"starts with package/\.jsii\.gz"):
        assembly.cut_down(full_tarball(tmp_path / "full.tgz", spec(), first="package/.jsii.gz"), {"keyVault"})


@pytest.mark.parametrize("name", ["package/package.json", "package/lib/key-vault/index.js"])
def test_a_tarball_without_a_needed_file_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(assembly.NotUsableError, match=f"has no {name}"):
        assembly.cut_down(full_tarball(tmp_path / "full.tgz", spec(), left_out=name), {"keyVault"})
