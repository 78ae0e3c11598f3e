"""The comment on plans: the table first, what is lost next, never longer than the service takes, never markup."""

from __future__ import annotations

import json
import re

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from plans.changes import Action, Change, Changes, Field
from plans.markdown import AZURE_DEVOPS, GITHUB, code, summary
from plans.reading import read_changes
from tests.plans.record import RECORDED


def recorded(kind: str, stack: str = "mlops-dev") -> Changes:
    return read_changes(stack, json.loads((RECORDED / f"{kind}.json").read_text()))


def length(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def large(stack: str = "mlops-dev", resources: int = 700) -> Changes:
    """Return a plan of which the JSON has more than 2 MB, with some stateful resources replaced at its end."""
    items = [
        {
            "address": f"azurerm_{'storage_account' if number > resources - 5 else 'role_assignment'}.r{number}",
            "mode": "managed",
            "type": "azurerm_storage_account" if number > resources - 5 else "azurerm_role_assignment",
            "change": {
                "actions": ["delete", "create"],
                "before": {"name": "x" * 1600, "key": 1},
                "after": {"name": "y" * 1600, "key": 2},
                "replace_paths": [["name"]],
            },
        }
        for number in range(resources)
    ]
    plan = {"resource_changes": items}
    assert len(json.dumps(plan)) > 2_000_000
    return read_changes(stack, plan)


@pytest.mark.parametrize("limit", [AZURE_DEVOPS, GITHUB])
def test_two_megabytes_are_cut_to_what_the_service_takes_and_the_summary_stays(limit: int) -> None:
    text = summary([recorded("update", "mlops-registry"), large()], limit, marker="<!-- plans -->")
    assert length(text) <= limit
    assert length(text) > limit * 0.9, "there is room for more"
    assert text.startswith("<!-- plans -->\n## ")
    assert "| <code>mlops-dev</code> |  |  | 700 |  |  |  | **⚠ loses 4** |" in text
    for number in range(696, 700):
        assert f"- `mlops-dev`: `azurerm_storage_account.r{number}` is replaced (because of `name`)" in text
    assert re.search(r"^\.\.\. and \d+ more lines are in the log of the run$", text, re.M)
    assert "azurerm_resource_group.group is changed" in text, "a small stack has its room beside a large one"
    assert outside_of_code(text).count("<details>") == outside_of_code(text).count("</details>") == 2


def test_what_is_lost_comes_before_all_details() -> None:
    text = summary([recorded("create", "a"), recorded("replace", "b"), recorded("destroy", "c")], GITHUB)
    lost = text.index("**⚠ What these hold is lost:**")
    assert text.index("| stack |") < lost < text.index("<details>")
    assert text.index("`azurerm_storage_account.account` is replaced") < text.index("<details>")


def test_hundred_stacks_all_stand_in_the_table() -> None:
    plans = [recorded("update", f"mlops-{number:03}") for number in range(100)]
    text = summary(plans, GITHUB)
    assert length(text) <= GITHUB
    assert all(f"| <code>mlops-{number:03}</code> |  | 3 |" in text for number in range(100))


def test_stacks_without_changes_stand_in_one_line() -> None:
    text = summary([recorded("no-change", "a"), recorded("no-change", "b"), recorded("forget", "c")], GITHUB)
    assert "No changes: `a`, `b`." in text
    assert "<code>a</code>" not in text


def test_no_stack_at_all_is_said() -> None:
    assert "No stack is affected." in summary([], GITHUB)


def test_a_stack_that_could_not_be_planned_has_its_error() -> None:
    failed = Changes("mlops-dev", error="azurerm_key_vault.vault\nthe ``` name is taken")
    text = summary([failed, recorded("update", "b")], GITHUB)
    assert "| <code>mlops-dev</code> | | | | | | | **could not be planned** |" in text
    assert "````\nazurerm_key_vault.vault\nthe ``` name is taken\n````" in text


def test_a_long_error_is_cut_at_its_beginning() -> None:
    failed = Changes("mlops-dev", error="\n".join(f"line {number} {'x' * 500}" for number in range(500)))
    text = summary([failed], GITHUB)
    assert length(text) <= GITHUB
    assert "line 499" in text or "more lines are in the log" in text


def test_notes_stand_below_the_table() -> None:
    text = summary([recorded("update")], GITHUB, notes=["No longer configured: `mlops-old`."])
    assert text.index("| stack |") < text.index("No longer configured") < text.index("<details>")


def outside_of_code(text: str) -> str:
    """Return what Markdown would read as markup: without blocks and spans of code."""
    text = re.sub(r"^(`{3,})\w*\n.*?^\1$", "", text, flags=re.M | re.S)
    return re.sub(r"(`+)(?!`).*?(?<!`)\1(?!`)", "", text)


def test_values_of_others_are_no_markup() -> None:
    text = summary([recorded("update")], GITHUB)
    assert "<img" in text, "the value is shown"
    rest = outside_of_code(text)
    assert "<img" not in rest
    assert "@contoso" not in rest
    assert rest.count("</details>") == 1
    assert "##vso[" not in text


def changed(action: Action, *more: Action, stateful: bool = False, note: str = "", **field: str) -> Change:
    fields = (Field(**{"path": "name", "before": "", "after": "", **field}),) if field else ()  # type: ignore[arg-type]
    return Change("a.b", (action, *more), stateful, note, fields)


@pytest.mark.parametrize(
    ("change", "lines"),
    [
        (changed(Action.ADD, after='"x"'), ["+ a.b is added", '+     name = "x"']),
        (changed(Action.CHANGE, before="1", after="2"), ["! a.b is changed", "!     name: 1 -> 2"]),
        (changed(Action.CHANGE, before="1"), ["! a.b is changed", "!     name: 1 -> (none)"]),
        (changed(Action.DESTROY, stateful=True), ["- a.b is destroyed (what it holds is lost)"]),
        (changed(Action.DESTROY), ["- a.b is destroyed"]),
        (changed(Action.REPLACE), ["- a.b is replaced"]),
        (changed(Action.FORGET, note="why"), ["# a.b is forgotten, and stays", "#     why"]),
        (changed(Action.IMPORT), ["= a.b is imported"]),
        (changed(Action.MOVE), ["= a.b is moved"]),
        (changed(Action.MOVE, Action.CHANGE), ["! a.b is moved and is changed"]),
    ],
)
def test_each_change_is_a_sentence_in_the_colour_of_what_it_does(change: Change, lines: list[str]) -> None:
    text = summary([Changes("a", (change,))], GITHUB)
    block = text[text.index("```diff\n") + 8 : text.index("\n```\n")]
    assert block.splitlines() == lines


def test_what_replaces_a_resource_is_marked_in_its_details() -> None:
    change = Change("a.b", (Action.REPLACE,), False, "", (Field("name", "1", "2", True), Field("x", "", "3")))
    text = summary([Changes("a", (change,))], GITHUB)
    assert "-     name: 1 -> 2  # this replaces it\n-     x = 3\n" in text


def test_the_row_of_a_stack_counts_each_action_and_remarks_what_has_no_column() -> None:
    found = [
        changed(action, stateful=True) for action in Action for _ in range(list(Action).index(action) + 1)
    ]
    text = summary([Changes("a", tuple(found), outputs=5)], GITHUB)
    assert "| stack | add | change | replace | destroy | import | forget |  |\n" in text
    assert "| <code>a</code> | 1 | 2 | 3 | 4 | 5 | 6 | **⚠ loses 7**, 7 moved, 5 outputs |\n" in text
    assert (
        "<code>a</code>: 1 to add, 2 to change, 3 to replace, 4 to destroy, 5 to import, 6 to forget, 7 to move<"
    ) in text


def test_what_is_destroyed_comes_first_among_what_is_lost_and_says_why() -> None:
    replaced = Change("a.r", (Action.REPLACE,), True, "asked for", (Field("name", "1", "2", replaces=True),))
    destroyed = Change("a.d", (Action.DESTROY,), True, "not wanted")
    text = summary([Changes("s", (replaced, destroyed))], GITHUB)
    lost = [line for line in text.splitlines() if line.startswith("- `s`")]
    assert lost == [
        "- `s`: `a.d` is destroyed (`not wanted`)",
        "- `s`: `a.r` is replaced (because of `name`, `asked for`)",
    ]


def test_stacks_without_changes_are_counted_where_their_names_are_too_long() -> None:
    text = summary([Changes(f"{number:03}" + "x" * 60) for number in range(40)], 2000)
    assert "No changes: 40 stacks." in text


def test_an_empty_line_parts_the_table_from_the_line_below() -> None:
    text = summary([recorded("update", "a"), recorded("no-change", "b")], GITHUB)
    assert "|  |\n\nNo changes: `b`." in text
    assert text.count("No changes") == 1


texts = st.text(st.sampled_from("ab1é😀`<>@|[]#& *_~\\-"), max_size=30).map(
    lambda text: text.strip(" ") or "x"
)
fields = st.builds(Field, path=texts, before=texts, after=texts, replaces=st.booleans())
changes = st.builds(
    Change,
    address=texts,
    actions=st.lists(st.sampled_from(Action), min_size=1, max_size=2).map(tuple),
    stateful=st.booleans(),
    note=texts,
    fields=st.lists(fields, max_size=3).map(tuple),
)
plans = st.builds(
    Changes,
    stack=texts,
    changes=st.lists(changes, max_size=3).map(tuple),
    outputs=st.integers(0, 3),
    error=texts,
)


@settings(
    max_examples=60, phases=[Phase.explicit, Phase.generate], suppress_health_check=[HealthCheck.too_slow]
)
@given(st.lists(plans, max_size=4), st.integers(1000, 4000))
def test_any_plans_fit_and_none_of_their_texts_is_html(found: list[Changes], limit: int) -> None:
    text = summary(found, limit)
    assert length(text) <= limit
    html = {"details", "/details", "summary", "/summary", "code", "/code"}
    assert set(re.findall(r"<([^<>]*)>", outside_of_code(text))) <= html


@given(texts)
def test_code_is_one_span_whatever_is_in_it(text: str) -> None:
    assert outside_of_code(f"a {code(text)} b") == "a  b"
