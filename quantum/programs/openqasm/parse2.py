"""Reads OpenQASM 2 by its own grammar (arXiv 1707.03429), as leniently as Qiskit's loader where that is clear.

Words that only OpenQASM 3 keeps for itself are names here. After a fault it is read on behind the next `;` or `}`.
Names are not looked up: what a program means is for the lowering to say.
"""

from collections.abc import Callable, Mapping

from quantum.programs.openqasm.expressions2 import read_parameters
from quantum.programs.openqasm.faults import MOST_FAULTS, FaultyProgramError, ProgramFault
from quantum.programs.openqasm.syntax import (
    Aside,
    Barrier,
    Binary,
    Declaration,
    Expression,
    GateCall,
    GateDefinition,
    If,
    Include,
    Index,
    Measure,
    Name,
    Number,
    Program,
    QubitDeclaration,
    Reset,
    Statement,
    Type,
)
from quantum.programs.openqasm.tokens2 import END, Cursor, MisreadError, shown

MOST_DIGITS = 9  # of an index or a size
MOST_DIGITS_OF_A_VALUE = 4_000  # of what a register is compared with
MOST_CONDITIONS = 20  # before one statement
COMPARISONS = ("==", "!=", "<", ">", "<=", ">=")  # OpenQASM 2 has the first; Quantinuum's compiler takes all

ASSIGNED = "OpenQASM 2 has no assignments: `measure q[0] -> c[0];` sets a bit"

OF_OPENQASM_3 = {  # what to write for it
    "qubit": "`qreg q[2];` declares qubits",
    "bit": "`creg c[2];` declares bits",
    **dict.fromkeys(("input", "output", "const", "let", "int", "uint", "float", "angle", "bool", "array"), ""),
    **dict.fromkeys(("for", "while", "switch", "def", "return", "end", "extern", "box", "else"), ""),
    **dict.fromkeys(("ctrl", "negctrl", "inv", "pow", "stretch", "duration", "cal", "defcal"), ""),
}


def parse(source: str) -> Program:
    """Read a program, or raise FaultyProgramError with what is wrong, twenty faults at most."""
    parser = _Parser(Cursor(source))
    statements = parser.program()
    if parser.faults:
        raise FaultyProgramError(*parser.faults)
    return Program(2, parser.version, tuple(statements))


