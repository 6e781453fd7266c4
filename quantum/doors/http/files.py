"""The doors to a job's files, whole or, where they are large, in parts: its raw output and its program."""

import re

from quantum.app import App
from quantum.contract.parameters import NUMBER
from quantum.doors.http.frame import ProblemError, Request, Response
from quantum.doors.http.jobs import find_job, require_result
from quantum.jobs.errors import NotFoundError
from quantum.jobs.model import Job
from quantum.jobs.parts import MOST_PARTS
from quantum.ports import Orchestrations
from quantum.storage import raw_part_path

MAX_PART = 16 * 1024 * 1024  # bytes of one response, which is in memory
RANGE = re.compile(r"bytes=(\d{1,18})-(\d{1,18})?", re.ASCII)
NO_PART = "The output of this part was removed since, or the job whose result this is has no such part."
BYTES = "application/octet-stream"


async def read_raw(request: Request, app: App, _: Orchestrations) -> Response:
    """`GET /api/jobs/{id}/result/raw`: the raw output, or that of `?part=…`; `Range: bytes=…` selects a piece of it."""
    job = await find_job(request, app)
    require_result(job)
    number = _number_of_part(request, job)
    gone = ProblemError(
        410, "The output is gone", "The job succeeded; its output was removed since." if number == 1 else NO_PART
    )
    name = f"{job.id}.raw" if number == 1 else f"{job.id}-{number}.raw"
    return await _file(request, app, raw_part_path(job.id, number), name, gone)


def _number_of_part(request: Request, job: Job) -> int:
    """Read `part`, which only a divided job has."""
    text, parts = request.query.get("part", "1"), len(job.remote.parts or ())
    if job.reused_from:  # it has as many outputs as the job whose result it has, which may be gone
        parts = MOST_PARTS
    if re.fullmatch(NUMBER, text) and int(text) <= max(parts, 1):
        return int(text)
    reason = f"must be a number from 1 to {parts}" if parts else "must be left out: the job was not divided"
    raise ProblemError(
        400, "The request is invalid", "There is no such part.", errors=[{"field": "part", "reason": reason}]
    )


async def read_program(request: Request, app: App, _: Orchestrations) -> Response:
    """`GET /api/jobs/{id}/program`: the program as it was submitted to the workspace, or a part of it."""
    job = await find_job(request, app)
    if job.program is None:
        detail = "The job was adopted, or it ended before its program was checked: no program of it is kept here."
        raise ProblemError(409, "There is no program", detail, phase=job.phase.value)
    gone = ProblemError(410, "The program is gone", "It was removed since the job was submitted.")
    return await _file(request, app, job.program.blob, f"{job.id}.program", gone)


async def _file(request: Request, app: App, path: str, name: str, gone: ProblemError) -> Response:
    """Answer with a blob, or the part of it that is asked for."""
    byte_range = RANGE.fullmatch(request.headers.get("range", ""))
    start = int(byte_range[1]) if byte_range else 0
    length = min(int(byte_range[2]) + 1 - start, MAX_PART) if byte_range and byte_range[2] else MAX_PART
    try:
        content, size = await app.services.blobs.part(path, start, length)
    except NotFoundError as error:
        raise gone from error
    headers = {"Accept-Ranges": "bytes", "Content-Disposition": f'attachment; filename="{name}"'}
    if not byte_range and size > MAX_PART:
        detail = f"It is {size:,} bytes; {MAX_PART:,} go into one answer: ask for parts with `Range: bytes=0-`, or "
        raise ProblemError(413, "The output is too large", detail + f"read the blob {path}.")
    if not byte_range or not size:
        return Response(200, content, headers, BYTES)
    if not content:
        raise ProblemError(416, "There is no such part", f"The output ends after {size:,} bytes.")
    headers["Content-Range"] = f"bytes {start}-{start + len(content) - 1}/{size}"
    return Response(206, content, headers, BYTES)
