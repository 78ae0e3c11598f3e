# ruff: noqa: N802  # the protocol names the methods
"""Terraform's plugin protocol, version 6, over the facts and the stand-in cloud."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from tf.gen import tfplugin_pb2 as pb
from tf.gen import tfplugin_pb2_grpc as rpc

from facts.reader import facts
from files.replacing import WriteError
from sandbox.cloud.faults import Faults
from sandbox.cloud.request import Account, Request, ServiceError
from sandbox.cloud.store import BrokenFileError, Cloud
from sandbox.provider import applying
from sandbox.provider.configuration import account, cloud_folder, register_namespaces
from sandbox.provider.planning import Path, plan
from sandbox.provider.schema import schema_message
from sandbox.provider.sign_in import Credential
from sandbox.provider.validation import problems
from sandbox.provider.values import decode, encode
from sandbox.services.types import resource_type

RECOGNIZE_VARIABLE = "SANDBOX_RECOGNIZE"
"""The environment variable with which a plan to create what is there already says what it is: for looking only."""

_CAPABILITIES = pb.ServerCapabilities(get_provider_schema_optional=True)


@dataclass(frozen=True)
class _Session:
    """What a configured provider works with."""

    cloud: Cloud
    faults: Faults
    account: Account
    credential: Credential | None


class ProviderServicer(rpc.ProviderServicer):
    """One provider; Terraform starts a process for each configuration of it."""

    def __init__(self, provider: str) -> None:
        """Serve ``azapi``, ``azuredevops``, ``azurerm`` or ``time``."""
        self._provider = provider
        self._facts = facts(provider)
        self._session: _Session | None = None

    def GetMetadata(self, request: Any, context: Any) -> Any:
        """List the types."""
        return pb.GetMetadata.Response(
            server_capabilities=_CAPABILITIES,
            resources=[pb.GetMetadata.ResourceMetadata(type_name=name) for name in self._facts.resources],
            data_sources=[
                pb.GetMetadata.DataSourceMetadata(type_name=name) for name in self._facts.data_sources
            ],
        )

    def GetProviderSchema(self, request: Any, context: Any) -> Any:
        """Describe the provider's configuration and every type."""
        return pb.GetProviderSchema.Response(
            provider=schema_message(self._facts.provider),
            resource_schemas={name: schema_message(item) for name, item in self._facts.resources.items()},
            data_source_schemas={
                name: schema_message(item) for name, item in self._facts.data_sources.items()
            },
            server_capabilities=_CAPABILITIES,
        )

    def GetFunctions(self, request: Any, context: Any) -> Any:
        """List the functions: there are none."""
        return pb.GetFunctions.Response()

    def ValidateProviderConfig(self, request: Any, context: Any) -> Any:
        """Accept what fits the schema, which Terraform has checked."""
        return pb.ValidateProviderConfig.Response()

    def ConfigureProvider(self, request: Any, context: Any) -> Any:
        """Remember who asks, and where the stand-in cloud is."""
        response = pb.ConfigureProvider.Response()
        with _refusals(response):
            cloud, config = Cloud(cloud_folder()), decode(request.config.msgpack)
            who = account(self._provider, config)
            credential = Credential.of_job() if self._provider != "time" else None
            if credential:
                credential.use()
            if self._provider == "azurerm":
                register_namespaces(cloud, who, config)
            self._session = _Session(cloud, Faults(cloud), who, credential)
        return response

    def ValidateResourceConfig(self, request: Any, context: Any) -> Any:
        """Check the arguments whose values the provider restricts."""
        found = problems(resource_type(request.type_name).rules, decode(request.config.msgpack))
        return pb.ValidateResourceConfig.Response(diagnostics=[_error(text, name) for name, text in found])

    def ValidateDataResourceConfig(self, request: Any, context: Any) -> Any:
        """Accept what fits the schema, which Terraform has checked."""
        return pb.ValidateDataResourceConfig.Response()

    def UpgradeResourceState(self, request: Any, context: Any) -> Any:
        """Hand the stored state back as it is: encoding it anew would lose the types of dynamic attributes."""
        return pb.UpgradeResourceState.Response(upgraded_state=pb.DynamicValue(json=request.raw_state.json))

    def ReadResource(self, request: Any, context: Any) -> Any:
        """Return what a resource is now, or null if it is gone."""
        response = pb.ReadResource.Response(new_state=request.current_state, private=request.private)
        with _refusals(response), self._request(request.type_name) as asked:
            state = applying.read(asked, decode(request.current_state.msgpack))
            response.new_state.CopyFrom(_value(state))
        return response

    def PlanResourceChange(self, request: Any, context: Any) -> Any:
        """Return what a change will come to."""
        declaration = resource_type(request.type_name)
        values = (request.config, request.prior_state, request.proposed_new_state)
        config, prior, proposed = (decode(value.msgpack) for value in values)
        planned = plan(declaration.block, declaration.rules, config, prior, proposed)
        response = pb.PlanResourceChange.Response(
            planned_state=_value(planned.state),
            requires_replace=[_path(path) for path in planned.replace],
            planned_private=request.prior_private,
            legacy_type_system=True,
        )
        if prior is None and planned.state is not None and os.environ.get(RECOGNIZE_VARIABLE):
            with _refusals(response), self._request(request.type_name) as asked:
                response.planned_state.CopyFrom(_value(applying.recognize(asked, planned.state)))
        return response

    def ApplyResourceChange(self, request: Any, context: Any) -> Any:
        """Create, change or delete a resource; a refused change leaves the state as it was."""
        prior, planned = decode(request.prior_state.msgpack), decode(request.planned_state.msgpack)
        response = pb.ApplyResourceChange.Response(
            new_state=request.prior_state, private=request.planned_private, legacy_type_system=True
        )
        with _refusals(response):
            faults = self._signed_in().faults
            faults.before_write(request.type_name, creates=prior is None, context=context)
            with self._request(request.type_name) as asked:
                state = None
                if planned is None:
                    applying.delete(asked, prior)
                elif prior is None:
                    state = applying.create(asked, planned)
                else:
                    state = applying.update(asked, prior, planned)
            faults.after_write()
            response.new_state.CopyFrom(_value(state))
        return response

    def ImportResourceState(self, request: Any, context: Any) -> Any:
        """Return the state of what an import id names; of nothing, Terraform says so itself."""
        response = pb.ImportResourceState.Response()
        with _refusals(response), self._request(request.type_name) as asked:
            state = applying.import_state(asked, request.id)
            response.imported_resources.add(type_name=asked.type, state=_value(state))
        return response

    def ReadDataSource(self, request: Any, context: Any) -> Any:
        """Look something up by what its configuration says."""
        response = pb.ReadDataSource.Response()
        with _refusals(response), self._request(request.type_name) as asked:
            response.state.CopyFrom(_value(applying.look_up(asked, decode(request.config.msgpack))))
        return response

    def StopProvider(self, request: Any, context: Any) -> Any:
        """Let what is under way finish: a request that was begun is answered, so that nothing is lost."""
        return pb.StopProvider.Response()

    @contextmanager
    def _request(self, type_name: str) -> Iterator[Request]:
        session = self._signed_in()
        if session.credential:
            session.credential.use()
        with session.cloud.locked():
            yield Request(session.cloud, session.account, type_name)

    def _signed_in(self) -> _Session:
        if self._session is None:
            raise ServiceError("The provider was asked for something before it was configured.")
        return self._session


@contextmanager
def _refusals(response: Any) -> Iterator[None]:
    """Turn a refusal into an error in Terraform's output."""
    try:
        yield
    except ServiceError as error:
        response.diagnostics.append(_error(str(error), error.attribute))
    except (BrokenFileError, WriteError) as error:
        response.diagnostics.append(_error(str(error)))


def _error(text: str, attribute: str | None = None) -> Any:
    return pb.Diagnostic(
        severity=pb.Diagnostic.ERROR,
        summary=text,
        attribute=_path((attribute,)) if attribute else None,
    )


def _value(value: Any) -> Any:
    return pb.DynamicValue(msgpack=encode(value))


def _path(path: Path) -> Any:
    steps = [
        pb.AttributePath.Step(element_key_int=step)
        if isinstance(step, int)
        else pb.AttributePath.Step(attribute_name=step)
        for step in path
    ]
    return pb.AttributePath(steps=steps)
