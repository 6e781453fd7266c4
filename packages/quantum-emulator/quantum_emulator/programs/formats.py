"""The formats that can be executed: to add one is a function in a module of its own and a row in a table here."""

import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from quantum_emulator import errors
from quantum_emulator.errors import ProgramError
from quantum_emulator.programs import ionq, noise, outputs, qasm, qio, qir, quil
from quantum_emulator.programs.run import Outcome, Run

type Runner = Callable[[bytes, Run], Outcome]
type Writer = Callable[[Outcome], bytes]

QIR = "qir.v1"
INPUTS: dict[str, Runner] = {
    QIR: qir.run,
    "ionq.circuit.v1": ionq.run,
    "honeywell.openqasm.v1": qasm.run,
    "quantinuum.openqasm.v1": qasm.run,
    "rigetti.quil.v1": quil.run,
    "microsoft.qio.v2": qio.run,
}

# Formats that cannot run here, and why.
REFUSED: dict[str, str] = {
    "pasqal.pulser.v1": "This emulator does not simulate the pulses of neutral atoms: run the sequence with Pulser's "
    "own emulators, or on Pasqal's targets in Azure.",
}

OUTPUTS: dict[str, Writer] = {
    outputs.V2: outputs.quantum_results_v2,
    "microsoft.quantum-results.v1": outputs.quantum_results_v1,
    "ionq.quantum-results.v1": outputs.ionq_results_v1,
    "honeywell.quantum-results.v1": outputs.quantinuum_results_v1,
    "quantinuum.quantum-results.v1": outputs.quantinuum_results_v1,
    "rigetti.quil-results.v1": outputs.rigetti_results_v1,
    "microsoft.qio-results.v2": outputs.qio_results_v2,
}

GZIP_OR_ZLIB = zlib.MAX_WBITS | 32


def execute(header: Mapping[str, Any], program: bytes) -> bytes:
    """Run a program and return its output, or raise `ProgramError`; `header` has the fields of `Run`."""
    lists = {name: tuple(header.get(name, ())) for name in ("arguments", "items")}
    run = Run(**{**header, **lists})
    runner, writer = INPUTS.get(run.format), OUTPUTS.get(run.output)
    if run.format in REFUSED:
        raise errors.not_simulated(REFUSED[run.format])
    if runner is None:
        raise errors.input_unreadable(f"This emulator does not execute {run.format} (only {', '.join(INPUTS)}).")
    if writer is None:
        raise errors.output_unwritable(f"This emulator does not write {run.output} (only {', '.join(OUTPUTS)}).")
    run = noise.settle(run)
    plain = _decompressed(program, run)
    if not run.items:
        return writer(runner(plain, run))
    outcomes = list(_outcomes(runner, plain, run))
    if len(outcomes) == 1 and not isinstance(outcomes[0], ProgramError):
        return writer(outcomes[0])
    return outputs.several(outcomes)


def _outcomes(runner: Runner, program: bytes, run: Run) -> Iterator[Outcome | ProgramError]:
    """Run item by item; one that fails ends the job, or with `resumeAfterFailedItem` only itself, unless all fail."""
    resumes = run.params.get("resumeAfterFailedItem") is True and run.output == outputs.V2
    faults: list[ProgramError] = []
    for number, one in enumerate(_runs(run)):
        try:
            if number == run.failing_item:
                raise errors.simulation_failed("It is the item that fails on purpose.")
            yield runner(program, one)
        except ProgramError as fault:
            named = ProgramError(fault.code, f"items[{number}]: {fault.message}", fault.more)
            faults.append(named)
            if not resumes or len(faults) == len(run.items):
                raise faults[0] from fault
            yield named


def _runs(run: Run) -> list[Run]:
    """One run for each item, whose defaults stand beside the items; only one format can hold several results."""
    if run.format != QIR:
        raise errors.input_unreadable(f"'items' name entry points, and a program in {run.format} has none.")
    if len(run.items) > 1 and run.output != outputs.V2:
        raise errors.output_unwritable(f"The results of several items are written in {outputs.V2} only.")
    return [
        replace(
            run,
            seed=run.seed + number,
            entry_point=item["entryPoint"] or run.entry_point,
            arguments=tuple(item["arguments"] or run.arguments),
            items=(),
        )
        for number, item in enumerate(run.items)
    ]


def _decompressed(program: bytes, run: Run) -> bytes:
    if run.encoding.lower() != "gzip":
        return program
    try:
        reader = zlib.decompressobj(GZIP_OR_ZLIB)
        plain = reader.decompress(program, run.max_bytes)
    except zlib.error as error:
        raise errors.input_unreadable(f"The input is not gzip: {error}") from error
    if reader.unconsumed_tail:
        raise errors.input_unreadable(f"The input is larger than {run.max_bytes} bytes.")
    return plain
