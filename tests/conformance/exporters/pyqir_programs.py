"""Programs that pyqir builds: QIR by its own builder, with branches on results; matrices are Qiskit's."""

from collections.abc import Callable, Iterator
from importlib.metadata import version
from typing import Any

import pyqir
from drawing import Draw, Drawing, main
from exact import Step, expectation
from pyqir import BasicQisBuilder, SimpleModule
from qiskit.circuit.library import get_standard_gate_name_mapping

KINDS = ("gates", "conditions", "measured")
NAMES = {"s_adj": "sdg", "t_adj": "tdg"}
ANGLED = ("rx", "ry", "rz")
PLAIN = {1: ("h", "s", "s_adj", "t", "t_adj", "x", "y", "z"), 2: ("cx", "cz")}
Item = tuple[Any, ...]


def drawn_items(drawing: Drawing, kind: str, width: int) -> Iterator[Item]:
    """Draw what a program does, as tuples: gates, and branches on a qubit that is measured for them."""
    spare = width
    for _ in range(drawing.depth()):
        if kind != "gates" and drawing.random() < 0.25 and spare < width + 3:
            yield ("branch", drawing.randrange(width), spare, drawn_gate(drawing, width), drawn_gate(drawing, width))
            spare += 1
        else:
            yield drawn_gate(drawing, width)


def drawn_gate(drawing: Drawing, width: int) -> Item:
    """Draw a gate of the builder."""
    if drawing.random() < 0.3:
        return ("gate", drawing.choice(ANGLED), (drawing.angle(),), drawing.qubits(width, 1))
    size = drawing.randint(1, min(2, width))
    return ("gate", drawing.choice(PLAIN[size]), (), drawing.qubits(width, size))


def build(items: list[Item], width: int) -> str:
    """Write the QIR; results that branches ask for are kept after those of the end."""
    module = SimpleModule("made", width, width + sum(item[0] == "branch" for item in items))
    builder = BasicQisBuilder(module.builder)
    for item in items:
        if item[0] == "gate":
            _call(builder, module, item)()
        else:
            _, qubit, result, one, zero = item
            builder.mz(module.qubits[qubit], module.results[result])
            builder.if_result(module.results[result], _call(builder, module, one), _call(builder, module, zero))
    for qubit in range(width):
        builder.mz(module.qubits[qubit], module.results[qubit])
    return _recorded(module, width)


def _call(builder: BasicQisBuilder, module: SimpleModule, item: Item) -> Callable[[], None]:
    _, name, angles, where = item
    return lambda: getattr(builder, name)(*angles, *(module.qubits[qubit] for qubit in where))


def _recorded(module: SimpleModule, width: int) -> str:
    """Record the results of the end as one array."""
    void, number = pyqir.Type.void(module.context), pyqir.IntType(module.context, 64)
    pointer = pyqir.PointerType(pyqir.IntType(module.context, 8))
    array = pyqir.FunctionType(void, [number, pointer])
    result = pyqir.FunctionType(void, [module.results[0].type, pointer])
    label = pyqir.Constant.null(pointer)
    begin = module.add_external_function("__quantum__rt__array_record_output", array)
    record = module.add_external_function("__quantum__rt__result_record_output", result)
    module.builder.call(begin, [pyqir.const(number, width), label])
    for bit in range(width):
        module.builder.call(record, [module.results[bit], label])
    return module.ir()


def steps(items: list[Item], width: int) -> Iterator[Step]:
    """Read what was drawn as steps."""
    for item in items:
        if item[0] == "gate":
            yield _gate(item)
        else:
            _, qubit, result, one, zero = item
            yield ("measure", qubit, result)
            yield ("if", lambda bits, result=result: bits[result] == 1, (result,), [_gate(one)], [_gate(zero)])
    yield from (("measure", qubit, qubit) for qubit in range(width))


def _gate(item: Item) -> Step:
    _, name, angles, where = item
    gate_class = get_standard_gate_name_mapping()[NAMES.get(name, name)]
    return ("gate", (type(gate_class)(*angles) if angles else gate_class).to_matrix(), tuple(reversed(where)))


def _qir(drawing: Drawing, kind: str) -> dict[str, Any]:
    width = drawing.width(wide=kind == "gates")
    items = list(drawn_items(drawing, kind, width))
    names = sorted({item[1] if item[0] == "gate" else "if_result" for item in items})
    record = {"version": version("pyqir"), "format": "qir.v1", "text": build(items, width), "gates": names}
    return record | expectation(width, list(steps(items, width)), [range(width)])


EXPORTERS: tuple[tuple[str, Draw, tuple[str, ...]], ...] = (("pyqir", _qir, KINDS),)

if __name__ == "__main__":
    main(EXPORTERS)
