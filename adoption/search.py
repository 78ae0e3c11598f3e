"""Goes through what a stack describes and finds out what of it exists: what others refer to first."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from adoption.azure import Azure
from adoption.devops import DevOps
from adoption.outcome import Found, Missing, Outcome, Several, Unclear
from adoption.references import UnknownError, known
from adoption.wanted import Terraform, Wanted
from client.errors import (
    ConflictError,
    ForbiddenError,
    NotFoundError,
    RefusedError,
    UnexpectedAnswerError,
)
from facts.ids import IDS

_OF_ONE_TYPE = (ConflictError, ForbiddenError, NotFoundError, RefusedError, UnexpectedAnswerError)
"""What a service answers about one thing; anything else would be the answer about the next one too."""


class Search:
    """What exists of one stack."""

    def __init__(self, terraform: Terraform, azure: Azure, devops: DevOps) -> None:
        """Look for what ``terraform`` describes; nothing is asked yet."""
        self._terraform = terraform
        self._azure = azure
        self._devops = devops
        self._outcomes: dict[str, Outcome] = {}

    def run(self, *types: str) -> dict[str, Outcome]:
        """Return what came of each resource, or of those of ``types`` and what these refer to, by its address.

        Raises :class:`client.errors.ServiceError` for what would be answered about everything: nobody is signed in,
        the service is not reached.
        """
        return {
            wanted.address: self._outcome(wanted)
            for wanted in self._terraform.resources
            if not types or wanted.type in types
        }

    def _outcome(self, wanted: Wanted) -> Outcome:
        if wanted.address not in self._outcomes:
            arguments, unknown = known(wanted.body, self._attributes, wanted.each)
            self._outcomes[wanted.address] = self._find(wanted, arguments, unknown)
        return self._outcomes[wanted.address]

    def _find(
        self, wanted: Wanted, arguments: Mapping[str, Any], unknown: Mapping[str, UnknownError]
    ) -> Outcome:
        if wanted.type not in IDS and wanted.type not in self._devops.types:
            return Missing()  # nobody can be asked, such as who deploys
        try:
            if wanted.type.startswith("azuredevops_"):
                return self._devops.find(wanted.type, arguments)
            return self._azure.find(wanted.type, arguments, self._terraform.subscription(wanted))
        except KeyError as error:
            (word,) = error.args
            return Missing(waits_for=str(unknown.get(word, word)))
        except _OF_ONE_TYPE as error:
            return Unclear(f"could not be seen: {error.answer}", error.fix)

    def _attributes(self, address: str) -> Mapping[str, Any]:
        """Return what is known of a resource or data source that another one refers to."""
        wanted = self._terraform.at(address)
        if wanted is None:
            raise UnknownError(address)
        match self._outcome(wanted):
            case Found(attributes=attributes):
                return attributes
            case Missing(waits_for=first) if first:
                raise UnknownError(first)
            case Missing() | Several() | Unclear():
                raise UnknownError(address)
