"""Names that the app, its orchestrations and the durable engine must spell alike: ids of jobs, processes and events."""

import re

JOB_ID = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"  # what `job_id` makes, as a pattern
RUN_JOB = "run_job"  # the orchestration that every job is
WAKE = "wake"  # the event that ends the pause of an orchestration
NEXT_LOOK = "nextLookAt"  # the end of that pause, in the orchestration's custom status


def is_job_id(text: str) -> bool:
    """Say whether a text may be the id of one of our jobs."""
    return re.fullmatch(JOB_ID, text) is not None
