"""Runs QIR that branches: shots that share a history share one state, and part where a measurement parts them."""

import pyqir

from quantum_emulator.programs.branching.code import UnknownInstructionError, read
from quantum_emulator.programs.branching.machine import Machine, check
from quantum_emulator.programs.run import Run, Shots

__all__ = ["UnknownInstructionError", "run"]


def run(entry: pyqir.Function, run: Run) -> Shots:
    """Run an entry point so many times, or raise `UnknownInstructionError` before anything ran."""
    code = read(entry)
    check(code)
    results = pyqir.required_num_results(entry) or 0
    return Machine(code, results, run.seed, run.seconds).run(run.shots)
