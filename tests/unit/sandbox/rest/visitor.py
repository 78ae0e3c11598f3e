"""A client of the door: requests, and azure-identity with the environment that the door gives."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import requests
from azure.identity import EnvironmentCredential

DEVOPS, RESOURCE_MANAGER = (
    "499b84ac-1321-427f-aa17-267ca6975798/.default",
    "https://management.azure.com/.default",
)
_SECONDS = 10


class Visitor:
    """Knows one address, and asks there where everything else is."""

    def __init__(self, address: str) -> None:
        self.session = requests.Session()
        found = self.session.get(
            f"{address}/metadata/endpoints?api-version=2022-09-01", timeout=_SECONDS
        ).json()
        self.arm = found["resourceManager"].rstrip("/")
        self.devops = f"{found['azureDevOps']}/contoso"
        self.graph = f"{found['azureDevOpsGraph']}/contoso"
        self.credential = EnvironmentCredential(disable_instance_discovery=True)

    def send(self, method: str, url: str, body: Any = None, token: str | None = None) -> requests.Response:
        """Send a request as one who is signed in, unless a token is given."""
        if token is None:
            scope = RESOURCE_MANAGER if url.startswith(f"{self.arm}/sub") or "/providers/" in url else DEVOPS
            token = self.credential.get_token(scope).token
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        return self.session.request(method, url, json=body, headers=headers, timeout=_SECONDS)

    def read(self, url: str) -> Any:
        """Return what is answered, which has to be 200."""
        response = self.send("GET", url)
        assert response.status_code == 200, (url, response.status_code, response.text)
        return response.json()

    def pages(self, url: str) -> Iterator[list[Any]]:
        """Yield the pages of a list of either service."""
        continued, following = url, True
        while following:
            response = self.send("GET", continued)
            assert response.status_code == 200, (continued, response.text)
            yield response.json()["value"]
            token = response.headers.get("x-ms-continuationtoken")
            following = bool(token or response.json().get("nextLink"))
            mark = "&" if "?" in url else "?"
            continued = response.json().get("nextLink") or f"{url}{mark}continuationToken={token}"

    def listed(self, url: str) -> list[Any]:
        """Return everything of a list."""
        return [item for page in self.pages(url) for item in page]
