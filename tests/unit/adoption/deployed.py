"""Deploys a synthesized stack into a stand-in cloud, straight through the providers' methods: seconds, no Terraform."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from adoption.references import resolve
from adoption.wanted import ONLY_IN_STATE, Terraform, Wanted
from deployment.stacks import Stack
from facts.reader import Block, facts
from tests.synthesized import Stack as Synthesized
from tests.unit.sandbox.client import Client

_SET_LATER = {
    r"\$\{formatdate\([^}]*\)\}": "2026-11-01T00:00:00Z",
    r"\$\{var\.\w+_webhook_url\}": "https://hooks.example.com/x",
    r"\$\{data\.azapi_resource_action\.[^}]*\}": "https://hooks.example.com/x",
    r'\$\{var\.allow_placeholder_ids \? \\"([^"\\]*)\\" : null\}': r"\1",
}
"""What is known when Terraform applies, and what it is here."""


def stack_of(synthesized: Synthesized) -> Stack:
    """Return a stack with what is known at its deployment."""
    text = json.dumps(synthesized.terraform)
    for pattern, value in _SET_LATER.items():
        text = re.sub(pattern, value, text)
    return Stack(synthesized.name, Path(), json.loads(text))


class Deployment:
    """The deployment of one stack."""

    def __init__(self, stack: Stack) -> None:
        self._stack = stack
        self._terraform = Terraform(stack)
        self._clients: dict[tuple[str, str], Client] = {}
        self._states: dict[str, Mapping[str, Any]] = {}

    def run(self) -> None:
        """Create everything, what others need first."""
        for type_name, bodies in self._stack.terraform["resource"].items():
            for name in bodies if type_name not in ONLY_IN_STATE else ():
                self._make(f"{type_name}.{name}")

    def _make(self, address: str) -> None:
        for wanted in self._at(address):
            self._state(wanted.address)

    def _state(self, address: str) -> Mapping[str, Any]:
        if address not in self._states:
            wanted = self._terraform.at(address)
            assert wanted is not None, address
            self._states[address] = {}  # what depends on itself by a wait
            for other in self._needs(wanted):
                self._make(other)
            arguments = resolve(dict(wanted.body), self._state, wanted.each)
            provider = wanted.type.partition("_")[0]
            types = facts(provider).data_sources if wanted.data else facts(provider).resources
            whole = _blocks(types[wanted.type].block, arguments)
            client = self._client(provider, wanted.provider)
            ask = client.look_up if wanted.data else client.create
            self._states[address] = ask(wanted.type, **whole)
        return self._states[address]

    def _needs(self, wanted: Wanted) -> list[str]:
        """Return what has to be there first besides what is referred to; a wait stands for what it waits for."""
        kind = "data" if wanted.data else "resource"
        body = self._stack.terraform[kind][wanted.type][wanted.name]
        return list(self._waited(body.get("depends_on", ())))

    def _waited(self, addresses: Any) -> Iterator[str]:
        for address in addresses:
            type_name, _, name = address.removeprefix("data.").partition(".")
            if type_name in ONLY_IN_STATE:
                body = self._stack.terraform["resource"][type_name][name]
                yield from self._waited(body.get("depends_on", ()))
                yield from re.findall(r"\$\{(\w+\.[\w-]+)\.id\}", json.dumps(body.get("triggers", {})))
            else:
                yield address

    def _at(self, address: str) -> Iterator[Wanted]:
        every = self._terraform.every
        prefix = f"{address}["
        yield from (item for item in every if item.address == address or item.address.startswith(prefix))

    def _client(self, provider: str, alias: str) -> Client:
        if (provider, alias) not in self._clients:
            configured = self._stack.terraform["provider"][provider]
            (config,) = [item for item in configured if item.get("alias", "") == alias]
            config = {name: value for name, value in config.items() if name != "alias"}
            self._clients[provider, alias] = Client(
                provider, **_blocks(facts(provider).provider.block, config)
            )
        return self._clients[provider, alias]


def _blocks(block: Block, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Return arguments with each block in a list, where cdktf writes one alone as it is."""
    whole = {}
    for name, value in arguments.items():
        nested = block.blocks.get(name)
        if nested is None or value is None:
            whole[name] = value
            continue
        items = value if isinstance(value, list) else [value]
        inner = [_blocks(nested.block, item) for item in items]
        whole[name] = inner[0] if nested.nesting == "single" else inner
    return whole
