"""Events from the workspace's storage end a wait early; false ones cost a look at most."""

import asyncio
import json
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from tests.support.product import NOTIFICATION, PATIENCE_SECONDS, QPU, Product, circuit

QUEUED_SECONDS, EXECUTING_SECONDS = 60, 300
CLOUD_EVENTS = {"content-type": "application/cloudevents+json"}


def an_event(job_id: str, **changes: Any) -> dict[str, Any]:
    """What Event Grid tells of a job's output, in its own schema."""
    subject = f"/blobServices/default/containers/job-{job_id}/blobs/outputData"
    event = {"id": "1", "topic": "t", "subject": subject, "eventType": "Microsoft.Storage.BlobCreated"}
    return event | {"eventTime": "2026-11-01T08:00:00Z", "dataVersion": "", "data": {"api": "PutBlob"}} | changes


def a_cloud_event(job_id: str, **changes: Any) -> dict[str, Any]:
    """The same as a CloudEvent."""
    event = an_event(job_id)
    same = {name: event[name] for name in ("id", "subject", "data")}
    return (
        same | {"specversion": "1.0", "source": "/s", "type": event["eventType"], "time": event["eventTime"]} | changes
    )


async def lateness(product: Product, *events: Any, **headers: str) -> timedelta:
    """Run a job that takes some minutes, with these events at the moment of its output; how late its answer comes."""
    await product.set_target(QPU, queueSeconds=QUEUED_SECONDS, executionSeconds=EXECUTING_SECONDS)
    with product.time_held():
        job = await product.submit(circuit(target=QPU))
        await product.job_in(job["id"], "waiting")
        (created,) = (await product.ledger(job["id"]))["jobs"]
        end = datetime.fromisoformat(created["at"]) + timedelta(seconds=QUEUED_SECONDS + EXECUTING_SECONDS)
        bodies = [event(job["id"]) for event in events]
        telling = asyncio.create_task(
            product.at(end, lambda: product.announce("EventGrid", "wake_from_event", *bodies, **headers))
        )
    data = (await product.answer_to(id=job["id"]))["data"]
    await telling
    assert data["phase"] == "succeeded"
    return datetime.fromisoformat(data["history"][-1]["at"]) - end


@pytest.mark.parametrize(("event", "headers"), [(an_event, NOTIFICATION), (a_cloud_event, CLOUD_EVENTS)])
async def test_output_that_appears_ends_the_wait(product: Product, event: Any, headers: dict[str, str]) -> None:
    """After minutes of execution the next look would be many seconds away; the answer comes at once."""
    assert await lateness(product, event, **headers) < timedelta(milliseconds=300)


async def test_false_events_cost_a_look_at_most(product: Product) -> None:
    """Forged, foreign and malformed ones none at all, and one that comes early exactly one."""
    await product.set_target(QPU, queueSeconds=QUEUED_SECONDS)
    with product.time_held():
        job = await product.submit(circuit(target=QPU))
        await product.job_in(job["id"], "waiting")
        before = await product.calls("get_job")
        false = [
            an_event(str(uuid4())),
            an_event(job["id"], eventType="Microsoft.Storage.BlobDeleted"),
            an_event(job["id"], subject="/blobServices/default/containers/orders/blobs/outputData"),
            an_event(job["id"], subject=f"/blobServices/default/containers/job-{job['id']}/blobs/inputData"),
            an_event("..%2f..%2f" + job["id"]),
            an_event(job["id"], subject="x" * 10_000),
            an_event(job["id"], subject=7),
            an_event(job["id"], eventType=None),
            a_cloud_event(job["id"], type="Microsoft.Storage.BlobDeleted"),
            a_cloud_event(job["id"], subject=None),
        ]
        replies = [await product.announce("EventGrid", "wake_from_event", *false)]
        replies.append(await product.announce("EventGrid", "wake_from_event", an_event(job["id"])))
        async with asyncio.timeout(PATIENCE_SECONDS):
            while await product.calls("get_job") == before:
                pass

    data = (await product.answer_to(id=job["id"]))["data"]

    assert [reply.status_code for reply in replies] == [202, 202]
    assert data["phase"] == "succeeded"
    assert data["polls"] == await product.calls("get_job") - before  # the last look has the address of the output, too


async def test_nobody_without_the_key_wakes_anything(product: Product) -> None:
    """The webhook is the deployment's own, not its callers'."""
    reply = await product.announce(
        "EventGrid", "wake_from_event", an_event(str(uuid4())), **{"x-functions-key": "spec"}
    )

    assert reply.status_code == 401


async def test_both_handshakes_are_answered(product: Product) -> None:
    """Event Grid sends nothing to a webhook that has not agreed."""
    validation = {"data": {"validationCode": "abc"}}
    response = await product.announce(
        "EventGrid", "wake_from_event", validation, **{"aeg-event-type": "SubscriptionValidation"}
    )
    address = f"{product.host.url}/runtime/webhooks/EventGrid?functionName=wake_from_event"
    headers = {"x-functions-key": product.host.system_key, "WebHook-Request-Origin": "eventgrid.azure.net"}

    allowed = await product.api.options(address, headers=headers)

    assert (response.status_code, json.loads(response.content)) == (200, {"validationResponse": "abc"})
    assert allowed.headers["webhook-allowed-origin"] == "eventgrid.azure.net"
