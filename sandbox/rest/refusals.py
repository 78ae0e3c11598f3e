"""How each service refuses: Azure Resource Manager and Azure DevOps have their own words, and their own statuses."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from sandbox.rest.calls import Answer, RefusedError
from sandbox.rest.tokens import Standing

RETRY_AFTER_SECONDS = 1
_FAULTS = {
    403: ("Forbidden", "The sandbox was asked to refuse this area."),
    429: ("TooManyRequests", "Too many requests. The sandbox was asked to throttle; try again."),
    503: ("ServiceUnavailable", "The service is unavailable. The sandbox was asked to be; try again."),
}


@dataclass(frozen=True)
class Words:
    """One service's way of refusing a call, and of refusing entry."""

    refusal: Callable[[RefusedError], Answer]
    no_entry: Callable[[Standing, str, str], Answer]

    def fault(self, status: int) -> Answer:
        """Return the answer of a fault that was asked for."""
        answer = self.refusal(RefusedError(status, *_FAULTS[status]))
        headers = {"Retry-After": str(RETRY_AFTER_SECONDS)} if status in (429, 503) else {}
        return Answer(answer.body, status, headers)


def _resource_manager(error: RefusedError) -> Answer:
    """Source: "Azure Resource Manager common error details" (v2, ErrorResponse)."""
    return Answer({"error": {"code": error.code, "message": str(error)}}, error.status)


def _no_entry_to_resource_manager(standing: Standing, tenant: str, address: str) -> Answer:
    now = datetime.now(UTC).strftime("%m/%d/%Y %I:%M:%S %p")
    code, message, reason = {
        Standing.MISSING: (
            "AuthenticationFailed",
            "Authentication failed. The 'Authorization' header is missing.",
            "",
        ),
        Standing.EXPIRED: (
            "ExpiredAuthenticationToken",
            f"The access token expiry UTC time is earlier than current UTC time '{now}'.",
            ', error="invalid_token", error_description="The access token expired."',
        ),
        Standing.UNKNOWN: (
            "InvalidAuthenticationToken",
            "The access token is invalid.",
            ', error="invalid_token", error_description="The access token is invalid."',
        ),
    }[standing]
    header = f'Bearer authorization_uri="{address}/{tenant}"{reason}'
    return Answer({"error": {"code": code, "message": message}}, 401, {"WWW-Authenticate": header})


def _azure_devops(error: RefusedError) -> Answer:
    """Source: Azure DevOps REST, the body of a ``WrappedException`` (azure-devops-node-api, ``VsoBaseInterfaces``)."""
    name = error.code if error.code.endswith("Exception") else f"{error.code}Exception"
    return Answer(
        {
            "$id": "1",
            "innerException": None,
            "message": str(error),
            "typeName": f"Microsoft.VisualStudio.Services.Common.{name}",
            "typeKey": name,
            "errorCode": 0,
            "eventId": 3000,
        },
        error.status,
    )


def _sign_in_page(standing: Standing, tenant: str, address: str) -> Answer:
    """Answer as Azure DevOps does a token that it does not take: not with 401, but with a page to sign in on."""
    page = (
        '<!DOCTYPE html>\n<html lang="en-US"><head><title>Azure DevOps Services | Sign In</title></head>'
        '<body><form action="/_signin" method="post"></form></body></html>\n'
    )
    return Answer(page, 203)


RESOURCE_MANAGER = Words(_resource_manager, _no_entry_to_resource_manager)
DEVOPS = Words(_azure_devops, _sign_in_page)
