"""The report of what is live."""

from __future__ import annotations

from pathlib import Path

from doctor.live.findings import Examination, Finding, Question, Rule, Unseen, report
from settings.reading.problems import MOST_SHOWN
from tests.project import REPOSITORY

WRONG = Finding(Rule.MISSING_GROUP, "variable group g", "none", "one", "make it")
NOTE = Finding(Rule.NOTE_EDITED, "variable group g", "0.72", "any", "nothing")
UNSEEN = Unseen("the roles on g", "403 Forbidden", "Give this identity: Administrator of the resource.")


def test_nothing_is_wrong() -> None:
    assert report(Examination("mlops", (), ())) == "mlops: 0 findings, 0 notes."


def test_findings_come_first_and_then_notes_and_what_is_not_known() -> None:
    question = Question("Are there parallel jobs?", "an administrator: Parallel jobs.")
    found = Examination("mlops", (NOTE, WRONG), (UNSEEN,), (question,))
    assert report(found) == (
        "mlops: 1 finding, 1 note. 1 thing could not be seen. 1 question to ask.\n\n"
        "variable group g: missing-group\n    found:   none\n    allowed: one\n    fix:     make it\n\n"
        "variable group g: note-edited\n    found:   0.72\n    allowed: any\n    fix:     nothing\n\n"
        "- the roles on g: could not be seen (403 Forbidden). Give this identity: Administrator of the resource.\n\n"
        "- Are there parallel jobs? Ask an administrator: Parallel jobs."
    )


def test_of_very_many_the_first() -> None:
    many = tuple(
        Finding(Rule.MISSING_GROUP, f"group {number}", "", "", "") for number in range(MOST_SHOWN + 2)
    )
    text = report(Examination("mlops", many, (UNSEEN, UNSEEN)))
    assert text.startswith(f"mlops: {MOST_SHOWN + 2} findings, 0 notes. 2 things could not be seen.\n")
    assert "And 2 more, which --json shows." in text
    assert f"group {MOST_SHOWN}:" not in text


def test_what_services_answer_is_printed_on_one_line() -> None:
    evil = Finding(Rule.NOT_READY, "service connection a\x1b[31m", "not ready: \n\x07", "ready", "open it")
    assert "\x1b" not in str(evil)
    assert len(str(evil).splitlines()) == 4
    assert len(str(Unseen("a\nb", "c", "d")).splitlines()) == 1


def test_every_rule_has_an_id_and_a_sentence_of_its_own() -> None:
    assert len({rule.id for rule in Rule}) == len({rule.meaning for rule in Rule}) == len(Rule)
    assert {rule.id for rule in Rule if rule.note} == {
        rule.id for rule in Rule if rule.name.startswith("NOTE_")
    }


def test_every_rule_is_found_in_some_test() -> None:
    files = [*Path(__file__).parent.glob("test_*.py"), REPOSITORY / "tests" / "e2e" / "test_doctor_live.py"]
    text = "".join(path.read_text() for path in files if path != Path(__file__))
    assert [rule.id for rule in Rule if f'"{rule.id}"' not in text] == []
