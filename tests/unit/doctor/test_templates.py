"""What a pipeline becomes before its run: texts, lists and mappings with nothing left to put in."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from doctor.findings import Kind
from doctor.reading.definitions import OPAQUE
from doctor.reading.document import Item, Listing, Mapping, Text
from doctor.reading.files import Files
from doctor.reading.templates import Expansion, TooLargeError
from doctor.reading.world import World

ANY = World()
PARAMETERS = """parameters:
- { name: where, default: prod }
- { name: on, type: boolean, default: TRUE }
- { name: off, type: boolean, default: false }
- { name: names, type: object, default: [a, b] }
- { name: pairs, type: object, default: { one: "1", two: "2" } }
- { name: more, type: stepList, default: [{ script: c }, { script: d }] }
"""


def plain(item: Item) -> Any:
    if isinstance(item, Text):
        return item.value.replace(OPAQUE, "?")
    if isinstance(item, Listing):
        return [plain(entry) for entry in item.items]
    assert isinstance(item, Mapping)
    return {key.value: plain(value) for key, value in item.entries}


class Repository:
    """A folder with one pipeline and its templates."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.expansion: Expansion

    def expand(self, pipeline: str, world: World = ANY, **templates: str) -> Any:
        for name, text in {"pipeline": pipeline, **templates}.items():
            path = self.root / f"{name.replace('__', '/')}.yml"
            path.parent.mkdir(exist_ok=True)
            path.write_text(text)
        files = Files(self.root, self.root)
        document = files.read(self.root / "pipeline.yml")
        assert isinstance(document, Mapping)
        self.expansion = Expansion(files, world)
        return plain(self.expansion.expand(document, self.root / "pipeline.yml"))

    def findings(self) -> list[tuple[str, int, Kind, str]]:
        found = self.expansion.findings
        return [(str(f.at.file), f.at.line, f.kind, f.found) for f in found]


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    return Repository(tmp_path)


# A step, and the steps that it becomes.
STEPS: dict[str, tuple[str, list[Any]]] = {
    "a parameter": ("- script: ${{ parameters.where }}", [{"script": "prod"}]),
    "without blanks": ("- script: ${{parameters.where}}", [{"script": "prod"}]),
    "within a text": ("- script: to ${{parameters.where}}!", [{"script": "to prod!"}]),
    "twice in a text": (
        "- script: ${{parameters.where}} ${{parameters.on}}${{'x'}}.",
        [{"script": "prod Truex."}],
    ),
    "an end that is missing": ("- script: a ${{ parameters.where", [{"script": "a ${{ parameters.where"}]),
    "an end that is missing after another": (
        "- script: ${{ 'a' }} ${{ 'b'",
        [{"script": "a ${{ 'b'"}],
    ),
    "braces without a dollar sign": ("- script: a {{ 1 }} }}", [{"script": "a {{ 1 }} }}"}]),
    "what is no expression": ("- script: ${{ a b }}", [{"script": "?"}]),
    "what only the run knows": ("- script: in ${{ variables['Build.Reason'] }}", [{"script": "in ?"}]),
    "in a key": ("- ${{ parameters.where }}: a", [{"prod": "a"}]),
    "a list": ("- ${{ parameters.more }}", [{"script": "c"}, {"script": "d"}]),
    "a list as a value": ("- env: ${{ parameters.names }}", [{"env": ["a", "b"]}]),
    "a mapping": ("- env: ${{ parameters.pairs }}", [{"env": {"one": "1", "two": "2"}}]),
    "if": ("- ${{ if parameters.on }}:\n  - script: a", [{"script": "a"}]),
    "if not": ("- ${{ if parameters.off }}:\n  - script: a", []),
    "if in capitals, without blanks": ("- ${{IF parameters.on}}:\n  - script: a", [{"script": "a"}]),
    "if with a single thing below": ("- ${{ if parameters.on }}:\n    script: a", [{"script": "a"}]),
    "else": (
        "- ${{ if parameters.off }}:\n  - script: a\n- ${{ else }}:\n  - script: b",
        [{"script": "b"}],
    ),
    "elseif": (
        "- ${{ if parameters.off }}:\n  - script: a\n"
        "- ${{ elseif parameters.on }}:\n  - script: b\n"
        "- ${{ elseif parameters.on }}:\n  - script: c\n"
        "- ${{ else }}:\n  - script: d",
        [{"script": "b"}],
    ),
    "an if after an if": (
        "- ${{ if parameters.on }}:\n  - script: a\n- ${{ if parameters.on }}:\n  - script: b",
        [{"script": "a"}, {"script": "b"}],
    ),
    "if in a mapping": (
        "- script: a\n  ${{ if parameters.on }}:\n    name: n\n  ${{ else }}:\n    name: m",
        [{"script": "a", "name": "n"}],
    ),
    "insert": ("- script: a\n  ${{ insert }}:\n    name: n", [{"script": "a", "name": "n"}]),
    "each of a list": (
        "- ${{ each Name in parameters.names }}:\n  - script: ${{ name }}",
        [{"script": "a"}, {"script": "b"}],
    ),
    "each of a mapping": (
        "- ${{ each p in parameters.pairs }}:\n  - script: ${{ p.key }}=${{ p.value }}",
        [{"script": "one=1"}, {"script": "two=2"}],
    ),
    "each of what only the run knows": (
        "- ${{ each p in variables['Build.Reason'] }}:\n  - script: ${{ p }}",
        [{"script": "?"}],
    ),
    "each without a list": ("- ${{ each p of parameters.names }}:\n  - script: a", []),
    "each in a mapping": (
        "- env:\n    ${{ each p in parameters.pairs }}:\n      ${{ p.key }}: x${{ p.value }}",
        [{"env": {"one": "x1", "two": "x2"}}],
    ),
}


