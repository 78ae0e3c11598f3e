"""``mlops doctor``: what is wrong, with its cause and remedy."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cli.exit_codes import ExitCode
from cli.live import examine_live
from cli.output import CONFIG, Config, Json, ServicesAddress, refuse, say, say_json, settings_in
from doctor.examine import Examination, examine
from doctor.findings import Finding, report
from doctor.platform import Elsewhere, Platform
from doctor.sarif import sarif

app = typer.Typer(
    no_args_is_help=True, rich_markup_mode=None, help="Find out what is wrong, and what to do about it."
)


@app.callback()
def commands() -> None:
    """Find out what is wrong, and what to do about it."""


@app.command()
def pipelines(
    paths: Annotated[
        list[Path],
        typer.Argument(exists=True, metavar="PATH...", help="Pipelines, and folders that have some."),
    ],
    config: Config = CONFIG,
    every: Annotated[
        bool, typer.Option("--all", help="These are all pipelines: find groups too that none of them uses.")
    ] = False,
    group: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", help="A variable group beside the platform's. Repeatable."),
    ] = None,
    variable: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME", help="A variable of the pipeline's settings in Azure DevOps. Repeatable."
        ),
    ] = None,
    connection: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", help="A service connection beside the platform's. Repeatable."),
    ] = None,
    environment: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", help="An Azure DevOps environment beside the platform's. Repeatable."),
    ] = None,
    as_json: Json = False,
    as_sarif: Annotated[bool, typer.Option("--sarif", help="Print SARIF 2.1.0, for code scanning.")] = False,
) -> None:
    """Check the YAML of pipelines against the configuration. Nothing is run, and nobody is asked.

    \b
    Example: mlops doctor pipelines azure-pipelines.yml pipelines/
    """
    if as_json and as_sarif:
        refuse("Choose --json or --sarif: one document at a time.", ExitCode.USAGE)
    elsewhere = Elsewhere(*(tuple(names or ()) for names in (group, variable, connection, environment)))
    platform = Platform(settings_in(config), elsewhere)
    examination = examine(paths, platform, Path.cwd(), every=every)
    wrong = [finding for finding in examination.findings if not finding.kind.note]
    if as_sarif:
        say_json(sarif(examination.findings))
    elif as_json:
        say_json(_as_json(examination))
    else:
        style = "red" if wrong else "yellow" if examination.findings else "green"
        say(report(list(examination.findings), len(examination.pipelines), examination.passed_over), style)
    if wrong:
        raise typer.Exit(ExitCode.FINDINGS)


@app.command()
def live(
    environment: Annotated[
        str | None, typer.Option("--env", metavar="NAME", help="Only what belongs to this environment.")
    ] = None,
    before: Annotated[
        bool, typer.Option("--before", help="Look for what a first deployment needs instead.")
    ] = False,
    services: ServicesAddress = None,
    config: Config = CONFIG,
    as_json: Json = False,
) -> None:
    """Check the organization and the subscriptions as they are now against the configuration. Nothing is changed.

    \b
    Example: mlops doctor live --env prod
    """
    examine_live(config, environment, services, before=before, as_json=as_json)


def _as_json(examination: Examination) -> dict[str, object]:
    return {
        "pipelines": [path.as_posix() for path in examination.pipelines],
        "passed_over": examination.passed_over,
        "findings": [_finding(finding) for finding in examination.findings if not finding.kind.note],
        "notes": [_finding(finding) for finding in examination.findings if finding.kind.note],
    }


def _finding(finding: Finding) -> dict[str, object]:
    return {
        "kind": finding.kind.id,
        "file": finding.at.file.as_posix(),
        "line": finding.at.line,
        "found": finding.found,
        "allowed": finding.allowed,
        "fix": finding.fix,
    }
