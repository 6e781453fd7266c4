"""The types of Q# as its compiler spells them: `((Int, Double[]) => Result[])` is read into a tree."""

import re
from collections.abc import Callable
from dataclasses import dataclass

TOKEN = re.compile(r"\s*(=>|->|\[\]|[(),+]|[^\s(),+\[\]]+)")
ARROWS = ("=>", "->")

type Query = Callable[[str], str]


@dataclass(frozen=True)
class Type:
    """A type: of one `name`, or made of `items`: an array, a tuple, or a callable with its input and its output."""

    text: str
    kind: str
    items: tuple["Type", ...] = ()


def read_type(text: str) -> Type:
    """Read a type; ValueError where it is none."""
    tokens = TOKEN.findall(text)
    type_, rest = _read(tokens)
    if rest:
        raise ValueError(text)
    return type_


def _read(tokens: list[str]) -> tuple[Type, list[str]]:
    if not tokens:
        raise ValueError("a type ends too early")
    head, rest = tokens[0], tokens[1:]
    type_, rest = _in_brackets(rest) if head == "(" else (Type(head, "name"), rest)
    while rest[:1] == ["[]"]:
        type_, rest = Type(f"{type_.text}[]", "array", (type_,)), rest[1:]
    return type_, rest


def _in_brackets(rest: list[str]) -> tuple[Type, list[str]]:
    items: list[Type] = []
    while rest[:1] != [")"]:
        item, rest = _read(rest)
        items.append(item)
        if rest[:1] and rest[0] in ARROWS:
            output, rest = _read(rest[1:])
            text = f"({item.text} -> {output.text})"
            return Type(text, "callable", (item, output)), rest[rest.index(")") + 1 :]
        rest = rest[1:] if rest[:1] == [","] else rest
    text = ", ".join(item.text for item in items)
    return Type(f"({text},)" if len(items) == 1 else f"({text})", "tuple", tuple(items)), rest[1:]


def leaves(type_: Type) -> tuple[Type, ...]:
    """What is within a tuple, however deep; anything else is a leaf itself."""
    return sum(map(leaves, type_.items), ()) if type_.kind == "tuple" else (type_,)
