"""What an operation of Q# takes and gives: types as the compiler knows them, names as the program writes them."""

from collections.abc import Iterator
from typing import Any

from quantum.programs.compiling.faults import FaultyProgramError, fault
from quantum.programs.compiling.qsharp_arguments import Struct
from quantum.programs.compiling.qsharp_text import QsharpText
from quantum.programs.compiling.qsharp_types import Type, leaves, read_type
from quantum.programs.compiling.reports import reports

FOUND = ", found "
NOT_OUTPUTS = ("Qubit", "Range", "BigInt", "String", "Pauli")


class Signatures:
    """The signatures of one program, asked for as they are needed."""

    def __init__(self, error: type[Exception], context: Any, text: QsharpText) -> None:
        self._error, self._context, self._text = error, context, text

    def of(self, name: str) -> tuple[list[tuple[str, Type]], Type]:
        """Tell the parameters of an operation, each with its name where it has one, and its output."""
        input_type, output = self._type(name).items
        names = self._parameters(name, len(input_type.items))
        if input_type.text == "Unit":
            kinds: tuple[Type, ...] = () if not names else (input_type,)
        else:
            kinds = input_type.items if input_type.kind == "tuple" and len(names) != 1 else (input_type,)
        if len(names) != len(kinds):
            names = ("",) * len(kinds)
        return [(label if label.isidentifier() else "", kind) for label, kind in zip(names, kinds, strict=True)], output

    def struct(self, name: str) -> Struct | None:
        """Look up a type of the program's own, which its declarations name in full."""
        full = [item.name for item in self._text.declarations if item.kind in {"struct", "newtype"}]
        struct_name = next((full_name for full_name in full if full_name.rpartition(".")[2] == name), None)
        if struct_name is None:
            return None
        input_type = self._type(struct_name).items[0]
        return Struct(struct_name, input_type, tuple(self._fields(struct_name)))

    def place(self, name: str) -> tuple[int, int] | tuple[()]:
        """Tell where an operation begins."""
        starts = (item.start for item in self._text.declarations if item.name == name)
        return next((self._text.place(start) for start in starts), ())

    def _type(self, name: str) -> Type:
        """Ask the compiler what type a name has: it says so where another type is asked for."""
        try:
            self._context.eval(f"let typeOfNoProgram : Unit = {name};")
        except self._error as error:
            for report in reports(str(error)):
                if FOUND in report.summary:
                    return read_type(report.summary.partition(FOUND)[2])
        raise FaultyProgramError(
            fault("entryPoint", f"what {name} takes cannot be told: call it from a Main of its own")
        )

    def _fields(self, name: str) -> Iterator[str]:
        scope = self._context.code
        for part in name.split("."):
            scope = getattr(scope, part, None)
        yield from getattr(scope, "__annotations__", None) or ()

    def _parameters(self, name: str, count: int) -> tuple[str, ...]:
        """Name an operation's parameters: where it is declared for several profiles, those that are as many."""
        declared = [item.parameters for item in self._text.declarations if item.name == name]
        return next((names for names in declared if len(names) == count), next(iter(declared), ()))


def check_output(name: str, output: Type, start: tuple[int, int] | tuple[()]) -> None:
    """Refuse an operation that can record nothing, or whose values no target records."""
    kinds = [kind for leaf in leaves(output) for kind in leaves(_innermost(leaf))]
    if all(kind.text == "Unit" for kind in kinds):
        raise FaultyProgramError(
            fault("input", f"{name} returns nothing, so that there would be no result: return what it measures", *start)
        )
    odd = [kind.text for kind in kinds if kind.text in NOT_OUTPUTS or kind.kind == "callable"]
    if odd:
        reason = (
            f"{name} returns {output.text}: a target gives back Result, Bool and Int, and tuples and arrays of them"
        )
        raise FaultyProgramError(fault("input", reason, *start))


def _innermost(kind: Type) -> Type:
    return _innermost(kind.items[0]) if kind.kind == "array" else kind
