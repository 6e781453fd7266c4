"""The app's own `run_job` on activities that answer at once, without services: a job that is polled `POLLS` times."""

import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

import azure.durable_functions as df

from benchmarks.programs.poll_times import POLLS, looked
from orchestrators.messages import AnswerSent, Collected, JobChecked, Outcome, Recorded, Staged, Submitted
from orchestrators.run_job import run_job
from quantum.jobs.model import Account, StoredResult
from quantum.wire import codec


def now() -> str:
    """Return the present moment, as outcomes have it."""
    return codec.timestamp(datetime.now(UTC))


OUTCOMES: dict[str, Outcome] = {
    "stage_input": Staged(),
    "submit_job": Submitted(Account("Executing", "bench"), now()),
    "collect_result": Collected(StoredResult("results/none", 0)),
    "record_progress": Recorded(),
    "send_answer": AnswerSent(),
}


async def check_job(payload: dict) -> dict:  # type: ignore[type-arg]  # the worker takes bare types only
    """Record the time of this poll; at the last one the job has ended."""
    moments = looked[payload["id"]]
    moments.append(time.perf_counter())
    status = "Succeeded" if len(moments) == POLLS else "Executing"
    return JobChecked(Account(status, "bench"), cancel_requested=False, at=now()).to_wire()


def answering(name: str, outcome: Outcome) -> Callable[[dict[str, Any]], Awaitable[dict[str, Any]]]:
    """Make an activity that only answers."""

    async def answer(payload: dict) -> dict:  # type: ignore[type-arg]  # noqa: ARG001  # every activity has a payload
        return outcome.to_wire()

    answer.__name__ = name
    return answer


app = df.DFApp()
app.orchestration_trigger(context_name="context")(run_job)
for activity in (check_job, *(answering(name, outcome) for name, outcome in OUTCOMES.items())):
    app.activity_trigger(input_name="payload")(activity)
