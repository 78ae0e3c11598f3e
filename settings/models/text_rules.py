"""How a kind of text is checked: by a pattern, as a schedule or as an exact number.

Each rule is put behind ``str`` in an ``Annotated``. pydantic then refuses a value that breaks the rule with
the sentence given here, and the JSON Schema carries the pattern for editors.
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from dataclasses import dataclass
from decimal import Decimal
from ipaddress import IPv4Network
from typing import Any, get_args

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler, ValidatorFunctionWrapHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from settings.reading.file import UnquotedNumber
from settings.reading.problems import shorten


def refuse(allowed: str, fix: str) -> PydanticCustomError:
    """Make the error that the loader shows as "allowed" and "fix"."""
    # The texts go in as data: they may hold braces, which a message template would try to fill in.
    return PydanticCustomError("not_allowed", "{allowed}", {"allowed": allowed, "fix": fix})


class TextRule(ABC):
    """What a text must look like."""

    pattern: str
    """Regular expression for the whole text, in the dialect that Python and JavaScript share."""

    @abstractmethod
    def check(self, value: str) -> str:
        """Return the value unchanged. Raises the error of :func:`refuse` when it is not allowed."""

    def refusal(self, value: str) -> tuple[str, str] | None:
        """Return what is allowed and how to fix it, or ``None`` for a text that is as it should be."""
        try:
            self.check(value)
        except PydanticCustomError as error:
            context = error.context or {}
            return context["allowed"], context["fix"]
        return None

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Check after pydantic has made sure that the value is a text."""
        return core_schema.no_info_after_validator_function(self.check, handler(source))

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        """Give editors the pattern."""
        return {**handler(schema), "pattern": f"^(?:{self.pattern})$"}


@dataclass(frozen=True)
class Matches(TextRule):
    """The text must match ``pattern`` as a whole; ``allowed`` says the same in words."""

    pattern: str
    allowed: str
    fix: str = ""
    """How to fix it, where there is more to say than what such a text looks like."""
    example: str = ""
    """A text that matches; not needed with ``fix``."""

    def check(self, value: str) -> str:
        """Return the value unchanged when it matches."""
        if not re.fullmatch(self.pattern, value):
            raise refuse(self.allowed, self.fix or f"write it like {self.example}")
        return value


@dataclass(frozen=True)
class OneOrSeveral:
    """A list of texts, of which a single one may also stand alone: the value is a tuple in both cases."""

    rule: Matches
    """What each text must be."""

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Take a text as a list of one."""
        return core_schema.no_info_wrap_validator_function(self._listed, handler(source))

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        """Give editors both spellings."""
        several = handler(schema)
        return {"anyOf": [several["items"], several]}

    def _listed(self, value: object, check: ValidatorFunctionWrapHandler) -> Any:
        if isinstance(value, str):
            return (self.rule.check(value),)
        if not isinstance(value, tuple):
            raise refuse(f"{self.rule.allowed}, or a list of them", f"write it like {self.rule.example}")
        return check(value)


@dataclass(frozen=True)
class OrWord:
    """One word may stand in the place of keys and values; behind ``dict[…] | Literal[word]`` in an ``Annotated``.

    A plain choice of the two would have pydantic report each mistake once for each of them.
    """

    word: str
    entries: str
    """What the keys and values are, in words."""

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Let the word pass, and check everything else as keys and values."""
        return core_schema.no_info_wrap_validator_function(
            self._checked,
            handler.generate_schema(get_args(source)[0]),
            serialization=core_schema.plain_serializer_function_ser_schema(lambda value: value),
        )

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        """Give editors both."""
        return {"anyOf": [handler(schema), {"const": self.word, "type": "string"}]}

    def _checked(self, value: object, handler: ValidatorFunctionWrapHandler) -> Any:
        if isinstance(value, str):
            if value != self.word:
                raise refuse(
                    f"{self.word}, or {self.entries}", f"write {self.word}, or keys and values below it"
                )
            return value
        return handler(value)


_MONTHS = [
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
]
_WEEKDAYS = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"]
_CRON_FIELDS: tuple[tuple[str, int, int, list[str]], ...] = (
    ("minute", 0, 59, []),
    ("hour", 0, 23, []),
    ("day of month", 1, 31, []),
    ("month", 1, 12, _MONTHS),
    ("day of week", 0, 6, _WEEKDAYS),
)
_CRON_VALUE = "(?:[0-9]{1,2}|[A-Za-z]{3,9})"
_CRON_PART = f"(?:\\*|{_CRON_VALUE}(?:-{_CRON_VALUE})?)(?:/[0-9]{{1,2}})?"
_CRON_FIELD = f"{_CRON_PART}(?:,{_CRON_PART})*"


