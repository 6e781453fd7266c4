"""Hidden bits that nobody needs are taken out, so that a target that only measures is asked for no more than that.

A measurement into a hidden bit that is only copied goes where its copy went, as of a subroutine that returns it.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace

from quantum.programs.openqasm.circuit import Bit, Both, Branch, Formula, Measure, Not, Operation, SetBit


def tidied(operations: Sequence[Operation]) -> Sequence[Operation]:
    """Take out what nobody reads; hidden bits are those with negative numbers, and each is read after it is written."""
    needed = _needed(operations, set())
    reads = Counter(_all_reads(needed))
    return _forwarded(needed, reads)


def bits_of(formula: Formula) -> Iterator[int]:
    """List the bits that a formula speaks of."""
    waiting = [formula]
    while waiting:
        match waiting.pop():
            case Bit(index):
                yield index
            case Not(operand):
                waiting.append(operand)
            case Both(_, left, right):
                waiting += (left, right)


def _needed(operations: Sequence[Operation], reads: set[int]) -> list[Operation]:
    result: list[Operation] = []
    for operation in reversed(operations):
        if isinstance(operation, SetBit):
            if operation.bit < 0 and operation.bit not in reads:
                continue
            reads.update(bits_of(operation.value))
        elif isinstance(operation, Branch):
            arms = [_needed(arm, reads) for arm in (operation.then, operation.otherwise)]
            if not any(arms):
                continue
            reads.update(bits_of(operation.condition))
            result.append(replace(operation, then=arms[0], otherwise=arms[1]))
            continue
        result.append(operation)
    result.reverse()
    return result


def _all_reads(operations: Sequence[Operation]) -> Iterator[int]:
    for operation in operations:
        if isinstance(operation, SetBit):
            yield from bits_of(operation.value)
        elif isinstance(operation, Branch):
            yield from bits_of(operation.condition)
            yield from _all_reads(operation.then)
            yield from _all_reads(operation.otherwise)


def touched_by(operation: Operation) -> Iterator[int]:
    """List the bits that an operation reads or writes, in whatever depth."""
    if isinstance(operation, Measure | SetBit):
        yield operation.bit
    yield from _all_reads((operation,))
    if isinstance(operation, Branch):
        for inner in (*operation.then, *operation.otherwise):
            yield from touched_by(inner)


def _forwarded(operations: Sequence[Operation], reads: Counter[int]) -> list[Operation]:
    result: list[Operation | None] = []
    measured: dict[int, int] = {}
    touched: dict[int, int] = {}
    for operation in operations:
        place = len(result)
        if isinstance(operation, SetBit) and (source := _source(operation, measured, touched, reads)) is not None:
            measurement = result[source]
            result[source] = replace(measurement, bit=operation.bit) if isinstance(measurement, Measure) else None
            touched[operation.bit] = place
            continue
        if isinstance(operation, Measure) and operation.bit < 0:
            measured[operation.bit] = place
        touched.update(dict.fromkeys(touched_by(operation), place))
        result.append(_with_arms(operation, reads))
    return [operation for operation in result if operation is not None]


def _with_arms(operation: Operation, reads: Counter[int]) -> Operation:
    if not isinstance(operation, Branch):
        return operation
    then, otherwise = (_forwarded(arm, reads) for arm in (operation.then, operation.otherwise))
    return replace(operation, then=then, otherwise=otherwise)


def _source(operation: SetBit, measured: dict[int, int], touched: dict[int, int], reads: Counter[int]) -> int | None:
    """Find the measurement that may go where its copy goes: nothing else reads it, or touches the target since."""
    if not isinstance(operation.value, Bit) or reads[operation.value.index] != 1:
        return None
    source = measured.get(operation.value.index)
    return source if source is not None and touched.get(operation.bit, -1) < source else None
