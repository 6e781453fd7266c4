"""Runs the process of a job by hand."""

from datetime import datetime

import pytest

from orchestrators.messages import AnswerSent, CancelSent, Collected, Recorded, Staged
from orchestrators.run_job import run_job
from quantum.jobs.model import Job, StoredResult
from tests.support.builders import NOW, a_job, a_submission
from tests.support.fakes.durable import HandDriven, Run, Script

SCRIPTS: dict[str, Script] = {
    "record_progress": [Recorded()],
    "stage_input": [Staged()],
    "submit_job": [a_submission()],
    "cancel_job": [CancelSent()],
    "collect_result": [Collected(StoredResult("results/x", 2))],
    "send_answer": [AnswerSent()],
}


@pytest.fixture
def run() -> Run:
    """Run a job to its end, with scripts in the place of activities; gives what was done, and the job as answered."""

    def run_to_the_end(
        job: Job | None = None, *, wakes: tuple[datetime, ...] = (), **scripts: Script
    ) -> tuple[HandDriven, Job]:
        context = HandDriven(SCRIPTS | scripts, NOW, list(wakes))
        output = context.run(run_job, (job or a_job()).to_wire())
        (answered,) = context.called("send_answer")
        ended: Job = answered.job
        assert output == {"phase": ended.phase.value}
        return context, ended

    return run_to_the_end
