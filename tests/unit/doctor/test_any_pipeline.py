"""Whatever stands in a pipeline: findings that point into it, never an exception, and soon."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from settings.loader import Settings
from tests.fragments import FRAGMENTS
from tests.inputs import inputs, mangle
from tests.unit.doctor.examining import CORPUS, Doctor

FILES = sorted([*(CORPUS / "clean").rglob("*.yml"), *(CORPUS / "findings").rglob("*.yml")])
TEXTS = {file: file.read_text(encoding="utf-8") for file in FILES}
PIECES = st.one_of(
    FRAGMENTS,
    st.sampled_from(
        [
            *(
                "${{",
                "}}",
                "${{ if }}:",
                "${{ else }}:\n",
                "${{ each x in y }}:",
                "${{ insert }}: ",
                "$(",
                "$[",
                "]",
                ")",
            ),
            *(
                "${{ parameters }}",
                "${{ variables.workspaceName }}",
                "$(workspaceName)",
                "$[variables.a]",
                "((((",
                "''",
            ),
            *(
                "template: ",
                "- template: base.yml\n",
                "extends:\n",
                "steps:\n",
                "variables:\n",
                "parameters:\n",
                "@self",
            ),
            *(
                "dependsOn: model\n",
                "environment: $(a)\n",
                "matrix: $[a]\n",
                "\ue000",
                "*",
                "refs/heads/",
                "trigger: *\n",
            ),
        ]
    ),
)


@st.composite
def mangled(draw: st.DrawFn) -> tuple[Path, str]:
    """Draw a file of the corpus and its text with one to five random edits."""
    file = draw(st.sampled_from(FILES))
    return file, mangle(draw, TEXTS[file], PIECES, most_edits=5, widest_indent=10)


@pytest.fixture(scope="module")
def doctor(settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Doctor:
    """A doctor with the templates of the corpus beside the pipeline."""
    folder = tmp_path_factory.mktemp("any")
    for file, text in TEXTS.items():
        if file.parent.name == "templates":
            (folder / "templates").mkdir(exist_ok=True)
            (folder / "templates" / file.name).write_text(text, encoding="utf-8")
    return Doctor(settings, folder)


def assert_findings(doctor: Doctor, content: bytes) -> None:
    path = doctor.folder / "pipeline.yml"
    path.write_bytes(content)
    findings = doctor.examine(path, every=True).findings
    shown = [str(finding) for finding in findings]
    assert len(set(shown)) == len(shown), "a finding is reported twice"
    for finding in findings:
        assert len(str(finding).splitlines()) == 4
        assert finding.found and finding.allowed and finding.fix
        if finding.at.file == Path("pipeline.yml"):
            assert 1 <= finding.at.line <= content.count(b"\n") + content.count(b"\r") + 1


@inputs(100)
@given(change=mangled())
def test_mangled_text(doctor: Doctor, change: tuple[Path, str]) -> None:
    file, text = change
    changed = doctor.folder / "templates" / file.name
    if file.parent.name == "templates":
        # Its pipelines look at it.
        changed.write_bytes(text.encode(errors="replace"))
        try:
            for pipeline in (p for p in FILES if p.parent == file.parent.parent):
                assert_findings(doctor, TEXTS[pipeline].encode())
        finally:
            changed.write_text(TEXTS[file], encoding="utf-8")
    else:
        assert_findings(doctor, text.encode(errors="replace"))


@inputs(60)
@given(content=st.binary(max_size=60))
def test_random_bytes(doctor: Doctor, content: bytes) -> None:
    assert_findings(doctor, content)


HEAD = "trigger: none\nvariables:\n  - group: mlops-dev-variables\nsteps:\n"
SIZES: dict[str, Callable[[int], str]] = {
    "steps": lambda n: (
        HEAD + "".join(f"- script: echo $(unknown{i}) --min-accuracy 0.7\n" for i in range(n // 50))
    ),
    "one script": lambda n: HEAD + "- bash: |\n" + "    echo $(a) $b accuracy >= 0.7\n" * (n // 35),
    "variables": lambda n: (
        "variables:\n"
        + "".join(f"  v{i}: $(v{i + 1})\n" for i in range(n // 20))
        + "steps:\n- script: $(v0)\n"
    ),
    "jobs and variables": lambda n: (
        "jobs:\n"
        + "".join(
            f"- job: j{i}\n  variables: {{v{i}: a}}\n  steps: [{{script: $(v0)}}]\n" for i in range(n // 140)
        )
        + "variables:\n"
        + "".join(f"  v{i}: a\n" for i in range(n // 20))
    ),
    "groups": lambda n: (
        "variables:\n" + "- group: mlops-dev-variables\n" * (n // 30) + "steps:\n- script: a\n"
    ),
    "expressions": lambda n: HEAD + "- script: " + "${{ " * (n // 4) + "\n",
    "parentheses": lambda n: HEAD + "- script: ${{ " + "(" * n + " }}\n",
    "macros": lambda n: HEAD + "- script: " + "$(" * (n // 4) + "a" * (n // 2) + "\n",
    "blanks": lambda n: HEAD + "- bash: |\n    read" + " " * n + "local for\n",
    "triggers": lambda n: "trigger: [" + "a*, " * (n // 4) + "main]\nsteps:\n- script: a\n",
    "depends": lambda n: (
        "jobs:\n"
        + "".join(
            f"- job: j{i}\n  dependsOn: [j{i - 1}, j{i // 2}]\n  steps: [{{publish: a}}]\n"
            for i in range(n // 90)
        )
        + "- deployment: d\n  dependsOn: j1\n  environment: prod-deployment\n"
    ),
    "parameters": lambda n: (
        "parameters:\n"
        + "".join(f"- {{name: p{i}, values: [a, b, c]}}\n" for i in range(n // 30))
        + "steps:\n- script: ${{ parameters.p1 }}\n"
    ),
    "conditions": lambda n: "steps:\n" + "- ${{ if parameters.x }}:\n  - script: a\n" * (n // 40),
    "keys": lambda n: "variables:\n  a: b\n" * (n // 20) + "steps:\n- script: ${{ variables.x }}\n",
}


@pytest.mark.parametrize("shape", SIZES)
def test_a_large_pipeline_takes_no_longer_than_its_size(doctor: Doctor, shape: str) -> None:
    """What looks at each part once for each other part takes minutes at this size."""
    path = doctor.folder / "large.yml"
    path.write_text(SIZES[shape](60_000))
    started = time.process_time()
    doctor.examine(path)
    assert time.process_time() - started < 8.0


DOUBLING = """
parameters:
- name: x
  type: object
  default: [a, b]
steps:
- ${{ if ne(length(parameters.x), 0) }}:
  - template: twice.yml
    parameters:
      x:
      - ${{ parameters.x }}
      - ${{ parameters.x }}
- script: echo ${{ join(',', parameters.x) }}
"""


def test_a_template_that_grows_without_end_is_refused(doctor: Doctor) -> None:
    doctor.write(twice=DOUBLING)
    started = time.process_time()
    (path,) = doctor.write(pipeline="trigger: none\nsteps:\n- template: twice.yml\n")
    (finding,) = (f for f in doctor.examine(path).findings if f.kind.id == "unreadable")
    assert finding.found == "a pipeline that grows too large when its templates are put in"
    assert time.process_time() - started < 8.0


def test_templates_that_include_each_other_end(doctor: Doctor) -> None:
    doctor.write(one="steps:\n- template: other.yml\n", other="steps:\n- template: one.yml\n")
    (path,) = doctor.write(pipeline="trigger: none\nsteps:\n- template: one.yml\n")
    assert [f.kind.id for f in doctor.examine(path).findings] == ["unreadable"]
