"""Sends a job's answer where its order wants it; sent again, it has the same CloudEvents id."""

from typing import Any

from quantum.contract.answer_to import NO_ANSWER, AnswerQueue
from quantum.jobs.model import Job
from quantum.ports import Services
from quantum.service.answers import answer, encode
from quantum.wire import codec as wire


async def send_answer(services: Services, job: Job, result: dict[str, Any] | None = None) -> None:
    """Send a job's answer, with its result while that is small; nothing where its order wants none."""
    if job.order.answer_to != NO_ANSWER:
        await send_message(services, job.order.answer_to, answer(job, result))


async def send_message(services: Services, to: str | AnswerQueue | None, envelope: dict[str, Any]) -> None:
    """Send an answer to the queue of all, to a queue of its own, or nowhere."""
    if to == NO_ANSWER:
        return
    message = encode(envelope)
    if isinstance(to, AnswerQueue):
        await services.answer_queues.send(to.queue, message, wire.duration(to.keep_for))
    else:
        await services.answers.send(message)
