"""The Event Grid door: hints wake the job that they are about, and nothing else."""

import pytest

from quantum.doors.events import CREATED, wake_from_event
from tests.support.builders import JOB_ID, App

SUBJECT = f"/blobServices/default/containers/job-{JOB_ID}/blobs/outputData"


@pytest.mark.parametrize("name", ["outputData", "rawOutputData"])
async def test_output_wakes_its_job(name: str) -> None:
    """Both kinds of it."""
    app = App()

    assert await wake_from_event(CREATED, SUBJECT.replace("outputData", name), app.orchestrations)

    assert app.orchestrations.woken == [JOB_ID]


@pytest.mark.parametrize(
    ("kind", "subject"),
    [
        ("Microsoft.Storage.BlobDeleted", SUBJECT),
        (CREATED, SUBJECT.replace("outputData", "inputData")),
        (CREATED, SUBJECT + "/more"),
        (CREATED, SUBJECT.replace(JOB_ID, JOB_ID.upper())),
        (CREATED, SUBJECT.replace(JOB_ID, f"{JOB_ID}/../{JOB_ID}")),
        (CREATED, SUBJECT + "\n"),
        (CREATED, SUBJECT.replace("default", "other")),
        (CREATED, "/blobServices/default/containers/orders/blobs/outputData"),
        (CREATED, ""),
        ("", ""),
    ],
)
async def test_anything_else_wakes_nothing(kind: str, subject: str) -> None:
    """Whatever stands in it."""
    app = App()

    assert not await wake_from_event(kind, subject, app.orchestrations)

    assert app.orchestrations.woken == []
