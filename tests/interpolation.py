"""Read Terraform's string templates as far as the tests need: which code do their interpolations hold?"""

import re

_ACCESS = re.compile(r"[A-Za-z_][\w-]*\.[A-Za-z_]")


def code_in(text: str) -> str:
    """Return the code inside the interpolations of ``text``, without what its string literals say.

    Raises ValueError if an interpolation, or a quote inside one, is not closed.
    """
    code: list[str] = []
    _skip_template(text, 0, code, quoted=False)
    return "".join(code)


def is_interpolation(value: object) -> bool:
    """Tell whether ``value`` is a string that is one interpolation from its first to its last character."""
    try:
        return (
            isinstance(value, str) and value.startswith("${") and _skip_expression(value, 2, []) == len(value)
        )
    except ValueError:
        return False


def refers(value: object) -> bool:
    """Tell whether ``value`` is a string that refers to something, such as ``var.key``."""
    try:
        return isinstance(value, str) and _ACCESS.search(code_in(value)) is not None
    except ValueError:
        return False


def _skip_template(text: str, at: int, code: list[str], *, quoted: bool) -> int:
    while at < len(text):
        if text.startswith(("$${", "%%{"), at):
            at += 3
        elif text.startswith(("${", "%{"), at):
            at = _skip_expression(text, at + 2, code)
        elif quoted and text[at] == "\\":
            at += 2
        elif quoted and text[at] == '"':
            return at + 1
        else:
            at += 1
    if quoted:
        raise ValueError("a quote is not closed")
    return at


def _skip_expression(text: str, at: int, code: list[str]) -> int:
    depth = 1
    while at < len(text):
        char = text[at]
        if char == '"':
            code.append('"')
            at = _skip_template(text, at + 1, code, quoted=True)
            code.append('"')
            continue
        at += 1
        depth += (char == "{") - (char == "}")
        if not depth:
            code.append(" ")
            return at
        code.append(char)
    raise ValueError("an interpolation is not closed")