class IsCron(TextRule):
    """The text must be a cron expression of five fields.

    Azure DevOps takes numbers, ``*``, lists, ranges and steps, and English names (whole or the first three
    letters) of months and weekdays; the week is 0 (Sunday) to 6. Source: "Configure schedules for pipelines".
    """

    pattern = f"{_CRON_FIELD}(?: {_CRON_FIELD}){{4}}"

    def check(self, value: str) -> str:
        """Return the value unchanged when each of the five fields is within its range."""
        fields = value.split(" ")
        if len(fields) != len(_CRON_FIELDS):
            raise refuse(
                'five fields with one blank between them, such as "0 2 * * *"', "write all five fields"
            )
        for (name, low, high, names), field in zip(_CRON_FIELDS, fields, strict=True):
            if not all(_cron_part_fits(part, low, high, names) for part in field.split(",")):
                raise refuse(
                    f"{name}: {low} to {high}, *, a list, a range or a step",
                    f"write the {name} like {low}, {low}-{high}, {low},{high} or */2",
                )
        return value


class IsPlainCron(IsCron):
    """The text must be a cron expression of five fields that holds numbers, ``*``, lists and ranges only.

    That is all that compute instances take. Source: "Create an Azure Machine Learning compute instance".
    """

    pattern = "[0-9*,-]+(?: [0-9*,-]+){4}"

    def check(self, value: str) -> str:
        """Return the value unchanged when each of the five fields is within its range."""
        if re.search("[A-Za-z/]", value):
            raise refuse(
                "five fields of numbers, *, lists and ranges, without names and steps",
                'write weekdays as numbers from 0 (Sunday) to 6, such as "0 8 * * 1-5"',
            )
        return super().check(value)


def _cron_part_fits(part: str, low: int, high: int, names: list[str]) -> bool:
    if not re.fullmatch(_CRON_PART, part):
        return False
    span, _, step = part.partition("/")
    numbers = [] if span == "*" else [_cron_number(word, low, names) for word in span.split("-")]
    in_order = numbers == sorted(numbers)
    return in_order and all(low <= number <= high for number in numbers) and (not step or int(step) > 0)


def _cron_number(word: str, low: int, names: list[str]) -> int:
    if word.isdigit():
        return int(word)
    known = (i for i, name in enumerate(names) if word.capitalize() in (name, name[:3]))
    return low + next(known, 100)  # no field goes up to 100: an unknown name is out of range


# RFC 1918: the ranges that no router of the internet knows.
_PRIVATE = tuple(IPv4Network(text) for text in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"))


class IsPrivateRange(TextRule):
    """The text must be a private IPv4 range from /16 to /24 in CIDR notation, by its first address."""

    pattern = "[0-9]{1,3}(?:\\.[0-9]{1,3}){3}/(?:1[6-9]|2[0-4])"

    def check(self, value: str) -> str:
        """Return the value unchanged when it is such a range."""
        if not re.fullmatch(self.pattern, value) or not _is_private(value):
            raise refuse(
                "a private IPv4 range from /16 to /24 by its first address, such as 10.30.0.0/24",
                "take a part of 10.0.0.0/8, 172.16.0.0/12 or 192.168.0.0/16 that nothing else uses",
            )
        return value


def _is_private(text: str) -> bool:
    try:
        network = IPv4Network(text)
    except ValueError:  # a number above 255, or an address within the range
        return False
    return any(network.subnet_of(private) for private in _PRIVATE)


@dataclass(frozen=True)
class IsExactNumber(TextRule):
    """The text must be a decimal number of 0 or more, at most ``most``; it is kept digit by digit."""

    most: int | None
    allowed: str
    pattern = "(?:0|[1-9][0-9]{0,8})(?:\\.[0-9]{1,6})?"

    def check(self, value: str) -> str:
        """Return the value unchanged when it is such a number."""
        if not re.fullmatch(self.pattern, value) or (self.most is not None and Decimal(value) > self.most):
            bound = "of 0 or more" if self.most is None else f"from 0 to {self.most}"
            raise refuse(self.allowed, f"write a number {bound}")
        return value

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Take a whole number as its digits; refuse an unquoted fraction with a hint to quote it."""
        checked = super().__get_pydantic_core_schema__(source, handler)
        return core_schema.no_info_before_validator_function(self._text, checked)

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        """Give editors both spellings: a quoted number, or a whole number."""
        whole = {"type": "integer", "minimum": 0} | ({} if self.most is None else {"maximum": self.most})
        return {"anyOf": [super().__get_pydantic_json_schema__(schema, handler), whole]}

    def _text(self, value: object) -> str:
        if isinstance(value, UnquotedNumber):
            raise refuse(
                self.allowed, f'put it in quotes, so that no digit of it is lost: "{shorten(value.text)}"'
            )
        if isinstance(value, bool) or not isinstance(value, int | str):
            raise refuse(self.allowed, "write a number")
        return str(value)
