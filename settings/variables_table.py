"""The tables of all variables in the six Library groups, with the values of the guide, as documentation.

What the guide does not have follows, with the values of the company in ``examples/``.

``python -m settings.variables_table`` writes it to ``docs/variables.md``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from settings.loader import Settings, load_settings
from settings.models.devops import VariableGroup
from settings.models.variables import Variable, environment_variables, platform_variables
from settings.reading.problems import printable

PROJECT = Path(__file__).parents[1]
GUIDE, COMPANY = PROJECT / "guide", PROJECT / "examples" / "company"
FILE = PROJECT / "docs" / "variables.md"
_INTRODUCTION = """\
# Variables

The six variable groups of the Azure DevOps Library, with the first value of each variable in the guide, its owner
and the key of the configuration it comes from, in the order of the keys. This page is generated from `guide/`, which
`config/` starts as a copy of; your values stand in `config/`. Variables of what the guide does not have follow
[at the end](#further-variables).

## Who owns a value

- **terraform** owns facts of the infrastructure: names, ids, connections, and what its alert rules, lifecycle rules,
  approvals and backup follow, or what only a file of a pipeline can say, such as a schedule. Change them in `config/`
  and deploy. A different value in the Library changes nothing by itself, and is put right by the next deployment.
- **library** owns settings that a step of a pipeline reads when it runs. The deployment that creates such a variable
  gives it the first value shown here. From then on it belongs to the people who edit the Library: the next pipeline
  run uses their value, and no deployment changes it back.

## The same name in two groups

Some settings of validation, monitoring and retention are in `{pipeline_settings}`, and with other values also
in each environment's own group:

{both}

When a YAML pipeline lists two groups with the same variable, the group it lists last sets the value (Azure
DevOps, "Manage variable groups"). So list the environment's own group last:

```yaml
variables:
  - group: {pipeline_settings}
  - group: {environment}
```
"""
_FURTHER = """\
## Further variables

Of sections that the guide does not have: each is in the group of an environment that has the section. The values are
those of `examples/company`; [company.md](company.md) and [network.md](network.md) explain the sections.
"""
_COLUMNS = "| variable | first value | owner | key |\n| --- | --- | --- | --- |"


def render(settings: Settings, company: Settings) -> str:
    """Return the text of the page: every variable of ``settings``, and what ``company`` has beyond them."""
    shared = platform_variables(settings.platform, settings.environments)
    own = [(environment, environment_variables(environment)) for environment in settings.environments]
    of_environments = {variable.name for _, variables in own for variable in variables}
    both = [v.name for v in shared["pipeline_settings"] if v.name in of_environments]
    introduction = _INTRODUCTION.format(
        pipeline_settings=settings.platform.pipeline_settings.variable_group.name,
        environment=settings.environments[0].variable_group.name,
        both="\n".join(f"- `{name}`" for name in both),
    )
    lines = [introduction]
    for environment, variables in own:
        lines += _group(environment.variable_group, variables, f"the environment `{environment.name}`")
    for section, variables in shared.items():
        group = getattr(settings.platform, section).variable_group
        lines += _group(group, variables, "`config/platform.yaml`, or of an environment: `dev: key`")
    further = {v.name: v for e in company.environments for v in environment_variables(e)}
    lines += [
        _FURTHER,
        _COLUMNS,
        *(_row(v) for name, v in further.items() if name not in of_environments),
        "",
    ]
    return "\n".join(lines)


def _group(group: VariableGroup, variables: Iterable[Variable], where: str) -> Iterator[str]:
    yield f"## {group.name}\n"
    yield f"Used by: {', '.join(group.used_by)}. Keys of {where}.\n"
    yield _COLUMNS
    yield from map(_row, variables)
    yield ""


def _row(variable: Variable) -> str:
    value = printable(variable.value).replace("|", "\\|")
    return f"| {variable.name} | `{value}` | {variable.owner} | {variable.setting} |"


if __name__ == "__main__":
    FILE.write_text(render(load_settings(GUIDE), load_settings(COMPANY)), encoding="utf-8")
