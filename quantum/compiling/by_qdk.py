"""Compiling by qdk: a program in Q# becomes QIR, or the faults that qdk reports."""

from collections.abc import Callable
from functools import lru_cache, partial
from typing import Any

import qdk.qsharp

from quantum.compiling.faults import FaultyProgramError, Wire, fault
from quantum.compiling.qir_modules import described
from quantum.compiling.qsharp import compile_qsharp
from quantum.compiling.reports import reported_faults


def load(profile: str) -> Callable[[Wire], tuple[Wire, str]]:
    """Make a context for the profile, and return what compiles one program in it."""
    return partial(compile_in, context_for(profile))


@lru_cache(maxsize=2)  # each takes some 70 MiB; a machine's targets rarely have more than two profiles
def context_for(profile: str) -> Any:
    """Make a context, with its library read; a child gets a copy of it, so it stays as it is."""
    return qdk.Context(target_profile=qdk.TargetProfile.from_str(profile))


def compile_in(context: Any, request: Wire) -> tuple[Wire, str]:
    """Compile the program and read from its QIR what a workspace has to know."""
    try:
        qir = compile_qsharp(qdk, context, request)
    except qdk.qsharp.QSharpError as error:
        faults = tuple(reported_faults(str(error), request)) or (fault("input", str(error)),)
        raise FaultyProgramError(*faults) from error
    return described(qir), qir
