"""The words for what cannot be submitted: each says what is wrong with a circuit and what to do instead."""

from __future__ import annotations

from typing import TYPE_CHECKING

from quantumjobs.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable

ACCEPTED = (
    "Submit a circuit of Qiskit, Cirq, pytket, PennyLane, Braket, pyQuil, qdk or Classiq, the path of a program file, "
    "a text that begins with OPENQASM, a Program, or a whole order as a dictionary"
)


def unbound(names: Iterable[object], remedy: str) -> UsageError:
    """Name the parameters that have no value."""
    spelled = list(map(str, names))
    several = "parameters" if len(spelled) > 1 else "parameter"
    return UsageError(f"the circuit has no value for its {several} {', '.join(spelled)}. {remedy}")


def unmeasured(remedy: str) -> UsageError:
    """Say that a circuit would give no counts."""
    return UsageError(f"the circuit measures nothing, so it would have no result. {remedy}")


def unwritten(library: str, error: BaseException, remedy: str) -> UsageError:
    """Say that the library's own exporter does not take a circuit, in its words."""
    reason = str(error).strip().partition("\n")[0] or type(error).__name__
    return UsageError(f"{library} cannot write this circuit as a program ({reason.rstrip('.')}). {remedy}")


def no_circuit(library: str, thing: object, accepted: str) -> UsageError:
    """Say that an object of the library is none of those that can be submitted."""
    return UsageError(f"{library}'s {type(thing).__name__} is no circuit. From {library} submit {accepted}")
