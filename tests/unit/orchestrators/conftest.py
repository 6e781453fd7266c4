"""Runs the process of a job by hand."""

from dataclasses import replace
from datetime import datetime

import pytest

from orchestrators.run_job import run_job
from quantum.jobs.model import Job
from tests.builders import NOW, a_job
from tests.fakes.durable import HandDriven, Run, Script

SCRIPTS: dict[str, Script] = {
    "record_progress": [{"outcome": "recorded"}],
    "stage_input": [{"outcome": "staged"}],
    "submit_job": [{"outcome": "submitted", "status": "Waiting", "providerId": "ionq", "queueSeconds": 0}],
    "cancel_job": [{"outcome": "asked"}],
    "collect_result": [{"outcome": "collected", "result": {"blob": "results/x", "bytes": 2}, "warnings": []}],
    "send_answer": [{"outcome": "sent"}],
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
        ended = Job.from_wire(answered)
        assert output == {"phase": ended.phase.value}
        assert Job.from_wire(context.called("record_progress")[-1]) == replace(ended, struggles={})
        return context, ended

    return run_to_the_end
