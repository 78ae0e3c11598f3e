"""One value of a YAML file is changed, and every other character stays."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from library.editing import YamlText
from settings.reading.file import YamlFile
from tests.inputs import inputs


def edited(text: str, key: str, value: str, now: object = "", keys: tuple[str, ...] = ()) -> str:
    file = YamlText(text.encode())
    file.set(tuple(key.split(".")), value, now=now, keys=keys)
    return file.content.decode()


@pytest.mark.parametrize(
    ("before", "value", "after"),
    [
        ('a: "0.70" # least', "0.75", 'a: "0.75" # least'),
        ("a: '0.70' # least", "it's", "a: 'it''s' # least"),
        ("a: '0.70'", "two\nlines", 'a: "two\\nlines"'),
        ("a:   30   # days", "60", "a:   60   # days"),
        ("a: 30", "060", 'a: "060"'),
        ("a: 30", "6.5", 'a: "6.5"'),
        ("a: 30", " 6", 'a: " 6"'),
        ("a: true", "false", "a: false"),
        ("a: true", "TRUE", 'a: "TRUE"'),
        ("a: DEBUG", "INFO", "a: INFO"),
        ("a: DEBUG", "true", 'a: "true"'),
        ("a: DEBUG", "7", 'a: "7"'),
        ("a: DEBUG", "", 'a: ""'),
        ("a: DEBUG", "null", 'a: "null"'),
        ("a: DEBUG", "a #b", 'a: "a #b"'),
        ("a: DEBUG", "a: b", 'a: "a: b"'),
        ("a: DEBUG", "*b", 'a: "*b"'),
        ("a: DEBUG", 'say "x\\y"', 'a: say "x\\y"'),
        ('a: "DEBUG"', 'say "x\\y"\t\u200b', 'a: "say \\"x\\\\y\\"\\t\\u200b"'),
        ("a: DEBUG", "日本 🙂", "a: 日本 🙂"),
        ("a: >- # folded\n  one\n  two\n\n# b\nb: 1", "three", 'a: "three" # folded\n\n# b\nb: 1'),
        ("a: |\n  one\nb: 1", "three", 'a: "three"\nb: 1'),
        ("{ a: x, b: y }", "z, c: w", '{ a: "z, c: w", b: y }'),
        ("{ a: x, b: y }", "z", "{ a: z, b: y }"),
    ],
)
def test_a_value_is_written_as_it_was(before: str, value: str, after: str) -> None:
    for end in ("", "\n", "\nlast: 1 # one\n"):
        if end and before.startswith("{"):
            continue
        assert edited(before + end, "a", value) == after + end


@pytest.mark.parametrize("end", ["\r\n", "\r"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_ends_of_lines_stay(end: str, mark: str) -> None:
    before = mark + end.join(["# first", "a: 1 # one", "b:", "  - 1", "  - 2", "c: x", ""])
    assert edited(before, "a", "2") == before.replace("a: 1", "a: 2")
    assert edited(before, "b", "1,2,3") == before.replace("  - 2", f"  - 2{end}  - 3")
    assert edited(before, "c", "y") == before.replace("c: x", "c: y")


@pytest.mark.parametrize(
    ("before", "value", "after"),
    [
        ("[0, 10, 100] # ramp", "0,20,100", "[0, 20, 100] # ramp"),
        ("[0, 10, 100] # ramp", "0,100", "[0, 100] # ramp"),
        ("[0, 10, 100] # ramp", "0,10,50,100", "[0, 10, 50, 100] # ramp"),
        ("[0, 10]", "0, 10", '[0, " 10"]'),
        ("[0, 10]", "", '[""]'),
        ("[\n  0, # none\n  100, # all\n]", "1,50,99", "[\n  1, # none\n  50, 99, # all\n]"),
        ("\n  - 0 # none\n  - 100 # all", "0,50", "\n  - 0 # none\n  - 50 # all"),
        ("\n  - 0 # none\n  - 100 # all", "0,50,100", "\n  - 0 # none\n  - 50 # all\n  - 100"),
        ("\n  - 0 # none\n  - 50\n  # now all\n  - 100 # all", "0,1", "\n  - 0 # none\n  - 1"),
    ],
)
def test_a_list(before: str, value: str, after: str) -> None:
    for end in ("", "\n", "\n\nb: 1\n"):
        assert edited(f"a: {before}{end}", "a", value) == f"a: {after}{end}"


KEYS = ("first", "second", "third", "fourth")


@pytest.mark.parametrize(
    ("before", "key", "after"),
    [
        (
            "s:\n  first: 1 # one\n  fourth: 4\n",
            "third",
            "s:\n  first: 1 # one\n  third: true\n  fourth: 4\n",
        ),
        (
            "s:\n  fourth: 4\n\n  first: |\n    1\n\nb: 1\n",
            "third",
            "s:\n  fourth: 4\n\n  first: |\n    1\n  third: true\n\nb: 1\n",
        ),
        ("s:\n    fourth: 4", "first", "s:\n    first: true\n    fourth: 4"),
        ("s:\n  first: 1", "second", "s:\n  first: 1\n  second: true"),
        (
            "s:\n  first:\n    - a\n    # b\n  # fourth\n  fourth: 4\n",
            "second",
            "s:\n  first:\n    - a\n  second: true\n    # b\n  # fourth\n  fourth: 4\n",
        ),
        ("s: { first: 1, fourth: 4 } # s\n", "second", "s: { first: 1, second: true, fourth: 4 } # s\n"),
        ("s: { fourth: 4 }\n", "second", "s: { second: true, fourth: 4 }\n"),
    ],
)
def test_a_new_key_comes_where_its_section_has_it(before: str, key: str, after: str) -> None:
    assert edited(before, f"s.{key}", "true", now=False, keys=KEYS) == after


@pytest.mark.parametrize(("now", "value", "written"), [(1, "7", "7"), (1, "07", '"07"'), ("a", "7", '"7"')])
def test_a_new_key_has_a_value_of_its_kind(now: object, value: str, written: str) -> None:
    assert (
        edited("s:\n  first: 1\n", "s.second", value, now, KEYS) == f"s:\n  first: 1\n  second: {written}\n"
    )


@pytest.mark.parametrize("text", ["b: 1\n", "s: text\n", "s: {}\n"])
def test_a_section_that_is_not_there(text: str) -> None:
    with pytest.raises(LookupError):
        edited(text, "s.first", "true", keys=KEYS)


STYLES = st.sampled_from(
    [
        'k: "old" # c\nlast: 1\n',
        "k: 'old'\n",
        "k: old # c\n",
        "{ k: old, last: 1 }\n",
        "{ k: 'old' }",
        "k: >-\n  old\n  text\n# c\nlast: 1\n",
    ]
)


@inputs(150)
@given(STYLES, st.text(max_size=30))
@example("k: old # c\n", "- x")
@example("k: old # c\n", "old # d")
@example("{ k: old, last: 1 }\n", "[]}")
def test_any_text_is_read_back_or_refused_by_the_loader(
    tmp_path_factory: pytest.TempPathFactory, before: str, value: str
) -> None:
    path = tmp_path_factory.getbasetemp() / "any.yaml"
    path.write_text(before)
    old = YamlFile(path, Path("any.yaml")).values
    path.write_text(edited(before, "k", value), encoding="utf-8", newline="")
    new = YamlFile(path, Path("any.yaml"))
    if all(c.isprintable() or c == "\n" for c in value):
        assert (new.problems, new.values) == ([], {**old, "k": value})
    else:
        assert [problem.path for problem in new.problems] == [("k",)]
