"""What runs in the compiler's box: one program from stdin is compiled, one answer goes to stdout, the process ends.

The answer is a line of JSON, `{"faults": […]}` or `{"entryPoint", "qubits"}`, the latter followed by the QIR. Of ours
only `quantum.compiling` is imported here, and nothing that the caller wrote is compiled before the box is shut.
"""

import json
import os
import resource
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NoReturn

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))  # the child is started alone, with Python's library only

from quantum.compiling.faults import MOST_FAULTS, FaultyProgramError, Wire, fault, plain_value, read_leaves
from quantum.compiling.openqasm import load_openqasm
from quantum.compiling.qir_modules import MODULES, described, described_module
from quantum.compiling.qsharp import compile_qsharp
from quantum.compiling.reports import REPORT, reported_faults


def main() -> NoReturn:
    """Compile what stdin asks for; the exit status is EX_UNAVAILABLE where the box itself cannot be had."""
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # what a program prints is no part of the answer
    request = json.loads(sys.stdin.buffer.read())
    try:
        limit_resources(request["memoryBytes"], request["cpuSeconds"])
        qdk = import_compiler(request["path"])
    except (ImportError, MemoryError, ValueError, OSError):
        os._exit(os.EX_UNAVAILABLE)
    shut_the_box()
    header, qir = answer(qdk, request)
    answers.write(json.dumps(header).encode() + b"\n" + qir.encode())
    answers.flush()
    os._exit(os.EX_OK)  # there is nothing to tidy, and tearing the interpreter down takes time


def limit_resources(memory_bytes: int, cpu_seconds: int) -> None:
    """Cap what a program can take of the machine; the CPU limit also ends a child whose parent was killed."""
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_seconds, cpu_seconds + 1))  # SIGXCPU first, then SIGKILL
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def import_compiler(path: Sequence[str]) -> Any:
    """Import all that will be needed: once the box is shut, no module can be found any more."""
    sys.path.extend(path)
    import pyqir  # noqa: F401, PLC0415
    import qdk.openqasm  # noqa: PLC0415
    import qdk.qsharp  # noqa: PLC0415

    return qdk


def shut_the_box() -> None:
    """Let nothing be opened, written or started from here on, by Python, by qdk or by its native code.

    OpenQASM's `include` reads any file through a function of qdk's whose name is private. The kernel's limit on
    open files stops it whatever it is called, and sockets and pipes with it.
    """
    for limit in (resource.RLIMIT_NOFILE, resource.RLIMIT_FSIZE, resource.RLIMIT_NPROC):
        resource.setrlimit(limit, (0, 0))


def answer(qdk: Any, request: Wire) -> tuple[Wire, str]:
    """Compile the program; every way in which that can fail is a fault of the program."""
    try:
        return compiled(qdk, request)
    except FaultyProgramError as error:
        faults = error.faults
    except (qdk.qsharp.QSharpError, qdk.openqasm.QasmError) as error:
        faults = tuple(reported_faults(str(error), request)) or (fault("input", str(error)),)
    except BaseException as error:  # noqa: BLE001 - a panic of qdk's is no Exception, and its class cannot be imported
        faults = (fault("input", f"the compiler gave up on this program: {error or type(error).__name__}"),)
    return {"faults": faults[:MOST_FAULTS]}, ""


def compiled(qdk: Any, request: Wire) -> tuple[Wire, str]:
    """Compile the program and read from its QIR what a workspace has to know."""
    if request["language"] in MODULES:
        return described_module(request), ""
    context = qdk.Context(target_profile=qdk.TargetProfile.from_str(request["profile"]))
    if request["language"] == "qsharp":
        qir = compile_qsharp(qdk, context, request)
    else:
        operation, values = load_openqasm(qdk, context, request, read_leaves(request["arguments"], plain_value))
        qir = to_qir(qdk, context, operation, values)
    return described(qir), qir


def to_qir(qdk: Any, context: Any, operation: Any, readings: Sequence[list[Any]]) -> str:
    """Make QIR of an operation, with the first reading of its arguments that has the operation's types."""
    for values in readings:
        try:
            return str(context.compile(operation, *values))
        except (TypeError, OverflowError) as error:
            misfit = str(error)
        except qdk.qsharp.QSharpError as error:
            if REPORT.search(str(error)):  # a report is about the program, a bare sentence about the arguments
                raise
            misfit = str(error)
    raise FaultyProgramError(fault("arguments", f"they do not fit the operation: {misfit}"))


if __name__ == "__main__":
    main()
