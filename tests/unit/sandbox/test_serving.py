"""A provider at work: its program answers as Terraform asks, and its schema says what the facts say."""

from __future__ import annotations

import base64
import json
import os
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address
from pathlib import Path
from typing import Any

import grpc
import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from google.protobuf.empty_pb2 import Empty
from tf.gen import grpc_controller_pb2 as controller_pb
from tf.gen import grpc_controller_pb2_grpc as controller_rpc
from tf.gen import grpc_stdio_pb2_grpc as stdio_rpc
from tf.gen import tfplugin_pb2 as pb
from tf.gen import tfplugin_pb2_grpc as rpc

from facts.reader import PROVIDERS, Block, facts
from sandbox.cloud.store import Cloud
from sandbox.commands.mirror import install
from sandbox.provider.schema import schema_message
from sandbox.provider.servicer import ProviderServicer
from sandbox.provider.values import UNKNOWN, decode, encode
from sandbox.tls import new_certificate
from tests.unit.sandbox.client import Context
from tests.unit.sandbox.test_providers import COOKIE

BLOCKS = {
    f"{provider} {kind} {name}": (schema.block, schema_message(schema).block)
    for provider in PROVIDERS
    for kind in ("resources", "data_sources")
    for name, schema in getattr(facts(provider), kind).items()
}
FLAGS = ("required", "optional", "computed", "sensitive", "deprecated")


# --- The program ----------------------------------------------------------------------------------------------------


def test_a_program_answers_on_its_socket_until_it_is_told_to_end(tmp_path: Path) -> None:
    mirror = install(tmp_path).mirror
    (program,) = (mirror / "registry.terraform.io/hashicorp/time").rglob("terraform-provider-*")
    environment = {**os.environ, "TF_PLUGIN_MAGIC_COOKIE": COOKIE}
    with subprocess.Popen([program], env=environment, stdout=subprocess.PIPE, text=True) as provider:
        assert provider.stdout
        *start, socket, protocol, encoded = provider.stdout.readline().strip().split("|")
        assert (start, protocol) == (["1", "6", "unix"], "grpc")
        assert "=" not in encoded  # Go's RawStdEncoding, by which Terraform reads it
        der = base64.b64decode(encoded + "=" * (-len(encoded) % 4))
        pem = x509.load_der_x509_certificate(der).public_bytes(Encoding.PEM)
        options = [("grpc.ssl_target_name_override", "localhost")]
        with grpc.secure_channel(f"unix://{socket}", grpc.ssl_channel_credentials(pem), options) as channel:
            answer = rpc.ProviderStub(channel).GetMetadata(pb.GetMetadata.Request(), timeout=20)  # type: ignore[no-untyped-call]  # generated
            assert [item.type_name for item in answer.resources] == ["time_sleep"]
            said = stdio_rpc.GRPCStdioStub(channel).StreamStdio(Empty(), timeout=20)  # type: ignore[no-untyped-call]  # generated
            assert list(said) == []
            controller_rpc.GRPCControllerStub(channel).Shutdown(controller_pb.Empty(), timeout=20)  # type: ignore[no-untyped-call]  # generated
        assert provider.wait(timeout=20) == 0
    assert not Path(socket).parent.exists()


def test_the_certificate_is_what_the_plugin_protocol_wants() -> None:
    content = json.loads(new_certificate())
    certificate = x509.load_pem_x509_certificate(content["certificate"].encode())
    assert base64.b64decode(content["certificate_der"]) == certificate.public_bytes(Encoding.DER)
    assert certificate.subject == certificate.issuer == x509.Name.from_rfc4514_string("CN=localhost")
    assert certificate.not_valid_after_utc - certificate.not_valid_before_utc == timedelta(days=3651)
    begun = datetime.now(UTC) - certificate.not_valid_before_utc
    assert timedelta(days=1) <= begun < timedelta(days=1, minutes=5)
    names = [x509.DNSName("localhost"), x509.IPAddress(IPv4Address("127.0.0.1"))]
    found = {type(item.value): (item.critical, item.value) for item in certificate.extensions}
    assert found == {
        x509.BasicConstraints: (True, x509.BasicConstraints(ca=True, path_length=None)),
        x509.SubjectAlternativeName: (False, x509.SubjectAlternativeName(names)),
        x509.KeyUsage: (
            True,
            x509.KeyUsage(
                digital_signature=True,
                key_encipherment=True,
                key_agreement=True,
                key_cert_sign=True,
                content_commitment=False,
                data_encipherment=False,
                crl_sign=False,
                encipher_only=False,
                decipher_only=False,
            ),
        ),
        x509.ExtendedKeyUsage: (True, x509.ExtendedKeyUsage([x509.oid.ExtendedKeyUsageOID.SERVER_AUTH])),
    }
    assert content["key"].startswith("-----BEGIN PRIVATE KEY-----")


