"""Uploads a job's program to the workspace's storage."""

from collections.abc import AsyncIterator

from activities.activity import activity
from orchestrators.messages import FirstRuns, NoPlace, NotSubmitted, ResultReused, Staged, StageInput
from quantum.app import App
from quantum.jobs.parts import remote_ids
from quantum.jobs.program import Program
from quantum.ports import Services
from quantum.programs.formats import row_of
from quantum.service.cancellation import require_current, why_stop
from quantum.service.prepare import program_of
from quantum.service.recording import LONG_BYTES, PassingPhase


@activity
async def stage_input(message: StageInput, app: App) -> Staged | NotSubmitted | NoPlace | ResultReused | FirstRuns:
    """Copy the program from our storage to the workspace's, in chunks; an existing copy stays.

    An order that may reuse a result first looks for an equal job that has one, or will have one.

    A job that should stop is `notSubmitted` and nothing is copied, even if the workspace does not answer. Only if it
    may have been submitted, the next step decides. The first attempt reads no index: the next step does. The phase
    begins with the job's place: until then it stays what it was.
    """
    if message.job.order.reuse and (elsewhere := await _find_result(message, app.services)):
        return elsewhere
    async with app.submissions.place(message.job) as place:
        if place.pause_seconds is None:
            outcome: Staged | NotSubmitted | NoPlace = await _stage(message, app.services)
        else:
            outcome = await _stop(message, app.services) or NoPlace(place.pause_seconds)
        place.is_over = isinstance(outcome, NotSubmitted)
    return outcome


async def _find_result(message: StageInput, services: Services) -> NotSubmitted | ResultReused | FirstRuns | None:
    """Find the result of an equal job; None where this job is to run, or the next step decides without one."""
    # Imported here, since most orders do without.
    from quantum.service.reuse import Joined, Reused, find_result  # noqa: PLC0415

    entry = await require_current(services, message.job)
    if why := why_stop(services, message.job, entry):
        return None if message.may_be_submitted else NotSubmitted(why)
    match await find_result(services, message.job, entry):
        case Joined(first, pause_seconds):
            return FirstRuns(first, pause_seconds)
        case Reused(result, source, warnings):
            return ResultReused(result, source, warnings)
        case _:
            return None


async def _stage(message: StageInput, services: Services) -> Staged | NotSubmitted:
    job, program = message.job, program_of(message.job)
    takes_long = message.is_repeated or message.may_be_submitted or program.size > LONG_BYTES
    async with PassingPhase(services, job) as staging:
        entry = await staging.show() if takes_long else None
        if why := why_stop(services, job, entry):
            return Staged() if message.may_be_submitted else NotSubmitted(why)
        media_type = program.media_type or row_of(program.format).media_type
        workspace = await services.workspaces.get(job.order.workspace)
        for remote_id in remote_ids(job):
            content, size = await _content(services, program)
            await workspace.upload_input(remote_id, content, size, media_type, program.encoding)
    return Staged()


async def _stop(message: StageInput, services: Services) -> Staged | NotSubmitted | None:
    """Stop a job that has no place, if it should stop."""
    why = why_stop(services, message.job, await require_current(services, message.job))
    if why is None:
        return None
    return Staged() if message.may_be_submitted else NotSubmitted(why)


async def _content(services: Services, program: Program) -> tuple[AsyncIterator[bytes], int]:
    if (recent := services.recent.take(program.blob)) is not None:
        return _once(recent), len(recent)
    blob = await services.blobs.open(program.blob)
    return blob.chunks, blob.size


async def _once(content: bytes) -> AsyncIterator[bytes]:
    yield content