@pytest.mark.parametrize(("step", "steps"), STEPS.values(), ids=STEPS)
def test_what_a_step_becomes(repository: Repository, step: str, steps: list[Any]) -> None:
    assert repository.expand(f"{PARAMETERS}steps:\n{step}\n") == {"steps": steps}
    assert repository.expansion.alternatives == 0


def test_the_values_of_a_run_come_before_the_defaults(repository: Repository) -> None:
    world = World(parameters=(("where", "test"), ("on", "false")))
    pipeline = f"{PARAMETERS}steps:\n- script: ${{{{ parameters.where }}}} ${{{{ parameters.on }}}}\n"
    assert repository.expand(pipeline, world) == {"steps": [{"script": "test False"}]}


def test_one_of_the_alternatives_that_depend_on_the_run_is_there(repository: Repository) -> None:
    condition = "eq(variables['Build.Reason'], 'PullRequest')"
    steps = f"steps:\n- ${{{{ if {condition} }}}}:\n  - script: a\n"
    steps += f"- ${{{{ elseif {condition} }}}}:\n  - script: b\n- ${{{{ else }}}}:\n  - script: c\n"
    for pick, script in enumerate("abcc"):
        assert repository.expand(steps, World(pick=pick)) == {"steps": [{"script": script}]}
    assert repository.expansion.alternatives == 2


def test_a_branch_decides_where_it_is_known(repository: Repository) -> None:
    steps = "steps:\n- script: ${{ variables['Build.SourceBranchName'] }} ${{ variables.unknown }}.\n"
    assert repository.expand(steps, World("refs/heads/a/b")) == {"steps": [{"script": "b ."}]}
    assert repository.expand(steps) == {"steps": [{"script": "? ."}]}
    assert [reference.name for reference in repository.expansion.references] == ["unknown"]


def test_variables_are_known_from_where_they_stand_on(repository: Repository) -> None:
    pipeline = """variables:
- { name: first, value: a }
- { name: second, value: "${{ variables.first }}${{ variables.later }}" }
- { name: later, value: $(first) }
stages:
- jobs:
  - variables: { first: own }
    steps:
    - script: ${{ variables.first }}
  - steps:
    - script: ${{ variables.FIRST }} ${{ variables.later }}
"""
    expanded = repository.expand(pipeline)
    assert expanded["variables"][1] == {"name": "second", "value": "a"}
    own, other = expanded["stages"][0]["jobs"]
    assert own["steps"] == [{"script": "own"}]
    assert other["steps"] == [{"script": "a ?"}]


def test_a_template_gets_its_parameters_and_nothing_else(repository: Repository) -> None:
    template = """parameters:
- { name: where }
- { name: how, default: slowly }
- { name: flag, type: boolean, default: false }
steps:
- script: ${{ parameters.where }} ${{ parameters.how }} ${{ parameters.flag }} ${{ parameters.own }}.
"""
    use = "- template: t.yml\n  parameters: { Where: prod, flag: True }\n"
    expanded = repository.expand(
        f"parameters: {{ own: a }}\nsteps:\n- script: a\n{use}- script: z\n", t=template
    )
    assert [step["script"] for step in expanded["steps"]] == ["a", "prod slowly True .", "z"]
    assert repository.expansion.followed == {repository.root / "t.yml"}


def test_a_parameter_that_a_template_does_not_declare_is_there_all_the_same(repository: Repository) -> None:
    """Azure DevOps refuses it, and says so itself: what is said here is about variables."""
    template = (
        "parameters:\n- { name: a, default: x }\nsteps:\n- script: ${{ parameters.a }}${{ parameters.b }}\n"
    )
    use = "steps:\n- template: t.yml\n  parameters: { b: y }\n"
    assert repository.expand(use, t=template) == {"steps": [{"script": "xy"}]}


