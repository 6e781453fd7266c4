"""Reads OpenQASM 3: qdk's parser makes the tree, and each of its nodes becomes the one of ours that says the same.

Nothing is lost: what concerns time, hardware or tools stays as an `Aside`. Names are not looked up.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any

from quantum.programs.openqasm.expressions3 import Expressions, characters_of
from quantum.programs.openqasm.faults import MOST_FAULTS, FaultyProgramError, ProgramFault
from quantum.programs.openqasm.prepare3 import prepare
from quantum.programs.openqasm.syntax import (
    Alias,
    Aside,
    Assign,
    Barrier,
    Block,
    Declaration,
    Evaluate,
    For,
    GateCall,
    GateDefinition,
    If,
    Include,
    Jump,
    Measure,
    Modifier,
    Parameter,
    Program,
    QubitDeclaration,
    Reset,
    Return,
    Statement,
    Subroutine,
    Switch,
    Type,
    While,
)

EMPTY_STATEMENT = "Qdk.Qasm.Parser.EmptyStatement"  # a `;` too many: it says nothing, and many write it behind a `}`
TIMED = frozenset(("QuantumGate", "QuantumPhase", "Box"))
BLANKS = re.compile(r"\s*")
Turn = Callable[[Any, int], Statement]


def parse(source: str) -> Program:
    """Read a program, or raise FaultyProgramError with what is wrong, twenty faults at most."""
    from qdk.openqasm import parser  # noqa: PLC0415  # it takes a tenth of a second, and not every program needs it

    prepared = prepare(source)
    result = parser.parse(prepared.source, includes={})
    faults = faults_in(result.diagnostics, prepared.source)
    if faults:
        raise FaultyProgramError(*faults)
    statements = Statements(prepared.source, prepared.meanings)
    read = statements.all(result.program.statements)
    if statements.faults:
        raise FaultyProgramError(*statements.faults[:MOST_FAULTS])
    if prepared.taken_out:
        read = tuple(sorted([*prepared.taken_out, *read], key=lambda statement: statement.at))
    return Program(3, prepared.version, read)


def faults_in(diagnostics: list[Any], source: str) -> list[ProgramFault]:
    """Say what the parser found, once for each place."""
    place = characters_of(source)
    faults: dict[int | None, ProgramFault] = {}
    for diagnostic in diagnostics:
        if "Error" in str(diagnostic.severity) and diagnostic.code != EMPTY_STATEMENT:
            at = place(diagnostic.labels[0].span.lo) if diagnostic.labels else None
            faults.setdefault(at, ProgramFault(_with_the_way_out(diagnostic.message, source, at), at))
    return list(faults.values())[:MOST_FAULTS]


def _with_the_way_out(message: str, source: str, at: int | None) -> str:
    before = source[:at][-200:]
    if "found keyword" in message and "identifier" in message:
        return f"{message}: a word of OpenQASM 3 cannot be a name, choose another"
    if "scalar type" in message and re.search(r"\bfor\s+$", before):
        return f"{message}: a loop's variable has a type, `for int i in [0:3]`"
    if "found keyword `measure`" in message:
        return f"{message}: a measurement stands alone behind `=`; write `bit b = measure …;` before, and b here"
    if "array type, found keyword `bit`" in message:
        return f"{message}: an array of bits is a register, `bit[n] name`; one of registers is an array of uint[n]"
    if "found `++`" in message:
        return f"{message}: name what `++` joins before, `let both = a ++ b;`, and write both here"
    return message.replace("EOF", "the end of the program")


class Statements(Expressions):
    """Turns statements."""

    def __init__(self, source: str, meanings: Mapping[str, str]) -> None:
        super().__init__(source, meanings)
        self._source = source
        self._names_nop = bool(re.search(r"\bgate\s+nop\b", source))
        self._statements: Mapping[str, Turn] = {
            "QuantumGate": self._gate,
            "QuantumPhase": self._gate,
            "QuantumGateDefinition": self._gate_definition,
            "QubitDeclaration": lambda node, at: QubitDeclaration(node.qubit.name, self.optional(node.size), at),
            "ClassicalDeclaration": lambda node, at: self._declaration(node, "", at),
            "ConstantDeclaration": lambda node, at: self._declaration(node, "const", at),
            "IODeclaration": lambda node, at: self._declaration(node, node.io_keyword.value, at),
            "QuantumMeasurementStatement": self._measure,
            "ClassicalAssignment": self._assign,
            "CompoundAssignment": self._assign_by_operator,
            "QuantumReset": lambda node, at: Reset(self.expression(node.qubits[0]), at),
            "QuantumBarrier": lambda node, at: Barrier(self.expressions(node.qubits), at),
            "AliasStatement": lambda node, at: Alias(node.target.name, self.joined(node.exprs, at), at),
            "BranchingStatement": self._if,
            "ForInLoop": self._for,
            "WhileLoop": lambda node, at: While(self.expression(node.condition), self._body(node.body), at),
            "SwitchStatement": self._switch,
            "SubroutineDefinition": self._subroutine,
            "ReturnStatement": lambda node, at: Return(self.optional(node.value), at),
            "BreakStatement": lambda _node, at: Jump("break", at),
            "ContinueStatement": lambda _node, at: Jump("continue", at),
            "EndStatement": lambda _node, at: Jump("end", at),
            "CompoundStatement": lambda node, at: Block(self.all(node.statements), "", at),
            "Box": lambda node, at: Block(self.all(node.body), "box", at),
            "ExpressionStatement": self._evaluate,
            "Pragma": lambda node, at: Aside("pragma", node.command, at),
            "Include": lambda node, at: Include(node.filename, at),
            "DelayInstruction": lambda node, at: self._aside("delay", node, at),
            "ExternDeclaration": lambda node, at: self._aside("extern", node, at),
            "CalibrationStatement": lambda node, at: self._aside("cal", node, at),
            "CalibrationDefinition": lambda node, at: self._aside("defcal", node, at),
            "CalibrationGrammarDeclaration": lambda node, at: self._aside("defcalgrammar", node, at),
        }

    def all(self, nodes: list[Any]) -> tuple[Statement, ...]:
        """Turn statements, with what is said about each before it."""
        turned: list[Statement] = []
        for node in nodes:
            kind, at = type(node).__name__, self._place(node.span.lo)
            if notes := node.annotations:
                turned += [self._aside("annotation", note, self.at(note)) for note in notes]
                at = BLANKS.match(self._source, self.end(notes[-1])).end()  # type: ignore[union-attr]  # matches
            if kind not in self._statements:
                self._not_read(kind, at)
                continue
            if kind in TIMED and node.duration is not None:
                turned.append(self._aside("duration", node.duration, at))
            turned.append(self._statements[kind](node, at))
        return tuple(turned)

    def _not_read(self, kind: str, at: int) -> None:
        if kind != "ErrorStatement":  # an empty one: of any other the parser has told
            self.faults.append(ProgramFault(f"this statement is not read ({kind})", at))

    def _body(self, node: Any | None) -> tuple[Statement, ...]:
        if node is None:
            return ()
        return self.all(node.statements if type(node).__name__ == "CompoundStatement" else [node])

    def _aside(self, word: str, node: Any, at: int) -> Aside:
        return Aside(word, self._source[self.at(node) : self.end(node)], at)

    def _gate(self, node: Any, at: int) -> Statement:
        name = "gphase" if type(node).__name__ == "QuantumPhase" else node.name.name
        if name == "nop" and not self._names_nop:
            return self._aside("nop", node, at)
        modifiers = [
            Modifier(each.modifier.value, self.optional(each.argument), self.at(each)) for each in node.modifiers
        ]
        return GateCall(name, self.expressions(node.args), self.expressions(node.qubits), tuple(modifiers), at)

    def _gate_definition(self, node: Any, at: int) -> GateDefinition:
        parameters, qubits = (tuple(each.name for each in names) for names in (node.params, node.qubits))
        return GateDefinition(node.name.name, parameters, qubits, self.all(node.body), at)

    def _declaration(self, node: Any, role: str, at: int) -> Declaration:
        value = self.optional(getattr(node, "init_expr", None))
        return Declaration(self.type(node.type), node.identifier.name, value, role, at)

    def _measure(self, node: Any, at: int) -> Measure:
        return Measure(self.expression(node.qubits[0]), self.optional(node.target), at)

    def _assign(self, node: Any, at: int) -> Statement:
        target = self.expression(node.lhs)
        if type(node.rhs).__name__ == "QuantumMeasurement":
            return Measure(self.expression(node.rhs.qubits[0]), target, at)
        return Assign(target, None, self.expression(node.rhs), at)

    def _assign_by_operator(self, node: Any, at: int) -> Assign:
        return Assign(self.expression(node.lhs), node.op.value, self.expression(node.rhs), at)

    def _if(self, node: Any, at: int) -> If:
        return If(self.expression(node.condition), self._body(node.if_body), self._body(node.else_body), at)

    def _for(self, node: Any, at: int) -> For:
        items = self.expression(node.iterable)
        return For(self.type(node.type), node.identifier.name, items, self._body(node.body), at)

    def _switch(self, node: Any, at: int) -> Switch:
        cases = tuple((self.expressions(case.labels), self.all(case.body)) for case in node.cases)
        default = None if node.default is None else self.all(node.default)
        return Switch(self.expression(node.target), cases, default, at)

    def _subroutine(self, node: Any, at: int) -> Subroutine:
        parameters = tuple(Parameter(self.type(each.type), each.identifier.name, self.at(each)) for each in node.params)
        result: Type | None = None if node.return_type is None else self.type(node.return_type)
        return Subroutine(node.name.name, parameters, result, self.all(node.body), at)

    def _evaluate(self, node: Any, at: int) -> Statement:
        expression = node.expr
        if type(expression).__name__ == "Identifier" and expression.name == "nop":
            return self._aside("nop", node, at)
        return Evaluate(self.expression(expression), at)
