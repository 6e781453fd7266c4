"""Prepares a program for submission: fetch, check, compile, store."""

import base64
import hashlib
from dataclasses import replace

from quantum.contract.fields import Fault
from quantum.contract.orders import Order, ProgramInput, SubmittedOrder
from quantum.jobs.errors import InvalidOrderError, NotFoundError, RefusedError
from quantum.jobs.model import Candidate, Job
from quantum.jobs.program import Compiled, Program
from quantum.ports import COMPILER_PATIENCE_SECONDS, Blob, Services
from quantum.programs import checks
from quantum.programs.checks import BITCODE
from quantum.programs.formats import FORMATS, QUIL, Format, profile_for, row_of
from quantum.programs.gates import count_gates
from quantum.storage import PROGRAMS_CONTAINER
from quantum.wire.encodings import double_encoding, encoding_mistake, from_base64, without_bom
from quantum.wire.records import record

QIR = "qir.v1"
WHOLE_BYTES = 4 * 1024 * 1024  # larger programs are passed on unchecked


@record
class Checked:
    """A valid program and its bytes, or for a large one the blob to copy them from.

    `notes` are the compiler's notes to its author. Where the app chose the targets, `order` has them, and
    `choice` says why.
    """

    program: Program
    content: bytes | Blob
    notes: tuple[str, ...] = ()
    order: Order | None = None
    choice: tuple[Candidate, ...] | None = None


async def check_program(
    services: Services, submitted: SubmittedOrder, job_id: str, patience: float = COMPILER_PATIENCE_SECONDS
) -> Checked:
    """Check an order's program, and compile it if its format needs that; InvalidOrderError lists its faults.

    Raises CompilerBusyError if no turn at the compiler is free within `patience` seconds.
    """
    source = submitted.input
    checked = await _checked(services, submitted, row_of(source.format), job_id, patience)
    program = replace(
        checked.program,
        output=source.output_format,
        media_type=source.content_type,
        encoding=source.content_encoding or checked.program.encoding,
        digest=_digest(submitted, checked.content) if submitted.order.reuse else None,
    )
    return replace(checked, program=program)


def _digest(submitted: SubmittedOrder, content: bytes | Blob) -> str:
    """Hash a program, so that equal ones are found; for one too large to be read at once, the version of its blob."""
    if isinstance(content, Blob):
        content = f"{submitted.input.blob}:{content.etag}".encode()
    return hashlib.sha256(content).hexdigest()


def program_of(job: Job) -> Program:
    """Return a job's program; RefusedError where it has none, like an adopted job."""
    if job.program is None:
        raise RefusedError("The job has no program of its own that could be submitted.")
    return job.program


async def _checked(services: Services, submitted: SubmittedOrder, row: Format, job_id: str, patience: float) -> Checked:
    order, source = submitted.order, submitted.input
    content = await _fetch(services, source, row)
    if isinstance(content, Blob):
        return Checked(Program(_path(job_id, content.etag.encode()), row.submitted, content.size), content)
    if source.content_type or source.content_encoding:  # the bytes have another form than the format's own
        return Checked(Program(_path(job_id, content), row.submitted, len(content)), content)
    checks_result = row.check(content)
    unbound = checks.unbound(content, order.params.get("substitutions")) if row.word == QUIL else ()
    if faults := (*checks_result.faults, *unbound):
        raise InvalidOrderError(faults)
    if row.is_compiled:
        return await _compile(services, submitted, content, job_id, patience)
    if row.word == QIR:
        return await _read_module(services, order, content, job_id, patience)
    gates = count_gates(row.submitted, content, checks_result.qubits)
    program = Program(_path(job_id, content), row.submitted, len(content), qubits=checks_result.qubits, gates=gates)
    return Checked(replace(program, encoding=checks_result.encoding), content)


async def store_program(services: Services, checked: Checked) -> None:
    """Store the program for the orchestration; idempotent."""
    program, content = checked.program, checked.content
    if isinstance(content, Blob):
        await services.blobs.write(program.blob, content.chunks, size=program.size)
    else:
        await services.blobs.write(program.blob, content, size=program.size)
        services.recent.keep(program.blob, content)


