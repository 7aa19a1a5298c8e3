"""A program that Terraform takes for the AWS provider: it knows the schema, and calls nobody.

    python stand_in_provider.py SCHEMA.json

It refuses what the schema refuses. In a plan it makes up what only AWS knows (IDs, ARNs), so that a plan shows every
policy in full. It cannot know which values AWS takes: an instance type or a storage class that does not exist passes.
"""

from __future__ import annotations

import base64
import hashlib
import json
import sys
import tempfile
from collections.abc import Iterator
from concurrent import futures
from typing import Any

import grpc
import msgpack
from tf.gen import grpc_controller_pb2, grpc_controller_pb2_grpc, grpc_stdio_pb2_grpc
from tf.gen import tfplugin_pb2 as messages
from tf.gen import tfplugin_pb2_grpc as services
from tf.runner import _self_signed_cert

Json = dict[str, Any]
ACCOUNT, REGION = "111122223333", "eu-central-1"
OF_ACCOUNT = {"account_id": ACCOUNT, "partition": "aws", "id": ACCOUNT, "arn": f"arn:aws:iam::{ACCOUNT}:root"}
UNKNOWN = msgpack.ExtType(0, b"\x00")
WRITE_ONLY = b"\x58\x01"  # field 11 of an attribute, true: the package's protocol is older than it
LIST, SINGLE = messages.Schema.NestedBlock.LIST, messages.Schema.NestedBlock.SINGLE


def attribute(name: str, told: Json) -> Any:
    """Return the schema of an argument. One that may be left out may be set by the provider, too."""
    is_required, is_computed = bool(told.get("required")), bool(told.get("computed"))
    message = messages.Schema.Attribute(
        name=name,
        type=json.dumps(told["type"]).encode(),
        required=is_required,
        optional=not is_required and not is_computed,
        computed=not is_required and not is_write_only(name, told),
    )
    if is_write_only(name, told):
        message.MergeFromString(WRITE_ONLY)
    return message


def is_write_only(name: str, told: Json) -> bool:
    """Return whether it goes to AWS, and neither into a plan nor into a state."""
    return name.endswith("_wo") and not told.get("computed")


def block(told: Json) -> Any:
    """Return the schema of a block with all that is in it."""
    return messages.Schema.Block(
        attributes=[attribute(name, inner) for name, inner in sorted(told["attributes"].items())],
        block_types=[
            messages.Schema.NestedBlock(
                type_name=name, block=block(inner["block"]), nesting=SINGLE if inner["single"] else LIST
            )
            for name, inner in sorted(told["blocks"].items())
        ],
    )


def faults(told: Json, value: Json, path: str) -> Iterator[str]:
    """Yield a sentence for each required block that is missing, and for what only AWS sets."""
    for name, inner in told["attributes"].items():
        if inner.get("computed") and value.get(name) is not None:
            yield f"{path}: argument {name} cannot be set"
    for name, inner in told["blocks"].items():
        given = value.get(name)
        if inner["required"] and not given:
            yield f"{path}: block {name} is required"
        for one in given if isinstance(given, list) else [given]:
            if isinstance(one, dict):
                yield from faults(inner["block"], one, f"{path}.{name}")


def filled_in(kind: str, told: Json, value: Json, default_tags: dict[str, str]) -> Json:
    """Return a planned resource with what AWS would set made up: the same for the same arguments."""
    digest = hashlib.sha256(json.dumps([kind, value], sort_keys=True, default=str).encode()).hexdigest()[:12]
    for name, inner in told["attributes"].items():
        if is_write_only(name, inner):
            value[name] = None
        elif name == "tags_all":
            value[name] = default_tags | (value.get("tags") or {})
        elif value.get(name) is None and (inner.get("computed") or name in ("id", "name")):
            value[name] = made_up(kind, name, inner["type"], digest)
    return value


def made_up(kind: str, name: str, of_type: Any, digest: str) -> Any:
    """Return a value that tells where it comes from."""
    if of_type != "string":
        return UNKNOWN
    if name == "arn":
        _, service, *words = kind.split("_")
        return f"arn:aws:{service}:{REGION}:{ACCOUNT}:{'-'.join(words)}/{digest}"
    return digest if name == "key_id" else f"{kind}-{name}-{digest}"


