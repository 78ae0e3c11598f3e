"""``mlops pull``: what the configuration would not take, and what cannot be written, changes no file."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

import files.replacing
from doctor.live.comparison import differences as differences_of
from settings.models.base import Model
from settings.models.declarations import Declaration, declared
from settings.models.environment import Environment
from settings.models.markers import AsVariable
from settings.models.platform import Platform as PlatformFile
from settings.models.variables import Variable, environment_variables
from tests.unit.library.library import Library
from tests.unit.library.pulling import (
    DEV,
    PROD,
    changed_lines,
    pull,
    refused,
)


def test_a_key_that_stands_nowhere_gets_a_place_and_is_judged_there(config: Path, library: Library) -> None:
    """The guide leaves the switches of a canary and of blue-green to their defaults; one strategy excludes another."""
    library.edit(DEV, canaryDeployment="true")
    said = refused(config)
    assert "config/environments/dev.yaml:59:3: deployment.canary_deployment\n" in said
    assert "found:   traffic and canary_deployment\n" in said
    assert f"\n    Library: canaryDeployment of {DEV}\n" in said
    library.edit(DEV, canaryDeployment="yes")
    assert "config/environments/dev.yaml:59:22: deployment.canary_deployment\n" in refused(config)


def keys_with_defaults(declaration: Declaration, model: type[Model], *path: str) -> Iterator[tuple[str, ...]]:
    """Yield the keys of variables of the Library that may be left out of a file and are variables all the same."""
    for name, info in model.model_fields.items():
        key = info.alias or name
        below = declaration.fields[key]
        owners = [m.owner for m in below.markers if isinstance(m, AsVariable)]
        if not info.is_required() and info.default is not None and "library" in owners:
            yield (*path, key)
        if below.model:
            yield from keys_with_defaults(below, below.model, *path, key)


def test_every_such_key_has_a_section_that_every_file_has() -> None:
    assert list(keys_with_defaults(declared(PlatformFile), PlatformFile)) == []
    assert list(keys_with_defaults(declared(Environment), Environment)) == [
        ("deployment", "canary_deployment"),
        ("deployment", "blue_green_deployment"),
    ]
    assert Environment.model_fields["deployment"].is_required()


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ({"validationMinAccuracy": "1.5"}, "validation.min_accuracy"),
        ({"autoDeploy": "TRUE"}, "deployment.auto_deploy"),
        ({"retentionModelsDays": "010"}, "retention.models"),
        ({"retentionModelsDays": ""}, "retention.models"),
        ({"monitoringLogLevel": "TRACE"}, "monitoring.log_level"),
        ({"blueGreenDeployment": "true"}, "deployment.blue_green_deployment"),
        ({"deploymentTraffic": "101"}, "deployment.traffic"),
        ({"monitoringLogLevel": "two\nlines\u200b"}, "monitoring.log_level"),
    ],
)
def test_what_the_configuration_does_not_take_is_refused_with_its_words(
    config: Path, library: Library, values: dict[str, str], says: str
) -> None:
    library.edit(DEV, **values)
    library.edit(PROD, retentionModelsDays="400")  # which alone would be taken
    said = refused(config)
    assert said.startswith(
        "With the Library's values the configuration would have mistakes. Nothing was written.\n\n"
    )
    assert "config/environments/dev.yaml:" in said
    assert says in said
    assert "\n    found:   " in said and "\n    fix:     " in said
    assert f"\n    Library: {next(iter(values))} of {DEV}\n" in said
    assert tempfile.gettempdir() not in said


def test_two_variables_of_one_key(config: Path, library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    def with_a_copy(environment: Environment) -> tuple[Variable, ...]:
        copy = Variable("copied", environment.validation.min_accuracy, "library", "validation.min_accuracy")
        return (*environment_variables(environment), copy)

    monkeypatch.setattr("doctor.platform.environment_variables", with_a_copy)
    library.deploy(config)
    library.edit(DEV, validationMinAccuracy="0.75")
    said = refused(config)
    assert said.startswith("Two variables come from one key, and differ. Nothing was written.\n")
    assert "config/environments/dev.yaml:51:17: validation.min_accuracy\n" in said
    assert f'in the Library "0.75" as validationMinAccuracy of {DEV}, "0.70" as copied of {DEV}\n' in said
    library.edit(DEV, copied="0.80")
    assert '"0.80" as copied of' in refused(config)
    library.edit(DEV, copied="0.75")
    assert pull(config).exit_code == 0
    assert changed_lines(config) == [
        ("environments/dev.yaml", '  min_accuracy: "0.70"', '  min_accuracy: "0.75"')
    ]


def test_where_nothing_can_be_written(
    config: Path, library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    library.edit(DEV, retentionModelsDays="40")

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(files.replacing, "_write", full)
    done = pull(config)
    assert (done.exit_code, done.stdout) == (3, "")
    assert "dev.yaml cannot be written: No space left on device." in done.stderr


def test_files_that_somebody_changes_meanwhile(
    config: Path, library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    library.edit(DEV, retentionModelsDays="40")
    dev = config / "environments" / "dev.yaml"

    def changing(*arguments: object) -> object:
        dev.write_text("retention: {}\n")
        return differences_of(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr("library.pull.differences", changing)
    done = pull(config)
    assert (done.exit_code, done.stdout, dev.read_text()) == (3, "", "retention: {}\n")
    assert done.stderr == (
        f"The files in {config} were changed while this command was at work. Nothing was written. Run it again.\n"
    )


def test_a_file_that_is_gone_meanwhile(
    config: Path, library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    library.edit(DEV, retentionModelsDays="40")
    dev = config / "environments" / "dev.yaml"

    def removing(*arguments: object) -> object:
        dev.unlink(missing_ok=True)
        return differences_of(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr("library.pull.differences", removing)
    done = pull(config)
    assert (done.exit_code, done.stdout) == (3, "")
    assert done.stderr == f"{dev}: No such file or directory. Nothing was written.\n"


def test_without_access(config: Path, library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AZURE_CLIENT_SECRET", "wrong")
    assert "\n    fix:    " in refused(config)


def test_a_configuration_in_another_place(config: Path, library: Library) -> None:
    library.edit(DEV, validationMinAccuracy="nonsense")
    elsewhere = config.rename(config.parent / "ours")
    assert "\nours/environments/dev.yaml:51:17: " in refused(elsewhere)
