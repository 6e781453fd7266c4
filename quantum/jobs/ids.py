"""Names that the app, its orchestrations and the durable engine share: job ids, orchestrators and events."""

import re

JOB_ID = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"  # the pattern of `quantum.jobs.model.job_id`
RUN_JOB = "run_job"  # the orchestrator of every job
RUN_BATCH = "run_batch"  # the orchestrator of every batch
WAKE = "wake"  # the event that ends the pause of an orchestration
RUN_WATCHER = "run_watcher"  # the orchestrator of a workspace's watcher
NEXT_LOOK = "nextLookAt"  # the end of that pause, in the orchestration's custom status


def is_job_id(text: str) -> bool:
    """Say whether a text has the form of a job id."""
    return re.fullmatch(JOB_ID, text) is not None


def watcher_id(workspace: str) -> str:
    """Return the instance id of a workspace's watcher: there is one at most."""
    return f"watcher-{workspace}"
