"""The facts as the plugin protocol's schema messages."""

from __future__ import annotations

import json

from tf.gen import tfplugin_pb2 as pb

from facts.reader import Attribute, Block, Nested, NestedBlock, Schema

# Field 11 of Schema.Attribute, ``write_only``, set to true. The package's messages are generated from an older
# edition of the protocol that lacks the field; Terraform understands it, and protobuf passes on what it does not.
_WRITE_ONLY = b"\x58\x01"


def schema_message(schema: Schema) -> pb.Schema:
    """Return the message of one resource type, data source or provider configuration."""
    return pb.Schema(version=schema.version, block=_block(schema.block, schema.version))


def _block(block: Block, version: int = 0) -> pb.Schema.Block:
    return pb.Schema.Block(
        version=version,
        attributes=[_attribute(name, item) for name, item in block.attributes.items()],
        block_types=[_nested_block(name, item) for name, item in block.blocks.items()],
    )


def _attribute(name: str, attribute: Attribute) -> pb.Schema.Attribute:
    message = pb.Schema.Attribute(
        name=name,
        type=b"" if attribute.nested else json.dumps(attribute.type).encode(),
        nested_type=_nested(attribute.nested) if attribute.nested else None,
        required=attribute.required,
        optional=attribute.optional,
        computed=attribute.computed,
        sensitive=attribute.sensitive,
        deprecated=attribute.deprecated,
    )
    if attribute.write_only:
        message.MergeFromString(_WRITE_ONLY)
    return message


def _nested(nested: Nested) -> pb.Schema.Object:
    return pb.Schema.Object(
        attributes=[_attribute(name, item) for name, item in nested.attributes.items()],
        nesting=nested.nesting.upper(),
    )


def _nested_block(name: str, nested: NestedBlock) -> pb.Schema.NestedBlock:
    return pb.Schema.NestedBlock(
        type_name=name,
        block=_block(nested.block),
        nesting=nested.nesting.upper(),
        min_items=nested.min_items,
        max_items=nested.max_items,
    )
