"""``mlops doctor live``: what is live, against the configuration."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

import typer

from adoption.azure import Azure
from adoption.devops import DevOps
from adoption.outcome import Found, Missing, Unclear
from adoption.references import addresses
from adoption.search import Search
from adoption.wanted import Terraform, Wanted
from cli.exit_codes import ExitCode
from cli.output import refuse, refuse_placeholders, refuse_unknown, say, say_json, settings_in
from client.errors import ServiceError
from client.services import Services, connect
from deployment.stacks import MANIFEST, Stack, output_folder, read_stacks
from doctor.live.before import ids_are_filled_in, questions
from doctor.live.examine import examine
from doctor.live.findings import Examination, Finding, Unseen, report
from doctor.live.roles import Assignment
from settings.loader import Settings

_ROLES = "azurerm_role_assignment"
_THE_ROLES = "the roles of identities in Azure"


def examine_live(
    config: Path, environment: str | None, services: str | None, *, before: bool, as_json: bool
) -> None:
    """Print what is wrong with what is live, or with ``before`` what a first deployment lacks."""
    settings = settings_in(config)
    refuse_unknown(environment, settings)
    if settings.placeholders and services is None:
        if not before:
            refuse_placeholders(settings)
        # Nobody can be asked yet: the organization and the subscriptions are not named.
        missing = tuple(ids_are_filled_in(settings.placeholders))
        found = Examination(f"{config}, and nothing live", missing, (), tuple(questions(settings)))
    else:
        try:
            found = _looked(settings, config, environment, services, before=before)
        except ServiceError as error:
            refuse(str(error), ExitCode.FAILED)
    _show(found, as_json=as_json)


def _looked(
    settings: Settings, config: Path, environment: str | None, services: str | None, *, before: bool
) -> Examination:
    organization = settings.platform.azure_devops.organization_url
    with connect(organization, services=services, read_only=True) as opened:
        if before:
            return examine(opened, settings, environment, before=True)
        stacks, unseen = _stacks(settings, config)
        if environment is not None:
            own = f"{settings.platform.stack_prefix}-{environment}"
            stacks = [stack for stack in stacks if stack.name == own]
        assignments = list[Assignment]()
        for stack in stacks:
            given, not_seen = _assignments(opened, stack)
            assignments += given
            unseen += not_seen
        return examine(opened, settings, environment, assignments=assignments, unseen=unseen)


def _stacks(settings: Settings, config: Path) -> tuple[list[Stack], list[Unseen]]:
    """Return the stacks that were written last, if they are of this configuration: their Terraform has the roles."""
    folder = output_folder()
    again = "Run make synth first, or make doctor-live, which does so."
    if not (folder / MANIFEST).exists():
        return [], [Unseen(_THE_ROLES, f"there is no Terraform in {folder}", again)]
    written = (folder / MANIFEST).stat().st_mtime
    files = (config / "platform.yaml", *(config / "environments").glob("*.yaml"))
    try:
        stacks = read_stacks(folder)
    except (OSError, ValueError, KeyError) as error:
        return [], [Unseen(_THE_ROLES, f"the Terraform in {folder} cannot be read: {error}", again)]
    same = {stack.name for stack in stacks} == set(settings.stack_names)
    if not same or any(path.stat().st_mtime > written for path in files):
        return [], [Unseen(_THE_ROLES, f"the Terraform in {folder} is not that of {config}", again)]
    return stacks, []


def _assignments(services: Services, stack: Stack) -> tuple[list[Assignment], list[Unseen]]:
    """Look for each role that a stack gives."""
    terraform = Terraform(stack)
    given, unseen = [], []
    for address, outcome in Search(terraform, Azure(services), DevOps(services)).run(_ROLES).items():
        wanted = terraform.at(address)
        if wanted is None:
            continue
        if isinstance(outcome, Unclear):
            unseen.append(Unseen(f"{address} of {stack.name}", outcome.why, f"{outcome.fix}."))
            continue
        waits_for = outcome.waits_for if isinstance(outcome, Missing) else ""
        given.append(
            _assignment(terraform, stack, wanted, there=isinstance(outcome, Found), waits_for=waits_for)
        )
    return given, unseen


def _assignment(
    terraform: Terraform, stack: Stack, wanted: Wanted, *, there: bool, waits_for: str
) -> Assignment:
    return Assignment(
        stack.name,
        wanted.name,
        _name(terraform, wanted.body["principal_id"]),
        _name(terraform, wanted.body["scope"]),
        _guid(str(wanted.body["role_definition_id"])),
        there,
        waits_for,
    )


def _name(terraform: Terraform, value: str) -> str:
    """Return the name in Azure of what a value refers to; of an ARM id its last part."""
    for address in addresses(value):
        referred = terraform.at(address)
        return str(referred.body.get("name", address)) if referred else address
    return value.rpartition("/")[2]


def _guid(role: str) -> str:
    return "" if role.startswith("${") else role.rpartition("/")[2].lower()


def _show(found: Examination, *, as_json: bool) -> None:
    if as_json:
        say_json(_as_json(found))
    else:
        say(report(found), "red" if found.wrong else "yellow" if found.notes or found.unseen else "green")
    if found.wrong:
        raise typer.Exit(ExitCode.FINDINGS)
    if found.unseen:
        # Nothing wrong was found, but nobody knows what was not seen.
        raise typer.Exit(ExitCode.FAILED)


def _as_json(found: Examination) -> dict[str, object]:
    return {
        "looked_at": found.looked_at,
        "findings": list(_findings(found.wrong)),
        "notes": list(_findings(found.notes)),
        "unseen": [{"what": item.what, "why": item.why, "who": item.who} for item in found.unseen],
        "questions": [{"question": item.question, "whom": item.whom} for item in found.questions],
    }


def _findings(findings: Iterable[Finding]) -> Iterator[dict[str, object]]:
    for finding in findings:
        yield {
            "rule": finding.rule.id,
            "place": finding.place,
            "found": finding.found,
            "allowed": finding.allowed,
            "fix": finding.fix,
        }
