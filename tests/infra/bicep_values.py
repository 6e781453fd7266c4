"""What a value of a template may be, as far as can be told before a deployment: constants, or a type alone."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from tests.infra.templates import Resource, Tree, outcomes

ONLY_BICEP = {"parent", "scope", "dependsOn"}  # keys of a resource that say something to the compiler alone


@dataclass(frozen=True)
class Unknown:
    """A value that only a deployment knows, with Bicep's word for its type where that is declared."""

    type: str = ""


def body_of(resource: Resource) -> Tree:
    """Give a resource as Azure gets it."""
    return {key: value for key, value in resource.config.items() if key not in ONLY_BICEP}


def possible(tree: Tree, value: Any) -> Iterator[Any]:
    """Give all that a value may be: a variable is looked up, a condition gives both branches, a loop a list."""
    for outcome in outcomes(value):
        match outcome:
            case str() if outcome in tree.get("variables", {}):
                yield from possible(tree, tree["variables"][outcome]["value"])
            case str() if outcome in tree.get("parameters", {}):
                yield Unknown(tree["parameters"][outcome]["type"])
            case str() if outcome in names_of_loops(tree):
                yield Unknown()
            case {"loop_type": _, "config": item}:
                yield [item]
            case {"function": {"type": "concat", "parameters": parts}}:
                lists = [
                    choice for part in parts.values() for choice in possible(tree, part) if isinstance(choice, list)
                ]
                yield [item for choice in lists for item in choice]
            case {"operator": _} | {"function": _}:
                yield Unknown()
            case _:
                yield outcome


def names_of_loops(tree: Any) -> set[str]:
    """Name what the loops of a template call their items and numbers."""
    match tree:
        case {"loop_type": {"detail": detail}, **rest}:
            return {detail.get("item_name"), detail.get("index_name")} | names_of_loops(rest)
        case dict():
            return set().union(*(names_of_loops(value) for value in tree.values()))
        case list():
            return set().union(*(names_of_loops(value) for value in tree))
        case _:
            return set()
