"""Takes calls in: finds the service that is meant, lets in who may come in, and answers in that service's words."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, replace

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from sandbox.cloud.faults import Faults
from sandbox.cloud.request import ServiceError
from sandbox.cloud.store import BrokenFileError, Cloud
from sandbox.rest import refusals
from sandbox.rest.azure.routes import ROUTES as AZURE
from sandbox.rest.calls import Answer, Call, Json, RefusedError, Route
from sandbox.rest.devops.routes import GRAPH, PROJECTS
from sandbox.rest.tokens import AZURE_DEVOPS, RESOURCE_MANAGER, Directory, Standing

DEVOPS_PATH, GRAPH_PATH = "/azure-devops", "/azure-devops-graph"
"""Where Azure DevOps is: ``dev.azure.com`` and ``vssps.dev.azure.com`` are two hosts, and the door is one."""
PAGE_SIZE = 20
"""How many items a page has: fewer than the services', so that clients meet a second page."""


class Door:
    """The door as an ASGI application, over one cloud. Its ``address`` is known once it is open."""

    def __init__(self, cloud: Cloud, directory: Directory, *, page_size: int = PAGE_SIZE) -> None:
        """Use ``cloud``, and let in whom ``directory`` gives a token; ServiceError for a fault that means nothing."""
        self.address = ""
        self._cloud, self._directory, self._page_size = cloud, directory, page_size
        self._faults = Faults(cloud)
        self._services = (
            _Service(GRAPH_PATH, AZURE_DEVOPS, GRAPH, refusals.DEVOPS, organization=True),
            _Service(DEVOPS_PATH, AZURE_DEVOPS, PROJECTS, refusals.DEVOPS, organization=True),
            _Service("", RESOURCE_MANAGER[0], AZURE, refusals.RESOURCE_MANAGER),
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        request = Request(scope, receive)
        answer = await run_in_threadpool(self._answer, request, await request.body())
        await _response(answer)(scope, receive, send)

    def _answer(self, request: Request, body: bytes) -> Answer:
        call = Call(
            self._cloud,
            request.method,
            self.address,
            request.scope["path"],
            {name.lower(): value for name, value in request.query_params.items()},
            body,
            self._page_size,
        )
        open_to_all = self._without_token(call)
        if open_to_all is not None:
            return open_to_all
        authorization = request.headers.get("authorization", "")
        if _asks_as_job(call):
            return self._directory.identity_token(authorization)
        service = next(item for item in self._services if item.has(call.path))
        standing = self._directory.standing(authorization, service.audience)
        if standing is not Standing.GOOD:
            return service.words.no_entry(standing, self._directory.tenant, self.address)
        try:
            fault = self._faults.answer(call.path)
            if fault:
                return service.words.fault(fault)
            with self._cloud.locked():
                return service.answer(call)
        except RefusedError as error:
            return service.words.refusal(error)
        except ServiceError as error:
            return service.words.refusal(RefusedError(400, "BadRequest", str(error)))
        except BrokenFileError as error:
            return service.words.refusal(RefusedError(500, "BrokenFile", str(error)))

    def _without_token(self, call: Call) -> Answer | None:
        """Answer what anybody may ask: where the services are, and for a token."""
        parts = call.path.strip("/").split("/")
        match [part.lower() for part in parts]:
            case ["metadata", "endpoints"]:
                return self._endpoints(call)
            case [_, "v2.0", ".well-known", "openid-configuration"]:
                return self._directory.configuration(self.address, parts[0])
            case [_, "oauth2", "v2.0", "token"] if call.method == "POST":
                return self._directory.token(parts[0], call.body, self.address)
        return None

    def _endpoints(self, call: Call) -> Answer:
        """Answer service discovery, as Azure Resource Manager does for each cloud, and say where Azure DevOps is."""
        if call.query.get("api-version") != "2022-09-01":
            return refusals.RESOURCE_MANAGER.refusal(
                RefusedError(
                    400,
                    "InvalidApiVersionParameter",
                    f"The api-version '{call.query.get('api-version', '')}' is invalid. The supported version is "
                    "'2022-09-01'.",
                )
            )
        return Answer(
            {
                "name": "Sandbox",
                "authentication": {
                    "loginEndpoint": self.address,
                    "audiences": [f"{audience}/" for audience in reversed(RESOURCE_MANAGER)],
                    "tenant": self._directory.tenant,
                    "identityProvider": "AAD",
                },
                "resourceManager": f"{self.address}/",
                "azureDevOps": f"{self.address}{DEVOPS_PATH}",
                "azureDevOpsGraph": f"{self.address}{GRAPH_PATH}",
            }
        )


@dataclass(frozen=True)
class _Service:
    """One of the services: where it is, whose tokens it takes, what it answers and how it refuses."""

    path: str
    audience: str
    routes: tuple[Route, ...]
    words: refusals.Words
    organization: bool = False

    def has(self, path: str) -> bool:
        """Whether a path is one of the service's."""
        return f"{path}/".lower().startswith(f"{self.path}/")

    def answer(self, call: Call) -> Answer:
        """Answer a call; RefusedError for a path that is not known, or a method that is not answered there."""
        inside = call.path[len(self.path) :].strip("/")
        names: Mapping[str, str] = {}
        if self.organization:
            organization, _, inside = inside.partition("/")
            names = {"organization": organization}
        form = next((route.form for route in self.routes if route.match(inside) is not None), None)
        meant = {route.method: route for route in self.routes if route.form == form}
        if call.method in meant:
            route = meant[call.method]
            return route.handler(replace(call, names={**names, **(route.match(inside) or {})}))
        if meant or call.method != "GET":
            only = f", only {' and '.join(sorted(meant))}" if meant else ""
            raise RefusedError(
                405,
                "MethodNotAllowed",
                f"The sandbox does not answer {call.method} {call.path}{only}. It takes writes of variable groups as a "
                "whole and of pull-request threads; change anything else through Terraform, or in the cloud's files.",
            )
        raise RefusedError(404, "NotFound", f"The sandbox has nothing at {call.path}.")


def _asks_as_job(call: Call) -> bool:
    """Whether a job of Azure Pipelines asks for an identity token, which it does with its own token."""
    path = call.path.lower()
    return call.method == "POST" and path.startswith(f"{DEVOPS_PATH}/") and path.endswith("/oidctoken")


def _response(answer: Answer) -> Response:
    headers = {"x-ms-request-id": str(uuid.uuid4()), **answer.headers}
    if isinstance(answer.body, str):
        return Response(answer.body, answer.status, headers, "text/html; charset=utf-8")
    content: Json = json.dumps(answer.body, ensure_ascii=False)
    return Response(content, answer.status, headers, "application/json; charset=utf-8")
