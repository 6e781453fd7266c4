"""Attachments: blobs that the SDK keeps with a job, in the job's own container."""

import httpx
from azure.quantum import Workspace
from azure.quantum.target import IonQ

from emulator_support.harness import Emulator
from emulator_support.programs import BELL_IONQ


def test_an_attachment_is_kept_with_its_job(workspace: Workspace) -> None:
    """Uploaded, listed beside the program and the output, downloaded; another job has its own of that name."""
    jobs = [IonQ(workspace).submit(BELL_IONQ) for _ in range(2)]
    for number, job in enumerate(jobs):
        job.wait_until_completed(print_progress=False)
        job.upload_attachment("notes", f"of job {number}".encode())

    names = {blob.name for blob in jobs[0].list_attachments()}

    assert names == {"inputData", "rawOutputData", "notes"}
    assert [job.download_attachment("notes") for job in jobs] == [b"of job 0", b"of job 1"]


def test_a_container_is_reached_at_the_address_that_a_job_shows(emulator: Emulator, workspace: Workspace) -> None:
    """With the SAS that stands there, whoever serves it."""
    job = IonQ(workspace).submit(BELL_IONQ)
    job.wait_until_completed(print_progress=False)
    address = httpx.URL(str(workspace.get_job(job.id).details.container_uri))

    listed = emulator.http.get(
        address.copy_merge_params({"restype": "container", "comp": "list"}), follow_redirects=True
    )

    assert listed.status_code == 200
    assert "<Name>inputData</Name>" in listed.text
