"""Turns a module's functions into blocks of steps that name their operands by number, once for all shots.

Everything else (arrays, structures, calls of unknown functions without a body) is an `UnknownInstructionError`,
which names it.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import pyqir
from pyqir import Opcode

from quantum_emulator.programs.branching.arithmetic import Compute, Number, compute_of, constant
from quantum_emulator.programs.recording import SUFFIX, signed, text_of

type Slot = int
DEEPEST = 200  # functions that call functions


class UnknownInstructionError(Exception):
    """The program has an instruction that this interpreter does not support."""


@dataclass(frozen=True)
class Known:
    """A constant number; qubits and results are numbers, too."""

    number: Number


type Operand = Slot | Known


@dataclass(frozen=True)
class Step:
    """One thing to do: `compute` a number, or one of `load`, `store`, `allocate`, a call of `function` or of `name`."""

    target: Slot
    operands: tuple[Operand, ...]
    compute: Compute | None = None
    memory: str = ""
    name: str = ""
    function: "Code | None" = None


@dataclass(frozen=True)
class Jump:
    """How a block ends: `choices` by the value of `operand`, else the `default`; `returns` instead of a jump."""

    operand: Operand | None = None
    choices: Mapping[int, int] = field(default_factory=dict)
    default: int = -1
    returns: bool = False


@dataclass
class Block:
    """Steps in order; `merged` has the slots that each incoming block sets, and their values."""

    steps: list[Step] = field(default_factory=list)
    merged: dict[int, list[tuple[Slot, Operand]]] = field(default_factory=dict)
    end: Jump = field(default_factory=Jump)


@dataclass
class Code:
    """A function: the slots of its parameters, and its blocks; it begins at the first."""

    parameters: list[Slot]
    blocks: list[Block]


def read(entry: pyqir.Function) -> Code:
    """Read a function and all its callees, or raise `UnknownInstructionError`."""
    return _Reader().function(entry, DEEPEST)


class _Reader:
    def __init__(self) -> None:
        self._read: dict[str, Code] = {}

    def function(self, function: pyqir.Function, depth: int) -> Code:
        """Read a function, once for all its calls."""
        if not depth:
            raise UnknownInstructionError(f"functions that call functions more than {DEEPEST} deep")
        if function.name not in self._read:
            code = self._read[function.name] = Code([], [])
            _Body(self, function, depth).fill(code)
        return self._read[function.name]


class _Body:
    """One function that is being read."""

    def __init__(self, reader: _Reader, function: pyqir.Function, depth: int) -> None:
        self._reader, self._depth = reader, depth
        self._function, self._sources = function, function.basic_blocks
        self._numbers = {block: number for number, block in enumerate(self._sources)}
        self._slots: dict[pyqir.Value, Slot] = {}

    def fill(self, code: Code) -> None:
        """Read parameters and blocks into the code."""
        code.parameters += [self._slot(parameter) for parameter in self._function.params]
        code.blocks += [self._block(source) for source in self._sources]

    def _slot(self, value: pyqir.Value) -> Slot:
        return self._slots.setdefault(value, len(self._slots))

    def _block(self, source: pyqir.BasicBlock) -> Block:
        block = Block()
        *instructions, last = source.instructions
        for instruction in instructions:
            if isinstance(instruction, pyqir.Phi):
                for value, before in instruction.incoming:
                    merge = (self._slot(instruction), self._operand(value))
                    block.merged.setdefault(self._numbers[before], []).append(merge)
            else:
                block.steps += self._steps(instruction)
        block.end = self._jump(last)
        return block

    def _steps(self, instruction: pyqir.Instruction) -> Iterator[Step]:
        if isinstance(instruction, pyqir.Call):
            yield self._call(instruction)
            return
        memory = {Opcode.ALLOCA: "allocate", Opcode.LOAD: "load", Opcode.STORE: "store"}.get(instruction.opcode, "")
        compute = None if memory else compute_of(instruction)
        if compute is None and not (memory and self._is_plain(instruction)):
            raise UnknownInstructionError(text_of(instruction))
        operands = () if memory == "allocate" else tuple(map(self._operand, instruction.operands))
        yield Step(self._slot(instruction), operands, compute, memory)

    def _is_plain(self, instruction: pyqir.Instruction) -> bool:
        """Whether this memory holds a single number."""
        if not isinstance(instruction, pyqir.Alloca):
            return True
        return not isinstance(instruction.allocated_type, pyqir.ArrayType | pyqir.StructType)

    def _call(self, call: pyqir.Call) -> Step:
        callee = call.callee
        if not isinstance(callee, pyqir.Function):
            raise UnknownInstructionError(text_of(call))
        function = self._reader.function(callee, self._depth - 1) if callee.basic_blocks else None
        arguments = call.args[:1] if callee.name.endswith(SUFFIX) else call.args  # a record's label is a text
        return Step(self._slot(call), tuple(map(self._operand, arguments)), name=callee.name, function=function)

    def _operand(self, value: pyqir.Value) -> Operand:
        number: Number | None = constant(value)
        if number is None and isinstance(value, pyqir.Constant):
            number = pyqir.ptr_id(value)
        if number is not None:
            return Known(number)
        if isinstance(value, pyqir.Constant):
            raise UnknownInstructionError(text_of(value))
        return self._slot(value)

    def _jump(self, last: pyqir.Instruction) -> Jump:
        if isinstance(last, pyqir.Switch):
            choices = {signed(case): self._numbers[block] for case, block in last.cases}
            return Jump(self._operand(last.cond), choices, self._numbers[last.default])
        if last.opcode == Opcode.RET:
            return Jump(self._operand(last.operands[0]) if last.operands else None, returns=True)
        ways = [self._numbers[block] for block in last.successors]
        if last.opcode != Opcode.BR or not ways:
            raise UnknownInstructionError(text_of(last))
        if len(ways) == 1:
            return Jump(default=ways[0])
        no, yes = ways  # pyqir has LLVM's order of operands, the reverse of the text's
        return Jump(self._operand(last.operands[0]), {0: no}, yes)


def callees(code: Code) -> Sequence[str]:
    """The names of all callees without a body."""
    seen: set[int] = set()
    names: set[str] = set()
    waiting = [code]
    while waiting:
        this = waiting.pop()
        seen.add(id(this))
        for step in (step for block in this.blocks for step in block.steps):
            if step.function is None and step.name:
                names.add(step.name)
            elif step.function is not None and id(step.function) not in seen:
                waiting.append(step.function)
    return sorted(names)
