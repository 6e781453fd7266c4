"""Records the end of a job, and sends the answer to its caller."""

from contextlib import suppress
from dataclasses import replace
from typing import Any

from activities.activity import activity
from orchestrators.messages import AnswerSent, SendAnswer
from quantum.app import App
from quantum.jobs.errors import ServiceError
from quantum.jobs.model import Job, StoredResult
from quantum.ports import Services
from quantum.programs.prices import is_billed
from quantum.service import sending
from quantum.service.answers import MAX_INLINE_BYTES
from quantum.service.cancellation import require_current, with_request
from quantum.service.recording import record
from quantum.telemetry import names as telemetry
from quantum.telemetry.names import Telemetry
from quantum.wire import codec, strict_json


@activity
async def send_answer(message: SendAnswer, app: App) -> AnswerSent:
    """Record the end, then send the answer where the order wants it; a repeated answer has the same CloudEvents id."""
    services = app.services
    job = await _recorded_end(services, message.job)
    await _settle(app, job)
    await sending.send_answer(services, job, await _small_result(services, job.result))
    _measure_end(services.telemetry, job)
    return AnswerSent()


async def _settle(app: App, job: Job) -> None:
    """Charge what the job has cost, where that may be more than nothing."""
    if job.remote.cost and (job.adopted or not is_billed(job.target)):
        await app.budgets.charge(job)
    if any(map(is_billed, job.order.targets)) and not job.adopted:
        with suppress(ServiceError):  # housekeeping settles what is still reserved; the answer does not wait
            await app.budgets.settle(job)


async def _recorded_end(services: Services, job: Job) -> Job:
    """Record the end of a job; an end that the index has already is the one that the answer tells."""
    entry = await require_current(services, job)
    if entry is not None and entry.job.is_final:
        return replace(entry.job, traceparent=job.traceparent)
    job = with_request(job, entry)
    await record(services, job)
    return job


async def _small_result(services: Services, stored: StoredResult | None) -> dict[str, Any] | None:
    """Read a result that an answer may include, from memory where this process has just stored it."""
    if stored is None or stored.bytes > MAX_INLINE_BYTES:
        return None
    content = services.recent.take(stored.blob)
    if content is None:
        content = await (await services.blobs.open(stored.blob)).read()
    result: dict[str, Any] = strict_json.loads(content)
    return result


def _measure_end(meter: Telemetry, job: Job) -> None:
    facts = telemetry.about(job)
    length = codec.moment(job.history[-1]["at"]) - codec.moment(job.created_at)
    meter.measure(telemetry.DURATION, length.total_seconds(), facts)
    cost = job.remote.cost or {}
    amount = cost.get("estimated")
    if isinstance(amount, int | float) and amount > 0:
        currency = str(cost.get("currency") or "unknown")
        meter.measure(telemetry.COST, amount, facts | {telemetry.CURRENCY: currency})
