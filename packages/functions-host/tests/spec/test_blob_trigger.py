"""Blob functions get every version of a blob once, and repeated failures are reported."""

import uuid
from typing import Any

import pytest
from azure.storage.blob import ContentSettings

from host_support.triggers_app import Served


def a_name() -> str:
    """Return a new blob name."""
    return f"ionq.simulator/{uuid.uuid4().hex}.txt"


async def upload(served: Served, name: str, text: str, **options: Any) -> None:
    """Write a blob; replace an existing one."""
    container = served.blobs.get_container_client("uploads")
    await container.upload_blob(name, text, overwrite=True, **options)


async def test_an_uploaded_blob_starts_its_function(served: Served) -> None:
    """The function reads the blob and sees its name, address, size, type and metadata."""
    name = a_name()

    await upload(served, name, "hello", metadata={"shots": "7"}, content_settings=ContentSettings("text/x-qasm"))

    seen = await served.queues.seen("seen-blobs", name)
    assert seen["name"] == f"uploads/{name}"
    assert seen["uri"].endswith(f"/uploads/{name}")
    assert seen["body"] == "hello"
    assert seen["length"] == 5
    assert seen["metadata"] == {"shots": "7"}
    assert seen["contentType"] == "text/x-qasm"


async def test_each_version_is_run_once(served: Served) -> None:
    """A blob written again runs again; one that was only listed again does not."""
    name, other = a_name(), a_name()
    await upload(served, name, "first")
    assert (await served.queues.seen("seen-blobs", name))["body"] == "first"

    await upload(served, other, "meanwhile listed")
    await served.queues.seen("seen-blobs", other)
    await upload(served, name, "second")

    assert (await served.queues.seen("seen-blobs", name))["body"] == "second"
    assert [text for _, text in served.queues.unclaimed if name in text] == []


async def test_a_blob_that_keeps_failing_is_reported(served: Served) -> None:
    """After five tries a message in Azure's form says which blob it was."""
    name = a_name()

    await upload(served, name, "bad")

    report = await served.queues.seen("webjobs-blobtrigger-poison", name)
    assert report["FunctionId"] == "Host.Functions.take_blob"
    assert (report["ContainerName"], report["BlobName"]) == ("uploads", name)
    assert (report["BlobType"], report["Type"]) == ("BlockBlob", "BlobTrigger")


async def test_a_name_that_does_not_fit_starts_nothing(served: Served) -> None:
    """Only blobs that the path describes are run."""
    stem = uuid.uuid4().hex
    await upload(served, f"ionq.simulator/{stem}.md", "not a text file")

    await upload(served, f"ionq.simulator/{stem}.txt", "after it")

    assert (await served.queues.seen("seen-blobs", stem))["name"] == f"uploads/ionq.simulator/{stem}.txt"
    assert [text for _, text in served.queues.unclaimed if stem in text] == []


def blob_created(container: str, name: str) -> dict[str, Any]:
    """Write the event that a storage account sends."""
    subject = f"/blobServices/default/containers/{container}/blobs/{name}"
    return {"id": "1", "eventType": "Microsoft.Storage.BlobCreated", "subject": subject, "data": {}}


@pytest.mark.parametrize("times", [1, 3])
async def test_an_event_and_a_listing_start_a_blob_once(served: Served, times: int) -> None:
    """An event is a hint: however often it comes, a version is run once."""
    name = a_name()
    await upload(served, name, "by event")
    params = {"functionName": "Host.Functions.take_blob", "code": served.host.system_key}

    answers = [
        await served.http.post(
            "/runtime/webhooks/blobs",
            params=params,
            json=[blob_created("uploads", name)],
            headers={"aeg-event-type": "Notification"},
        )
        for _ in range(times)
    ]

    assert {answer.status_code for answer in answers} == {202}
    assert (await served.queues.seen("seen-blobs", name))["body"] == "by event"
    marker = a_name()
    await upload(served, marker, "later")
    await served.queues.seen("seen-blobs", marker)
    assert [text for _, text in served.queues.unclaimed if name in text] == []


@pytest.mark.parametrize(
    "event", [blob_created("uploads", "no/such.txt"), blob_created("elsewhere", "a/b.txt"), {"id": "1"}]
)
async def test_an_event_about_nothing_is_taken_and_forgotten(served: Served, event: dict[str, Any]) -> None:
    """A deleted or foreign blob, and an event without a subject, are ignored."""
    answer = await served.http.post(
        "/runtime/webhooks/blobs",
        params={"functionName": "Host.Functions.take_blob", "code": served.host.system_key},
        json=[event],
        headers={"aeg-event-type": "Notification"},
    )

    assert answer.status_code == 202
