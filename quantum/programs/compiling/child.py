"""What runs in the compiler's box: one program is read from a socket and compiled, one answer goes back on it.

Each language is a row of `LANGUAGES`. Nothing that the caller wrote is read as a program before the box is shut.
"""

import json
import os
import socket
from collections.abc import Callable, Mapping

from quantum.programs.compiling.box import shut_the_box
from quantum.programs.compiling.faults import MOST_FAULTS, FaultyProgramError, Wire, fault
from quantum.programs.compiling.protocol import OUT_OF_MEMORY, TOO_DEEP

type Compile = Callable[[Wire], tuple[Wire, str]]
type Load = Callable[[str], Compile]  # from a profile


def load_openqasm2(_profile: str) -> Compile:
    """Load what a program in OpenQASM 2 needs: nothing of qdk."""
    from quantum.programs.compiling import openqasm  # noqa: PLC0415 - only what is asked for is loaded

    return openqasm.compile_openqasm


def load_openqasm3(profile: str) -> Compile:
    """Load what a program in OpenQASM 3 needs: of qdk its parser."""
    from qdk.openqasm import parser  # noqa: F401, PLC0415

    return load_openqasm2(profile)


def load_qsharp(profile: str) -> Compile:
    """Load what a program in Q# needs."""
    from quantum.programs.compiling import qsharp  # noqa: PLC0415

    return qsharp.load(profile)


def load_modules(_profile: str) -> Compile:
    """Load what reading a module of QIR needs."""
    from quantum.programs.compiling import qir_modules  # noqa: PLC0415

    return lambda request: (qir_modules.described_module(request), "")


# Loading comes before each fork, does its work once, and imports all that compiling needs: once the box is shut no
# module can be found any more.
LANGUAGES: Mapping[str, Load] = {
    "openqasm2": load_openqasm2,
    "openqasm3": load_openqasm3,
    "qsharp": load_qsharp,
    "qir.text": load_modules,
    "qir.bitcode": load_modules,
}


def compile_one(answers: socket.socket, compile_program: Compile) -> int:
    """Compile what the socket asks for and answer on it; return the exit status that tells how that went."""
    with answers.makefile("rb") as request_file:
        request = json.loads(request_file.read())
    shut_the_box()
    try:
        header, qir = answer(compile_program, request)
        answers.sendall(json.dumps(header).encode() + b"\n" + qir.encode())
    except MemoryError:
        return OUT_OF_MEMORY
    except RecursionError:
        return TOO_DEEP
    return os.EX_OK


def answer(compile_program: Compile, request: Wire) -> tuple[Wire, str]:
    """Compile the program; every way in which that can fail is a fault of the program."""
    try:
        return compile_program(request)
    except FaultyProgramError as error:
        faults = error.faults
    except (MemoryError, RecursionError):
        raise
    except BaseException as error:  # noqa: BLE001 - what native code raises need be no Exception, nor have a known class
        faults = (fault("input", f"the compiler gave up on this program: {error or type(error).__name__}"),)
    return {"faults": faults[:MOST_FAULTS]}, ""
