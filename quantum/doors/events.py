"""The Event Grid door: output that appears in the workspace's storage wakes the job that waits for it.

An event is a hint from outside: it is never believed, it only causes a look at the job. One that is forged, early,
repeated or lost costs one status check, or some time.
"""

import re

from quantum.jobs.ids import JOB_ID
from quantum.ports import Orchestrations

CREATED = "Microsoft.Storage.BlobCreated"
# The job's container and its output, as azure-quantum's documents name them; the id is checked as one.
OUTPUT = re.compile(rf"/blobServices/default/containers/job-(?P<id>{JOB_ID})/blobs/(?:outputData|rawOutputData)")


async def wake_from_event(kind: str, subject: str, orchestrations: Orchestrations) -> bool:
    """Wake the job that an event is about; False where it is about none. Jobs that a fallback made are not found."""
    found = OUTPUT.fullmatch(subject)
    if kind != CREATED or found is None:
        return False
    await orchestrations.wake(found["id"])
    return True
