"""The Event Grid door: new output in the workspace's storage wakes its job.

An event is an untrusted hint: it only causes a status check. A forged, early, repeated or lost event costs one status
check, or some time.
"""

import re

from quantum.jobs.ids import JOB_ID
from quantum.ports import Orchestrations

CREATED = "Microsoft.Storage.BlobCreated"
# The job's container and its output, as azure-quantum's documents name them.
OUTPUT = re.compile(rf"/blobServices/default/containers/job-(?P<id>{JOB_ID})/blobs/(?:outputData|rawOutputData)")


async def wake_from_event(kind: str, subject: str, orchestrations: Orchestrations) -> bool:
    """Wake the job of an event; return False for other events. Jobs on a fallback target are not recognised."""
    match = OUTPUT.fullmatch(subject)
    if kind != CREATED or match is None:
        return False
    await orchestrations.wake(match["id"])
    return True
