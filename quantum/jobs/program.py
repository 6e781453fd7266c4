"""A program as it is submitted, and what is known of it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Compiled:
    """What the compiler makes of a program: QIR as text, its entry point, and the qubits that it needs.

    `layout` says where bits belong that are known before the program runs, and are not in its output
    (`quantum.results.layouts`); None where there are none. `notes` say what the program's author should know. Of a
    module that was QIR already the text is empty, and `profile` is what it says of itself, if it does.
    """

    qir: str
    entry_point: str
    qubits: int
    layout: str | None = None
    notes: tuple[str, ...] = ()
    profile: str | None = None


@dataclass(frozen=True)
class Gates:
    """How many gates on one and on two qubits, and measurements, a program has: what some providers charge for."""

    one_qubit: int
    two_qubit: int
    measurements: int


@dataclass(frozen=True)
class Program:
    """What is submitted: a blob of ours (`container/name`) in a format that the workspace knows.

    Of an adopted job there is no blob. `is_compiled` says that we compiled it, with the order's arguments in it;
    `layout` is the compiler's (`Compiled`). `output`, `media_type` and `encoding` are set where the format's row
    differs.
    """

    blob: str
    format: str
    size: int
    entry_point: str | None = None
    profile: str | None = None
    qubits: int | None = None
    gates: Gates | None = None
    is_compiled: bool = False
    layout: str | None = None
    output: str | None = None
    media_type: str | None = None
    encoding: str | None = None