@pytest.mark.parametrize("key", ["steps", "jobs", "stages", "variables"])
def test_a_template_stands_for_entries_of_each_list(repository: Repository, key: str) -> None:
    expanded = repository.expand(
        f"{key}:\n- template: t.yml\n", t=f"{key}:\n- {{ name: a }}\n- {{ name: b }}\n"
    )
    assert expanded == {key: [{"name": "a"}, {"name": "b"}]}


def test_a_template_of_variables_may_be_a_mapping(repository: Repository) -> None:
    expanded = repository.expand("variables:\n- template: t.yml\n", t="variables: { a: x, b: y }\n")
    assert expanded == {"variables": [{"name": "a", "value": "x"}, {"name": "b", "value": "y"}]}


def test_what_extends_a_template_is_the_template_with_its_own_variables(repository: Repository) -> None:
    pipeline = (
        "trigger: none\nvariables: { a: x }\nextends:\n  template: t.yml\n  parameters: { where: prod }\n"
    )
    template = "parameters: { where: dev }\nvariables:\n- { name: b, value: y }\n"
    template += "steps:\n- script: ${{ parameters.where }} ${{ variables.a }}\n"
    expanded = repository.expand(pipeline, t=template)
    assert expanded["steps"] == [{"script": "prod x"}]
    assert expanded["variables"] == [{"name": "a", "value": "x"}, {"name": "b", "value": "y"}]
    assert "parameters" not in expanded


def test_templates_are_found_from_their_own_folder_or_the_root(repository: Repository) -> None:
    expanded = repository.expand(
        "steps:\n- template: in/one.yml\n",
        in__one="steps:\n- template: two.yml\n- template: /three.yml@self\n",
        in__two="steps:\n- script: two\n",
        three="steps:\n- script: three\n",
    )
    assert expanded == {"steps": [{"script": "two"}, {"script": "three"}]}


def test_templates_that_are_not_there_are_findings(repository: Repository) -> None:
    pipeline = "steps:\n- template: gone.yml\n- template: other.yml@tools\n"
    pipeline += "- template: ${{ variables['Build.Reason'] }}.yml\n- template: bad.yml\n"
    repository.expand(pipeline, bad="steps:\n- script: [\n")
    assert repository.findings() == [
        ("pipeline.yml", 2, Kind.MISSING_TEMPLATE, "no file gone.yml"),
        ("pipeline.yml", 3, Kind.NOTE_UNSEEN, "the template other.yml@tools, of another repository"),
        ("pipeline.yml", 4, Kind.NOTE_UNSEEN, "the template ….yml, of a name that is known only in the run"),
        ("bad.yml", 3, Kind.UNREADABLE, "the end of the file"),
    ]


def test_a_template_in_itself_is_too_large(repository: Repository) -> None:
    with pytest.raises(TooLargeError):
        repository.expand("steps:\n- template: t.yml\n", t="steps:\n- template: t.yml\n")


def test_thirty_templates_in_each_other_are_not_too_many(repository: Repository) -> None:
    chain = {f"t{number}": f"steps:\n- template: t{number + 1}.yml\n" for number in range(30)}
    chain["t29"] = "steps:\n- script: end\n"
    assert repository.expand("steps:\n- template: t0.yml\n", ANY, **chain) == {"steps": [{"script": "end"}]}
    chain["t29"], chain["t30"] = "steps:\n- template: t30.yml\n", "steps:\n- script: end\n"
    with pytest.raises(TooLargeError):
        repository.expand("steps:\n- template: t0.yml\n", ANY, **chain)


def test_a_variable_is_read_in_its_line(repository: Repository) -> None:
    pipeline = """steps:
- ${{ variables.key }}: a
- script: ${{ variables.plain }}
- script: |
    echo
    echo ${{ variables.block }} ${{ variables.same }}
- ${{ if variables.condition }}:
  - script: "${{ variables.never }}"
"""
    repository.expand(pipeline)
    assert [(r.name, r.at.line) for r in repository.expansion.references] == [
        *(("key", 2), ("plain", 3), ("block", 6), ("same", 6), ("condition", 7))
    ]


def test_what_is_nested_too_deeply_is_too_large(repository: Repository) -> None:
    def chain(templates: int) -> dict[str, str]:
        nested = "steps:\n- a: {{ b: {{ c: [{{ template: t{}.yml }}] }} }}\n"
        found = {f"t{number}": nested.format(number + 1) for number in range(templates)}
        return {**found, f"t{templates}": "steps:\n- script: end\n"}

    assert repository.expand("steps:\n- template: t0.yml\n", ANY, **chain(10))
    with pytest.raises(TooLargeError):
        repository.expand("steps:\n- template: t0.yml\n", ANY, **chain(28))
