"""What is said about the Node that cdktf runs in."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import pytest

from constructs_lib import node

WIDTH = 89
OLD = (
    "",
    "Node 18 is end-of-life and not supported anymore by this software since 2025-11-30.",
    "Please upgrade to a supported node version as soon as possible.",
    "",
    "This software is currently running on node v18.20.8.",
    "As of the current release of this software, supported node releases are:",
    "- ^24.0.0 (Planned end-of-life: 2028-04-30)",
    "- ^22.0.0 (Planned end-of-life: 2027-04-30)",
    "",
)
NEW = (
    "",
    "This software has not been tested with node v99.0.0.",
    "Should you encounter odd runtime issues, …",
    "",
)


def framed(*lines: str, colour: str = "") -> bytes:
    """Return lines as jsii frames them."""
    end = "\x1b[0m\n" if colour else "\n"
    text = ["!" * WIDTH, *(f"!!  {line:<{WIDTH - 8}}  !!" for line in lines), "!" * WIDTH]
    return "".join(f"{colour}{line}{end}" for line in text).encode()


@pytest.fixture
def passed_on(monkeypatch: pytest.MonkeyPatch) -> Callable[[bytes], list[bytes]]:
    """What jsii still gets to print of what Node writes to stderr."""
    from jsii._kernel.providers import process

    seen: list[bytes] = []

    def prints(reader: Any) -> None:
        seen.extend(iter(reader.readline, b""))

    monkeypatch.setattr(process, "stderr_sink", prints)
    node.shorten_reports()
    node.shorten_reports()  # twice is as good as once

    def read(text: bytes) -> list[bytes]:
        process.stderr_sink(io.BytesIO(text))
        return seen

    return read


@pytest.mark.parametrize("colour", ["", "\x1b[41m\x1b[37m"], ids=["plain", "in colour"])
def test_an_old_node_is_one_line_with_the_remedy(
    passed_on: Callable[[bytes], list[bytes]], capsys: pytest.CaptureFixture[str], colour: str
) -> None:
    assert passed_on(b"before\n" + framed(*OLD, colour=colour) + b"after\n") == [b"before\n", b"after\n"]
    assert capsys.readouterr().out == f"Warning: {OLD[1]} Install Node 22 or 24.\n"


def test_a_banner_without_versions_is_what_it_says_first(
    passed_on: Callable[[bytes], list[bytes]], capsys: pytest.CaptureFixture[str]
) -> None:
    assert passed_on(framed(*NEW)) == []
    assert capsys.readouterr().out == f"Warning: {NEW[1]}\n"


@pytest.mark.parametrize("text", [b"", b"one\ntwo\n", b"! not a banner\n", framed(*OLD)[:300]])
def test_nothing_is_said_where_there_is_no_whole_banner(
    passed_on: Callable[[bytes], list[bytes]], capsys: pytest.CaptureFixture[str], text: bytes
) -> None:
    assert b"".join(passed_on(text)) == (b"" if text.startswith(b"!!") else text)
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (
            "Cannot use the jsii package cache in /home/me/.cache: EACCES: permission denied, mkdir '/home/me/.cache'.",
            r"^/home/me/\.cache cannot be written \(EACCES\): .* JSII_RUNTIME_PACKAGE_CACHE_ROOT to one\.$",
        ),
        (
            "ENOENT: no such file or directory, mkdtemp '/nowhere/jsii-kernel-XXXXXX'",
            r"^/nowhere cannot be written \(ENOENT\): .* or set TMPDIR to one\.$",
        ),
    ],
)
def test_a_place_that_cannot_be_written(said: str, expected: str) -> None:
    with pytest.raises(node.NodeError, match=expected), node.running():
        raise RuntimeError(said)


def test_any_other_error_stays_what_it_is() -> None:
    with pytest.raises(RuntimeError, match="a bug"), node.running():
        raise RuntimeError("a bug")


def test_a_node_that_is_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JSII_NODE", "node-not-there")
    assert not node.is_there()
    with (
        pytest.raises(node.NodeError, match=r"^node-not-there is not on PATH.* Install Node 20 or newer"),
        node.running(),
    ):
        raise AssertionError("it must not get here")
