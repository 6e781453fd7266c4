"""Sends the answer to a job's caller."""

from dataclasses import replace

from activities.activity import activity
from orchestrators.messages import AnswerSent, SendAnswer
from quantum.app import App
from quantum.jobs.lifecycle import Phase
from quantum.jobs.model import Job
from quantum.ports import Services
from quantum.service import sending
from quantum.service.answers import MAX_INLINE_BYTES
from quantum.telemetry import names as telemetry
from quantum.telemetry.names import Telemetry
from quantum.wire import codec, strict_json


@activity
async def send_answer(message: SendAnswer, app: App) -> AnswerSent:
    """Send the answer to where the order wants it; a repeated answer has the same CloudEvents id."""
    services = app.services
    job = await _with_request(services, message.job)
    result = None
    if job.result and job.result.bytes <= MAX_INLINE_BYTES:
        blob = await services.blobs.open(job.result.blob)
        result = strict_json.loads(await blob.read())
    await sending.send_answer(services, job, result)
    _measure_end(services.telemetry, job)
    return AnswerSent()


async def _with_request(services: Services, job: Job) -> Job:
    """Add the time of the cancellation request, which only the index has."""
    entry = await services.index.find(job.id) if job.cancel_requested or job.phase is Phase.CANCELLED else None
    return replace(job, cancel_requested_at=entry.job.cancel_requested_at) if entry else job


def _measure_end(meter: Telemetry, job: Job) -> None:
    facts = telemetry.about(job)
    length = codec.moment(job.history[-1]["at"]) - codec.moment(job.created_at)
    meter.measure(telemetry.DURATION, length.total_seconds(), facts)
    cost = job.remote.cost or {}
    amount = cost.get("estimated")
    if isinstance(amount, int | float) and amount > 0:
        currency = str(cost.get("currency") or "unknown")
        meter.measure(telemetry.COST, amount, facts | {telemetry.CURRENCY: currency})
