"""YAML in which no key stands twice: YAML itself takes the last of two equal keys and loses the first unseen."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

import yaml


def load_yaml(text: str) -> Any:
    """Return what the text says. Raises yaml.YAMLError for what is no YAML and for a key that stands twice."""
    return yaml.load(text, Loader=_UniqueKeyLoader)


def yaml_problem(error: yaml.YAMLError) -> str:
    """Return what is wrong and in which line, without the text itself, which may have a secret in it."""
    if isinstance(error, _KeyTwice):
        return str(error.problem)
    mark = getattr(error, "problem_mark", None)
    return "is not YAML" + (f" (line {mark.line + 1})" if mark else "")


class _KeyTwice(yaml.constructor.ConstructorError):
    """A key stands twice; `problem` names it and its lines."""


class _UniqueKeyLoader(yaml.SafeLoader):
    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        lines: list[tuple[Any, int]] = []
        for key_node, _ in node.value:
            key = self.construct_object(key_node, deep=True)
            first = next((line for known, line in lines if known == key), None)
            if first is not None:
                line = key_node.start_mark.line + 1
                raise _KeyTwice(None, None, f"has the key {key} twice, in lines {first} and {line}")
            lines.append((key, key_node.start_mark.line + 1))
        return super().construct_mapping(node, deep)
