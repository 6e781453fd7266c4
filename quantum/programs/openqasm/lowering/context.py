"""What the lowering of one program shares: names in their scopes, faults, operations, gates, and what was declared."""

from collections.abc import Callable, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from quantum.programs.openqasm import syntax
from quantum.programs.openqasm.circuit import Input
from quantum.programs.openqasm.lowering.flow import Flow
from quantum.programs.openqasm.lowering.refusals import Faults, RefusedError
from quantum.programs.openqasm.lowering.values import BitPlace, Kind, Missing, Qubits, Value, Variable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from quantum.programs.openqasm.lowering.gates import Expander, OwnGate

Symbol = Variable | BitPlace | Value


class Scope:
    """Names, and the scope around them."""

    def __init__(self, outer: "Scope | None" = None) -> None:
        self.names: dict[str, Symbol] = {}
        self._outer = outer

    def find(self, name: str) -> Symbol | None:
        """Look a name up from here outward."""
        scope: Scope | None = self
        while scope is not None:
            if (symbol := scope.names.get(name)) is not None:
                return symbol
            scope = scope._outer  # noqa: SLF001 - of its own kind
        return None

    def below(self, top: "Scope") -> "Scope":
        """Find the scope around this one that is the next to another."""
        return self if self._outer is None or self._outer is top else self._outer.below(top)

    def all_names(self) -> list[str]:
        """List the names that can be seen from here."""
        return [*self.names, *(self._outer.all_names() if self._outer else ())]


@dataclass(slots=True, frozen=True)
class Declared:
    """A register or a variable of the program, in the order in which they are returned."""

    name: str
    symbol: BitPlace | Variable
    role: str
    at: int


@dataclass(slots=True)
class Frame:
    """A subroutine that is being run: whether it has returned, and with what."""

    name: str
    result: Variable
    has_returned: Variable


@dataclass(slots=True)
class Context:
    """All of it. `call` runs a subroutine of the program; it is put in from outside, since it runs statements."""

    language: str
    flow: Flow
    expander: "Expander"
    call: "Callable[[Context, syntax.Call], Value]"
    arguments: Sequence[object] | None = None
    line: Callable[[int], int] | None = None
    faults: Faults = field(default_factory=Faults)
    top: Scope = field(default_factory=Scope)
    scope: Scope = field(default_factory=Scope)
    gates: "dict[str, OwnGate]" = field(default_factory=dict)
    broken_gates: set[str] = field(default_factory=set)
    subroutines: dict[str, syntax.Subroutine] = field(default_factory=dict)
    files: set[str] = field(default_factory=set)
    externs: list[str] = field(default_factory=list)
    frames: list[Frame] = field(default_factory=list)
    ended: Variable = field(default_factory=lambda: Variable("", Kind("bool"), value=False))
    exits: list[Variable] = field(default_factory=list)
    loops: list[tuple[Variable, Variable]] = field(default_factory=list)
    qubits: int = 0
    hardware: dict[int, int] = field(default_factory=dict)
    declared: list[Declared] = field(default_factory=list)
    inputs: list[Input] = field(default_factory=list)
    input_values: dict[str, object] = field(default_factory=dict)
    decisive: set[str] = field(default_factory=set)
    notes: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Begin in the outermost scope."""
        self.scope = self.top
        self.exits = [self.ended]

    def define(self, name: str, symbol: Symbol, at: int) -> None:
        """Give a name its meaning in this scope; each has one."""
        if self.scope.names.get(name, _NOTHING) != _NOTHING:
            raise RefusedError(f"{name!r} is declared twice: give one of them another name", at)
        self.scope.names[name] = symbol

    def poison(self, name: str) -> None:
        """Keep quiet about a name whose declaration is at fault."""
        self.scope.names.setdefault(name, _NOTHING)

    def miss(self, name: str) -> None:
        """Keep quiet about a name that nobody declared, wherever it is met again."""
        self.top.names.setdefault(name, _NOTHING)

    @contextmanager
    def within(self, scope: Scope) -> "Iterator[None]":
        """See the names of a scope for a while."""
        before, self.scope = self.scope, scope
        try:
            yield
        finally:
            self.scope = before

    def physical(self, number: int, at: int) -> Qubits:
        """Number a hardware qubit."""
        if self.qubits > len(self.hardware):
            raise RefusedError(
                "a program has hardware qubits such as $0, or declares qubits: write one or the other", at
            )
        if number not in self.hardware:
            self.hardware[number] = self.qubits
            self.qubits += 1
        return Qubits((self.hardware[number],), is_register=False)

    def note(self, word: str, text: str, at: int) -> None:
        """Say once what was left out."""
        if word not in self.notes:
            self.notes[word] = text if self.line is None else f"line {self.line(at)}: {text}"


_NOTHING = Missing(is_told=True)
