"""Runs QIR that branches: shots with the same history share one state until a measurement separates them."""

import pyqir

from quantum_emulator.programs.branching.code import UnknownInstructionError, read
from quantum_emulator.programs.branching.machine import Machine, check
from quantum_emulator.programs.run import Run, Shots

__all__ = ["UnknownInstructionError", "run"]


def run(entry: pyqir.Function, run: Run) -> Shots:
    """Run an entry point for all shots, or raise `UnknownInstructionError` before anything runs."""
    code = read(entry)
    check(code, is_noisy=run.rates is not None)
    results = pyqir.required_num_results(entry) or 0
    return Machine(code, results, run.seed, run.seconds, run.rates).run(
        run.shots, pyqir.required_num_qubits(entry) or 0
    )
