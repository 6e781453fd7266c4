"""The doors to a job's files, whole or, where they are large, in parts: its raw output and its program."""

import re

from quantum.app import App
from quantum.doors.http.frame import ProblemError, Request, Response
from quantum.doors.http.jobs import find_job, require_result
from quantum.jobs.errors import NotFoundError
from quantum.ports import Orchestrations
from quantum.storage import raw_result_path

MAX_PART = 16 * 1024 * 1024  # bytes in one answer, which is held in memory
RANGE = re.compile(r"bytes=(\d{1,18})-(\d{1,18})?", re.ASCII)
BYTES = "application/octet-stream"


async def read_raw(request: Request, app: App, _: Orchestrations) -> Response:
    """`GET /api/jobs/{id}/result/raw`: the output untouched; `Range: bytes=…` asks for a part of it."""
    job = await find_job(request, app)
    require_result(job)
    gone = ProblemError(410, "The output is gone", "The job succeeded; its output was removed since.")
    return await _file(request, app, raw_result_path(job.id), f"{job.id}.raw", gone)


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
    wanted = RANGE.fullmatch(request.headers.get("range", ""))
    start = int(wanted[1]) if wanted else 0
    length = min(int(wanted[2]) + 1 - start, MAX_PART) if wanted and wanted[2] else MAX_PART
    try:
        content, size = await app.services.blobs.part(path, start, length)
    except NotFoundError as error:
        raise gone from error
    headers = {"Accept-Ranges": "bytes", "Content-Disposition": f'attachment; filename="{name}"'}
    if not wanted and size > MAX_PART:
        detail = f"It is {size:,} bytes; {MAX_PART:,} go into one answer: ask for parts with `Range: bytes=0-`, or "
        raise ProblemError(413, "The output is too large", detail + f"read the blob {path}.")
    if not wanted or not size:
        return Response(200, content, headers, BYTES)
    if not content:
        raise ProblemError(416, "There is no such part", f"The output ends after {size:,} bytes.")
    headers["Content-Range"] = f"bytes {start}-{start + len(content) - 1}/{size}"
    return Response(206, content, headers, BYTES)
