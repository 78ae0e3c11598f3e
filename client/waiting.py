"""How long this program waits for a service that puts a call off."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import count
from time import monotonic, sleep, time

from azure.core.exceptions import ServiceRequestError, ServiceResponseError
from azure.core.pipeline import PipelineRequest, PipelineResponse
from azure.core.pipeline.policies import HTTPPolicy, RetryPolicy
from azure.core.rest import HttpRequest, HttpResponse
from requests.exceptions import SSLError

PUT_OFF = frozenset({429, 503})
"""Refused before anything was done: sent again whatever the method is."""

_FAILED = frozenset({408, 500, 502, 504})
"""May have been done: only what reads is sent again."""


@dataclass(frozen=True)
class Patience:
    """How often, and for how long, a call is made before the client gives up."""

    attempts: int = 6
    """How often a request is sent at most."""
    unreached: int = 3
    """How often at most where nothing answers: a name that is wrong stays wrong, and somebody waits at a terminal."""
    seconds: float = 90
    """For how many seconds one call may go on. A pause that would end later is not begun."""
    first_pause: float = 1
    """Seconds before the second attempt where the service names none. Each further pause is twice as long."""


class WaitingPolicy(HTTPPolicy[HttpRequest, HttpResponse]):
    """Sends a request again after the time that the service asks for, as often as :class:`Patience` allows.

    azure-core's own policy is not used as a whole: it waits for as long as a service says, and sends a POST again that
    may have been done. Sources: the pages "Rate and usage limits" of Azure DevOps and "Understand how Azure Resource
    Manager throttles requests".
    """

    def __init__(self, patience: Patience) -> None:
        """Wait as long as ``patience`` says."""
        super().__init__()
        self._patience = patience
        self._headers: RetryPolicy[HttpRequest, HttpResponse] = RetryPolicy()

    def send(self, request: PipelineRequest[HttpRequest]) -> PipelineResponse[HttpRequest, HttpResponse]:
        """Send the request, and again as long as it makes sense. Returns the last answer."""
        reads = request.http_request.method in ("GET", "HEAD")
        begun = monotonic()
        for attempt in count(1):
            pause = self._patience.first_pause * 2 ** (attempt - 1)
            error = None
            try:
                response = self.next.send(request)
                status = response.http_response.status_code
                again = status in PUT_OFF or (status in _FAILED and reads)
                pause = self._asked_for(response) or pause
            except (ServiceRequestError, ServiceResponseError) as failure:
                error, again = failure, reads and not isinstance(failure.inner_exception, SSLError)
            most = min(
                self._patience.attempts, self._patience.unreached if error else self._patience.attempts
            )
            if not again or attempt >= most or monotonic() - begun + pause > self._patience.seconds:
                break
            sleep(pause)
        if error:
            raise error
        response.context["attempts"], response.context["seconds"] = attempt, monotonic() - begun
        return response

    def _asked_for(self, response: PipelineResponse[HttpRequest, HttpResponse]) -> float | None:
        """Return for how many seconds the service wants to be left alone, or None if it does not say."""
        try:
            asked = self._headers.get_retry_after(response)
            reset = float(response.http_response.headers.get("X-RateLimit-Reset", 0))
        except ValueError:  # Not a number, nor a date.
            return None
        if asked is None and reset and response.http_response.status_code in PUT_OFF:
            return max(reset - time(), 0)
        return asked


def limits(headers: Mapping[str, str]) -> str:
    """Say which limit a service reports to be reached, for a person; empty where it reports none."""
    told = [
        f"{name}: {value}"
        for name, value in headers.items()
        if name.lower().startswith(("x-ratelimit-", "x-ms-ratelimit-", "retry-after"))
    ]
    return f" ({', '.join(told)})" if told else ""