# --- The schema -----------------------------------------------------------------------------------------------------


def differences(block: Block, message: Any, place: str = "") -> Iterator[str]:
    attributes = {item.name: item for item in message.attributes}
    nested = {item.type_name: item for item in message.block_types}
    if attributes.keys() != block.attributes.keys() or nested.keys() != block.blocks.keys():
        yield f"{place}: other names"
        return
    for name, attribute in block.attributes.items():
        said = attributes[name]
        if [getattr(said, flag) for flag in FLAGS] != [getattr(attribute, flag) for flag in FLAGS]:
            yield f"{place}{name}: other flags"
        if not attribute.nested and json.loads(said.type) != attribute.type:
            yield f"{place}{name}: another type"
    for name, inner in block.blocks.items():
        said = nested[name]
        if said.NestingMode.Name(said.nesting) != inner.nesting.upper():
            yield f"{place}{name}: nested in another way"
        if (said.min_items, said.max_items) != (inner.min_items, inner.max_items):
            yield f"{place}{name}: another number"
        yield from differences(inner.block, said.block, f"{place}{name}.")


@pytest.mark.parametrize("name", BLOCKS)
def test_terraform_is_told_what_the_facts_say(name: str) -> None:
    assert list(differences(*BLOCKS[name])) == []


def test_some_attribute_has_each_flag() -> None:
    """Otherwise the test above could not tell that one is left out."""
    found = {
        flag
        for block, _ in BLOCKS.values()
        for attribute in block.attributes.values()
        for flag in FLAGS
        if getattr(attribute, flag)
    }
    assert found >= {"required", "optional", "computed", "sensitive"}


# --- Answers --------------------------------------------------------------------------------------------------------


def test_what_terraform_keeps_for_a_provider_comes_back(cloud: Cloud) -> None:
    """Its private data. Plans are of the older kind, in which null and zero are the same; a schema is optional."""
    servicer = ProviderServicer("time")
    for answer in (
        servicer.GetMetadata(pb.GetMetadata.Request(), Context()),
        servicer.GetProviderSchema(pb.GetProviderSchema.Request(), Context()),
    ):
        assert answer.server_capabilities.get_provider_schema_optional
    configuration = pb.DynamicValue(msgpack=encode({}))
    servicer.ConfigureProvider(pb.ConfigureProvider.Request(config=configuration), Context())
    given = {"create_duration": "1s", "destroy_duration": None, "triggers": None, "id": None}
    config, none = (pb.DynamicValue(msgpack=encode(value)) for value in (given, None))
    planned = servicer.PlanResourceChange(
        pb.PlanResourceChange.Request(
            type_name="time_sleep",
            prior_state=none,
            config=config,
            proposed_new_state=config,
            prior_private=b"kept",
        ),
        Context(),
    )
    assert (planned.planned_private, planned.legacy_type_system) == (b"kept", True)
    assert decode(planned.planned_state.msgpack)["id"] is UNKNOWN
    applied = servicer.ApplyResourceChange(
        pb.ApplyResourceChange.Request(
            type_name="time_sleep",
            prior_state=none,
            config=config,
            planned_state=planned.planned_state,
            planned_private=planned.planned_private,
        ),
        Context(),
    )
    assert (applied.private, applied.legacy_type_system) == (b"kept", True)
    read = pb.ReadResource.Request(type_name="time_sleep", current_state=applied.new_state, private=b"kept")
    assert servicer.ReadResource(read, Context()).private == b"kept"


def test_before_it_is_configured_a_provider_does_nothing() -> None:
    request = pb.ReadResource.Request(
        type_name="time_sleep", current_state=pb.DynamicValue(msgpack=encode({"id": "1"}))
    )
    (said,) = ProviderServicer("time").ReadResource(request, Context()).diagnostics
    assert said.summary == "The provider was asked for something before it was configured."
    assert said.severity == pb.Diagnostic.ERROR