def unpacked(value: Any) -> Any:
    return msgpack.unpackb(value.msgpack, strict_map_key=False)


def packed(value: Any) -> Any:
    return messages.DynamicValue(msgpack=msgpack.packb(value))


class Provider(services.ProviderServicer):
    """The calls of Terraform's plugin protocol, version 6, that validate and plan make."""

    def __init__(self, schema: Json) -> None:
        self.schema = schema
        self.default_tags: dict[str, str] = {}

    def GetMetadata(self, request, context):
        context.abort(grpc.StatusCode.UNIMPLEMENTED, "the schema has it all")

    def GetProviderSchema(self, request, context):
        tags = {"attributes": {"tags": {"type": ["map", "string"]}}, "blocks": {}}
        own = {
            "attributes": {"region": {"type": "string"}},
            "blocks": {"default_tags": {"single": False, "block": tags}},
        }
        return messages.GetProviderSchema.Response(
            provider=messages.Schema(block=block(own)),
            resource_schemas={
                name: messages.Schema(block=block(told)) for name, told in self.schema["resources"].items()
            },
            data_source_schemas={
                name: messages.Schema(block=block(told)) for name, told in self.schema["data-sources"].items()
            },
            server_capabilities=messages.ServerCapabilities(get_provider_schema_optional=False),
        )

    def ValidateProviderConfig(self, request, context):
        return messages.ValidateProviderConfig.Response()

    def ConfigureProvider(self, request, context):
        for one in unpacked(request.config)["default_tags"] or []:
            self.default_tags |= one["tags"]
        return messages.ConfigureProvider.Response()

    def ValidateResourceConfig(self, request, context):
        told = self.schema["resources"][request.type_name]
        found = faults(told, unpacked(request.config), request.type_name)
        return messages.ValidateResourceConfig.Response(
            diagnostics=[messages.Diagnostic(severity=messages.Diagnostic.ERROR, summary=fault) for fault in found]
        )

    def ValidateDataResourceConfig(self, request, context):
        return messages.ValidateDataResourceConfig.Response()

    def ReadDataSource(self, request, context):
        told = self.schema["data-sources"][request.type_name]
        state = unpacked(request.config) | {name: OF_ACCOUNT[name] for name in told["attributes"] if name in OF_ACCOUNT}
        return messages.ReadDataSource.Response(state=packed(state))

    def UpgradeResourceState(self, request, context):
        return messages.UpgradeResourceState.Response(upgraded_state=messages.DynamicValue(json=request.raw_state.json))

    def PlanResourceChange(self, request, context):
        value = unpacked(request.proposed_new_state)
        if value is not None:
            told = self.schema["resources"][request.type_name]
            value = filled_in(request.type_name, told, value, self.default_tags)
        return messages.PlanResourceChange.Response(planned_state=packed(value))

    def StopProvider(self, request, context):
        return messages.StopProvider.Response()


class Controller(grpc_controller_pb2_grpc.GRPCControllerServicer):
    """The call by which Terraform ends the program."""

    def __init__(self, server: grpc.Server) -> None:
        self.server = server

    def Shutdown(self, request, context):
        self.server.stop(0)
        return grpc_controller_pb2.Empty()


class Output(grpc_stdio_pb2_grpc.GRPCStdioServicer):
    """Service by which Terraform reads what a provider prints; it prints nothing."""

    def StreamStdio(self, request, context):
        return iter([])


def main() -> None:
    with open(sys.argv[1], encoding="utf-8") as file:
        schema = json.load(file)
    server = grpc.server(futures.ThreadPoolExecutor(4), options=[("grpc.max_send_message_length", 256 << 20)])
    services.add_ProviderServicer_to_server(Provider(schema), server)
    grpc_controller_pb2_grpc.add_GRPCControllerServicer_to_server(Controller(server), server)
    grpc_stdio_pb2_grpc.add_GRPCStdioServicer_to_server(Output(), server)
    certificate, credentials = _self_signed_cert()
    with tempfile.TemporaryDirectory() as folder:
        server.add_secure_port(f"unix://{folder}/socket", credentials)
        server.start()
        print(f"1|6|unix|{folder}/socket|grpc|{base64.b64encode(certificate).decode().rstrip('=')}", flush=True)
        server.wait_for_termination()


if __name__ == "__main__":
    main()
