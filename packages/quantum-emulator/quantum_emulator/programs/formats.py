"""The formats that can be executed: to add one is a function in a module of its own and a row in a table here."""

import zlib
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from quantum_emulator import errors
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
    noise.refuse(run.params)
    plain = _decompressed(program, run)
    outcomes = [runner(plain, one) for one in _runs(run)]
    return writer(outcomes[0]) if len(outcomes) == 1 else outputs.several(outcomes)


def _runs(run: Run) -> list[Run]:
    """The run, or one for each item; only one format can hold several results."""
    if not run.items:
        return [run]
    if run.format != QIR:
        raise errors.input_unreadable(f"'items' name entry points, and a program in {run.format} has none.")
    if len(run.items) > 1 and run.output != outputs.V2:
        raise errors.output_unwritable(f"The results of several items are written in {outputs.V2} only.")
    return [
        replace(
            run, seed=run.seed + number, entry_point=item["entryPoint"], arguments=tuple(item["arguments"]), items=()
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