class _Parser:
    """Reads statements; `faults` is what was met on the way."""

    def __init__(self, cursor: Cursor) -> None:
        self.faults: list[ProgramFault] = []
        self.version: str | None = None
        self._cursor = cursor
        self._kinds: Mapping[str, Callable[[int], Statement | None]] = {
            "OPENQASM": self._version,
            "include": self._include,
            "qreg": self._qreg,
            "creg": self._creg,
            "gate": self._gate,
            "opaque": self._opaque,
            "if": self._if,
            "barrier": self._barrier,
            "measure": self._measure,
            "reset": self._reset,
        }

    def program(self) -> list[Statement]:
        """Read everything."""
        statements: list[Statement] = []
        while self._cursor.text and len(self.faults) < MOST_FAULTS:
            if self._cursor.accept(";"):
                continue
            statement = self._recovered(self._statement)
            if statement is not None:
                statements.append(statement)
        return statements

    def _recovered(self, read: Callable[[], Statement | None]) -> Statement | None:
        """Read a statement; after a fault in it, go on behind it."""
        first, at = self._cursor.text, self._cursor.at
        try:
            return read()
        except MisreadError as error:
            self.faults.append(_of_openqasm_3(first, at) or error.fault)
            self._skip()
            return None

    def _skip(self) -> None:
        """Go behind the next `;`, or behind the `}` of what is opened before that; a `}` of ours stays."""
        opened = 0
        while self._cursor.text and (opened or self._cursor.text != "}"):
            text = self._cursor.step()
            opened += (text == "{") - (text == "}")
            if not opened and text in {";", "}"}:
                return

    def _statement(self) -> Statement | None:
        text, at = self._cursor.text, self._cursor.at
        if kind := self._kinds.get(text):
            self._cursor.step()
            return kind(at)
        if text.startswith("#"):
            return Aside("pragma", self._cursor.step(), at)
        if text == "}":
            self._cursor.step()
            raise MisreadError("`}` closes nothing", at)
        return self._call(at)

    def _call(self, at: int) -> GateCall:
        cursor = self._cursor
        if not cursor.text.isidentifier():
            raise MisreadError(f"a statement cannot begin with {shown(cursor.text)}", at)
        name = cursor.step()
        parameters = read_parameters(cursor) if cursor.text == "(" else ()
        if cursor.text == "=" or (cursor.text == "[" and not parameters):
            raise MisreadError(f'{ASSIGNED}, and "quantinuum.openqasm.v1" is what Quantinuum makes of one', at)
        qubits = () if name == "gphase" and cursor.text == ";" else self._operands(f"a qubit for `{name}`")
        cursor.expect(";", f"behind `{name}`")
        return GateCall(name, parameters, qubits, (), at)

    def _operands(self, what: str) -> tuple[Expression, ...]:
        """Read qubits with commas between them; one may stand behind the last."""
        operands = [self._operand(what)]
        while self._cursor.accept(",") and self._cursor.text != ";":
            operands.append(self._operand(what))
        return tuple(operands)

    def _operand(self, what: str) -> Name | Index:
        cursor = self._cursor
        at = cursor.at
        name = Name(cursor.name(what), at)
        if not cursor.accept("["):
            return name
        place = cursor.at
        index = Number(cursor.whole(f"the index of `{name.name}`", MOST_DIGITS), place)
        cursor.expect("]", "behind the index")
        return Index(name, (index,), at)

    def _version(self, at: int) -> None:
        version = self._cursor.step()
        self._cursor.expect(";", "behind the version")
        if version not in {"2", "2.0"}:
            raise MisreadError(f"OPENQASM {version} is not read as OpenQASM 2: that is `OPENQASM 2.0;`", at)
        self.version = version

    def _include(self, at: int) -> Include:
        text = self._cursor.text
        if text[:1] not in {'"', "'"} or len(text) < 2:
            raise MisreadError(f"a file's name in quotes is missing; {shown(text)} stands there", self._cursor.at)
        self._cursor.step()
        self._cursor.expect(";", "behind the file's name")
        return Include(text[1:-1], at)

    def _qreg(self, at: int) -> QubitDeclaration:
        return QubitDeclaration(*self._register(), at)

    def _creg(self, at: int) -> Declaration:
        name, size = self._register()
        return Declaration(Type("bit", size, at), name, None, "", at)

    def _register(self) -> tuple[str, Number]:
        name = self._cursor.name("the register's name")
        self._cursor.expect("[", f"for the size of `{name}`")
        at = self._cursor.at
        size = Number(self._cursor.whole(f"the size of `{name}`", MOST_DIGITS), at)
        self._cursor.expect("]", "behind the size")
        self._cursor.expect(";", "behind the register")
        return name, size

    def _barrier(self, at: int) -> Barrier:
        qubits = () if self._cursor.text == ";" else self._operands("a qubit")
        self._cursor.expect(";", "behind `barrier`")
        return Barrier(qubits, at)

    def _measure(self, at: int) -> Measure:
        qubits = self._operand("a qubit to measure")
        self._cursor.expect("->", "behind the measured qubit: OpenQASM 2 says which bit takes the outcome")
        into = self._operand("a bit for the outcome")
        self._cursor.expect(";", "behind `measure`")
        return Measure(qubits, into, at)

    def _reset(self, at: int) -> Reset:
        qubits = self._operand("a qubit to reset")
        self._cursor.expect(";", "behind `reset`")
        return Reset(qubits, at)

    def _if(self, at: int) -> If:
        conditions = [(self._condition(), at)]
        while self._cursor.text == "if":
            place = self._cursor.at
            self._cursor.step()
            conditions.append((self._condition(), place))
            if len(conditions) > MOST_CONDITIONS:
                raise MisreadError(f"more than {MOST_CONDITIONS} conditions stand before one statement", at)
        text = self._cursor.text
        if text == "{":
            reason = "OpenQASM 2 has no braces behind `if`: write the condition before each statement"
            raise MisreadError(reason, self._cursor.at)
        if text in {*self._kinds, "}"} - {"barrier", "measure", "reset"}:
            raise MisreadError(f"`if` is for a gate, a measurement or a reset, not for `{text}`", self._cursor.at)
        body = self._statement()
        for condition, place in reversed(conditions):
            body = If(condition, (body,) if body else (), (), place)
        assert isinstance(body, If)  # noqa: S101  # there is a condition at least
        return body

    def _condition(self) -> Expression:
        self._cursor.expect("(", "behind `if`")
        at = self._cursor.at
        register = self._operand("a register to compare")
        comparison = self._cursor.text
        if comparison not in COMPARISONS:
            raise MisreadError(f"`==` and a number are missing; {shown(comparison)} stands there", self._cursor.at)
        self._cursor.step()
        place = self._cursor.at
        value = Number(self._cursor.whole("what a register is compared with", MOST_DIGITS_OF_A_VALUE), place)
        self._cursor.expect(")", "behind the condition")
        return Binary(comparison, register, value, at)

    def _opaque(self, at: int) -> GateDefinition:
        name, parameters, qubits = self._header()
        self._cursor.expect(";", "behind `opaque`")
        return GateDefinition(name, parameters, qubits, None, at)

    def _gate(self, at: int) -> GateDefinition:
        name, parameters, qubits = self._header()
        self._cursor.expect("{", f"for the body of `{name}`")
        body: list[Statement] = []
        while self._cursor.text and self._cursor.text != "}" and len(self.faults) < MOST_FAULTS:
            if not self._cursor.accept(";") and (statement := self._recovered(self._in_a_gate)):
                body.append(statement)
        if len(self.faults) < MOST_FAULTS:
            self._cursor.expect("}", f"behind the body of `{name}`")
        return GateDefinition(name, parameters, qubits, tuple(body), at)

    def _in_a_gate(self) -> Statement | None:
        at = self._cursor.at
        if self._cursor.text in self._kinds and self._cursor.text != "barrier":
            raise MisreadError(f"a gate consists of gates and barriers, not of `{self._cursor.text}`", at)
        statement = self._statement()
        qubits = statement.qubits if isinstance(statement, GateCall | Barrier) else ()
        indexed = next((qubit for qubit in qubits if isinstance(qubit, Index)), None)
        if indexed:
            raise MisreadError("the qubits of a gate have no index within it", indexed.at)
        return statement

    def _header(self) -> tuple[str, tuple[str, ...], tuple[str, ...]]:
        name = self._cursor.name("the gate's name")
        parameters: tuple[str, ...] = ()
        if self._cursor.accept("("):
            parameters = self._names(")", "a parameter's name")
            self._cursor.expect(")", "behind the parameters")
        qubits = self._names("{;", f"a name for a qubit of `{name}`")
        if not qubits:
            raise MisreadError(f"the gate `{name}` needs a qubit", self._cursor.end_of_last)
        return name, parameters, qubits

    def _names(self, until: str, what: str) -> tuple[str, ...]:
        """Read names with commas between them; one may stand behind the last."""
        names: list[str] = []
        while self._cursor.text not in {END, *until}:
            names.append(self._cursor.name(what))
            if not self._cursor.accept(","):
                break
        return tuple(names)


def _of_openqasm_3(first: str, at: int) -> ProgramFault | None:
    if first not in OF_OPENQASM_3:
        return None
    way = f": {OF_OPENQASM_3[first]} here" if OF_OPENQASM_3[first] else ""
    reason = f"`{first}` is of OpenQASM 3, and this program is read as OpenQASM 2{way}"
    return ProgramFault(f"{reason}; a program of OpenQASM 3 says `OPENQASM 3.0;`, and its format is openqasm3", at)
