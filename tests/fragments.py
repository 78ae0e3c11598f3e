"""Pieces of text that may trouble a reader of YAML."""

from __future__ import annotations

from hypothesis import strategies as st

FRAGMENTS = st.one_of(
    st.sampled_from(
        [
            *(
                "{",
                "}",
                "[",
                "]",
                ":",
                ": ",
                ",",
                "-",
                "- ",
                "? ",
                "&a ",
                "*a",
                "!",
                "!!set ",
                "<<: *a\n",
                "|",
                ">",
            ),
            *(
                "\t",
                "\n",
                "\r",
                "\r\n",
                "\0",
                "\x85",
                "\u2028",
                "\ufeff",
                "\u200b",
                "#",
                "%",
                "@",
                "`",
                "'",
                '"',
            ),
            *(
                "---\n",
                "...\n",
                "%YAML 1.1\n",
                "\\U99999999",
                '"\\ud800"',
                "~",
                "null: x\n",
                "1: x\n",
                "true: x\n",
            ),
            *(
                "yes",
                "0x10",
                "1e999",
                ".nan",
                "-.inf",
                "0.70",
                "9" * 400,
                "2024-01-01",
                "${x}",
                "é中😀",
                "[" * 60,
            ),
        ]
    ),
    st.text(max_size=6),
)
