"""Findings as code scanning reads them."""

from __future__ import annotations

from syrupy.assertion import SnapshotAssertion

from doctor.findings import At, Finding, Kind
from doctor.sarif import sarif
from tests.unit.doctor.examining import CORPUS, Doctor


def test_each_finding_is_a_result_with_its_rule_and_line(doctor: Doctor) -> None:
    findings = doctor.examine(CORPUS / "findings").findings
    log = sarif(findings)
    assert log["version"] == "2.1.0"
    (run,) = log["runs"]
    assert run["tool"]["driver"]["name"] == "mlops doctor pipelines"
    rules = run["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == [kind.id for kind in Kind]
    assert len(run["results"]) == len(findings)
    for result, finding in zip(run["results"], findings, strict=True):
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"] == finding.kind.id
        assert result["level"] == ("note" if finding.kind.id.startswith("note-") else "error")
        assert rules[result["ruleIndex"]]["defaultConfiguration"]["level"] == result["level"]
        (location,) = result["locations"]
        assert location["physicalLocation"]["region"] == {"startLine": finding.at.line}
        for text in (finding.found, finding.allowed, finding.fix):
            assert text in result["message"]["text"]


def test_the_name_of_a_file_is_a_uri(doctor: Doctor) -> None:
    (path,) = doctor.write(**{"a b__ü%": "steps:\n- script: [\n"})
    (result,) = sarif(doctor.examine(path).findings)["runs"][0]["results"]
    place = result["locations"][0]["physicalLocation"]["artifactLocation"]
    assert place == {"uri": "a%20b/%C3%BC%25.yml"}


def test_nothing_found_is_a_run_without_results() -> None:
    assert sarif([])["runs"][0]["results"] == []


def test_a_finding_is_four_lines_whatever_it_quotes(doctor: Doctor) -> None:
    finding = Finding(Kind.UNKNOWN_GROUP, At(doctor.folder, 3), "a\nb", "c\rd", "e\u2028f")
    assert len(str(finding).splitlines()) == 4


def test_what_each_kind_means(snapshot: SnapshotAssertion) -> None:
    rules = sarif([])["runs"][0]["tool"]["driver"]["rules"]
    assert [f"{rule['id']}: {rule['shortDescription']['text']}" for rule in rules] == snapshot


def test_readers_are_told_the_form_and_how_columns_are_counted() -> None:
    assert sarif([])["runs"][0]["columnKind"] == "unicodeCodePoints"
    assert sarif([])["$schema"] == "https://json.schemastore.org/sarif-2.1.0.json"