async def whole(blob: Blob, limit: int, what: str) -> bytes:
    """Read a blob up to a limit in bytes."""
    if blob.size > limit:
        raise InvalidOrderError((too_large(what, blob.size, limit),))
    return await blob.read()


def too_large(field: str, size: int, limit: int) -> Fault:
    """Report a program over its limit."""
    return Fault(field, f"is {size:,} bytes; {limit:,} are allowed")


async def _compile(
    services: Services, submitted: SubmittedOrder, source: bytes, job_id: str, patience: float
) -> Checked:
    order = submitted.order
    profile = profile_for(order.targets)
    compiled = await services.compiler.compile(
        source.decode(),
        submitted.input.format,
        profile=profile,
        entry_point=order.entry_point,
        arguments=order.arguments,
        patience=patience,
    )
    if not isinstance(compiled, Compiled):
        raise InvalidOrderError(compiled)
    content = compiled.qir.encode()
    program = Program(
        blob=_path(job_id, content),
        format=QIR,
        size=len(content),
        entry_point=compiled.entry_point,
        profile=profile,
        qubits=compiled.qubits,
        gates=count_gates(QIR, content, compiled.qubits),
        is_compiled=True,
        layout=compiled.layout,
    )
    return Checked(program, content, compiled.notes)


async def _read_module(services: Services, order: Order, content: bytes, job_id: str, patience: float) -> Checked:
    """Read the properties of a precompiled QIR module; its bytes stay unchanged."""
    is_bitcode = content.startswith(BITCODE)
    read = await services.compiler.compile(
        base64.b64encode(content).decode() if is_bitcode else content.decode(),
        "qir.bitcode" if is_bitcode else "qir.text",
        profile=profile_for(order.targets),
        entry_point=order.entry_point,
        arguments=(),
        patience=patience,
    )
    if not isinstance(read, Compiled):
        raise InvalidOrderError(read)
    qubits = read.qubits or None
    program = Program(
        blob=_path(job_id, content),
        format=QIR,
        size=len(content),
        entry_point=read.entry_point,
        profile=read.profile,
        qubits=qubits,
        gates=count_gates(QIR, content, qubits),
        layout=read.layout,
    )
    return Checked(program, content)


async def _fetch(services: Services, source: ProgramInput, row: Format) -> bytes | Blob:
    if source.blob is None:
        content = _inline(source)
    else:
        blob = await _open(services, source.blob)
        if WHOLE_BYTES < blob.size <= row.max_size:
            return blob
        content = await whole(blob, row.max_size, "input.blob")
    if row.word in FORMATS and not (source.content_type or source.content_encoding):
        content = _plain(content, source)
    if not content.strip():
        raise InvalidOrderError((Fault("input", "is empty"),))
    if len(content) > row.max_size:
        raise InvalidOrderError((too_large("input", len(content), row.max_size),))
    return content


def _inline(source: ProgramInput) -> bytes:
    return source.text.encode() if source.text is not None else _decoded(source.base64 or "")


def _decoded(text: str) -> bytes:
    try:
        return from_base64(text)
    except ValueError as error:  # binascii.Error for bad padding, a plain ValueError for letters beyond ASCII
        mistake = encoding_mistake(text.encode())
        reason = f"is not base64 but {mistake}" if mistake else f"is not base64: {error}; a text goes into `text`"
        raise InvalidOrderError((Fault("input.base64", reason),)) from error


def _plain(content: bytes, source: ProgramInput) -> bytes:
    """Remove a byte order mark, and refuse a double encoding: no known format looks like that."""
    as_text = source.text is not None
    if mistake := double_encoding(content, "send it as `base64`") if as_text else double_encoding(content):
        raise InvalidOrderError((Fault("input.text" if as_text else "input", f"is no program but {mistake}"),))
    return without_bom(content)


async def _open(services: Services, path: str) -> Blob:
    try:
        return await services.blobs.open(path)
    except NotFoundError as error:
        raise InvalidOrderError((Fault("input.blob", f"there is no blob {path!r} in this app's storage"),)) from error


def _path(job_id: str, content: bytes) -> str:
    """Return the blob path of a program: by its content, so that two orders for one id cannot overwrite each other."""
    return f"{PROGRAMS_CONTAINER}/{job_id}/{hashlib.sha256(content).hexdigest()[:16]}"
