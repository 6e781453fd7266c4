"""Questions to the parsed templates: their resources, values and texts, whatever loop or condition they stand in."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

ROOT = Path(__file__).parents[2]

type Tree = dict[str, Any]


class Read(Protocol):
    """Has the other environment `parse` or `scan` a checkout."""

    def __call__(self, what: str, root: Path = ROOT) -> dict[str, Any]:
        """Give its answer."""
        ...


@dataclass(frozen=True)
class Resource:
    """One resource of a template: where it stands, what it is and what it says."""

    file: str
    name: str
    type: str
    version: str
    existing: bool
    config: Tree

    @property
    def properties(self) -> Tree:
        """What Azure calls its properties."""
        resource = self.config.get("properties", {})
        return resource if isinstance(resource, dict) else {}


@dataclass(frozen=True)
class Templates:
    """All templates, by their paths."""

    trees: dict[str, Tree]

    def resources(self, kind: str | None = None) -> list[Resource]:
        """List the resources that are made, of one type or all."""
        return [resource for resource in self._all() if not resource.existing and kind in {None, resource.type}]

    def existing(self) -> list[Resource]:
        """List the resources that are only looked up."""
        return [resource for resource in self._all() if resource.existing]

    def _all(self) -> Iterator[Resource]:
        for file, tree in self.trees.items():
            for name, resource in tree.get("resources", {}).items():
                config = resource["config"]
                inner = config.get("config", config)  # a loop or a condition wraps it
                yield Resource(file, name, resource["type"], resource["api_version"], bool(resource["existing"]), inner)

    def part(self, kind: str) -> Iterator[tuple[str, str, Any]]:
        """Give the `parameters`, `variables`, `outputs` or `modules` of all templates: file, name and value."""
        for file, tree in self.trees.items():
            yield from ((file, name, value) for name, value in tree.get(kind, {}).items())

    def variable(self, file: str, name: str) -> Any:
        """Give the value of a variable."""
        return self.trees[file]["variables"][name]["value"]

    def texts(self) -> Iterator[tuple[str, str]]:
        """Give every text and name in every template, with the file that it stands in."""
        for file, tree in self.trees.items():
            yield from ((file, text) for text in texts_in(tree))


def texts_in(tree: Any) -> Iterator[str]:
    """Give every text, name and key below a part of a template."""
    if isinstance(tree, dict):
        for key, value in tree.items():
            yield str(key)
            yield from texts_in(value)
    elif isinstance(tree, list):
        for value in tree:
            yield from texts_in(value)
    elif isinstance(tree, str):
        yield tree


def outcomes(value: Any) -> list[Any]:
    """Give all values that an expression may have: both branches of a condition, else itself."""
    match value:
        case {"operator": {"type": "conditional", "operands": {"true_value": yes, "false_value": no}}}:
            return [*outcomes(yes), *outcomes(no)]
        case _:
            return [value]


GUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
