"""A submitted program and its properties."""

from quantum.wire.records import record


@record
class Compiled:
    """The output of the compiler: QIR as text, its entry point, and the number of qubits.

    `layout` says where constant bits belong, which are not in the output (`quantum.results.layouts`); None where there
    are none. `notes` are for the program's author. For a module that was QIR already, the text is empty, and `profile`
    is the one that it declares, if any.
    """

    qir: str
    entry_point: str
    qubits: int
    layout: str | None = None
    notes: tuple[str, ...] = ()
    profile: str | None = None


@record
class Gates:
    """The number of one-qubit gates, two-qubit gates and measurements of a program: some providers charge by them."""

    one_qubit: int
    two_qubit: int
    measurements: int


@record
class Program:
    """A program to submit: our blob (`container/name`) in a format of the workspace.

    An adopted job has no blob. `is_compiled` says that we compiled it, with the order's arguments in it; `layout` is
    the compiler's (`Compiled`). `output`, `media_type` and `encoding` override the format's own. `digest` tells
    programs apart where an order may reuse a result.
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
    digest: str | None = None
