"""What a call of the REST API carries, how it is answered, and how lists come in pages."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias
from urllib.parse import quote, urlencode

from sandbox.cloud.store import Cloud

Json: TypeAlias = Any


class RefusedError(Exception):
    """The service refuses a call: the status, its own code for it, and what it says."""

    def __init__(self, status: int, code: str, message: str) -> None:
        """Keep what is answered."""
        super().__init__(message)
        self.status, self.code = status, code


@dataclass(frozen=True)
class Answer:
    """What is answered: a body that becomes JSON, and headers."""

    body: Json
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Call:
    """One call. ``names`` are the words of the path that stand for something, by what they stand for.

    ``address`` is the door's own, without a slash at its end; ``page_size`` how many items a page of a list has at
    most. Names of query parameters are in small letters: the services do not tell them apart.
    """

    cloud: Cloud
    method: str
    address: str
    path: str
    query: Mapping[str, str]
    body: bytes
    page_size: int
    names: Mapping[str, str] = field(default_factory=dict)

    def json(self) -> dict[str, Json]:
        """Return the body as an object; RefusedError for anything else."""
        try:
            content = json.loads(self.body)
        except ValueError as error:
            raise RefusedError(
                400, "InvalidRequestContent", f"The request body is not valid JSON: {error}"
            ) from error
        if not isinstance(content, dict):
            raise RefusedError(400, "InvalidRequestContent", "The request body has to be a JSON object.")
        return content

    def number(self, name: str, default: int) -> int:
        """Return a query parameter that is a whole number; RefusedError for another text."""
        text = self.query.get(name, "")
        if text and not re.fullmatch(r"\d{1,9}", text, re.ASCII):
            raise RefusedError(
                400,
                "InvalidArgumentValue",
                f"The query parameter {name} has to be a whole number, not {text}.",
            )
        return int(text) if text else default


Handler = Callable[[Call], Answer]


@dataclass(frozen=True)
class Route:
    """What answers calls of a method at the paths of a form, such as ``{project}/_apis/git/repositories``.

    The case of letters does not matter, as with the services. A word in braces with dots behind it (``{scope...}``)
    stands for several segments, or for none.
    """

    method: str
    form: str
    handler: Handler

    def match(self, path: str) -> Mapping[str, str] | None:
        """Return what the words in braces stand for in a path, or None if the path has another form."""
        pattern = re.sub(r"\\\{(\w+)((?:\\\.){3})?\\\}", _group, re.escape(self.form))
        found = re.fullmatch(pattern, path.strip("/"), re.IGNORECASE)
        return found.groupdict() if found else None


def _group(found: re.Match[str]) -> str:
    return f"(?P<{found[1]}>{'.*?' if found[2] else '[^/]+'})"


def fits(name: str, wanted: str) -> bool:
    """Whether a name is the wanted one, in which ``*`` stands for anything; the case of letters does not matter."""
    pattern = ".*".join(map(re.escape, wanted.split("*")))
    return re.fullmatch(pattern, name, re.IGNORECASE | re.DOTALL) is not None


def listed(values: Sequence[Json], headers: Mapping[str, str] | None = None) -> Answer:
    """Return a list as Azure DevOps answers it."""
    return Answer({"count": len(values), "value": list(values)}, headers=headers or {})


def paged(call: Call, values: Sequence[Json]) -> Answer:
    """Return a page of a list of Azure DevOps: the header ``x-ms-continuationtoken`` leads to the next one."""
    begin = call.number("continuationtoken", 0)
    end = begin + min(call.number("$top", call.page_size) or call.page_size, call.page_size)
    return listed(values[begin:end], {"x-ms-continuationtoken": str(end)} if end < len(values) else {})


def skipped(call: Call, values: Sequence[Json]) -> Answer:
    """Return a part of a list of Azure DevOps that is paged by ``$skip`` and ``$top`` alone."""
    begin = call.number("$skip", 0)
    return listed(values[begin : begin + (call.number("$top", call.page_size) or call.page_size)])


def arm_page(call: Call, values: Sequence[Json]) -> Answer:
    """Return a page of a list of Azure Resource Manager: ``nextLink`` leads to the next one."""
    begin = call.number("$skiptoken", 0)
    end = begin + call.page_size
    body: dict[str, Json] = {"value": list(values[begin:end])}
    if end < len(values):
        query = urlencode({**call.query, "$skiptoken": end})
        body["nextLink"] = f"{call.address}{quote(call.path)}?{query}"
    return Answer(body)
