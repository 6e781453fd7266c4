"""The Event Grid webhook: handshakes, both event schemas, keys, and delivery that says whether it worked."""

import json
import uuid
from typing import Any

import httpx
import pytest

from host_support.triggers_app import Served

NOTIFICATION = {"aeg-event-type": "Notification"}


async def deliver(
    served: Served, content: object, headers: dict[str, str] | None = None, **query: str
) -> httpx.Response:
    """Post to the webhook as Event Grid does."""
    params = {"functionName": "take_event", "code": served.host.system_key} | query
    text = content if isinstance(content, str) else json.dumps(content)
    headers = NOTIFICATION if headers is None else headers
    return await served.http.post("/runtime/webhooks/EventGrid", params=params, content=text, headers=headers)


def an_event(subject: str, **other: Any) -> dict[str, Any]:
    """Write an event in Event Grid's own schema."""
    fixed = {"id": "1", "topic": "t", "eventTime": "2026-11-01T05:00:00Z", "dataVersion": "1"}
    return fixed | {"subject": subject, "eventType": "Job.Done", "data": {"n": 1}} | other


async def test_every_event_of_a_delivery_starts_the_function(served: Served) -> None:
    """Two events in one request are two invocations."""
    subjects = [uuid.uuid4().hex, uuid.uuid4().hex]

    answer = await deliver(served, [an_event(subject) for subject in subjects])

    assert answer.status_code == 202
    for subject in subjects:
        seen = await served.queues.seen("seen-events", subject)
        assert seen == {"subject": subject, "type": "Job.Done", "data": {"n": 1}}


@pytest.mark.parametrize("headers", [NOTIFICATION, {"content-type": "application/cloudevents+json"}])
async def test_a_cloud_event_starts_the_function(served: Served, headers: dict[str, str]) -> None:
    """CloudEvents 1.0 arrives as such, with Event Grid's header or by its content type."""
    subject = uuid.uuid4().hex
    event = {"specversion": "1.0", "id": "1", "source": "/s", "type": "job.done", "subject": subject, "data": 7}

    answer = await deliver(served, event, headers)

    assert answer.status_code == 202
    assert (await served.queues.seen("seen-events", subject))["type"] == "job.done"


async def test_a_failed_event_is_asked_for_again(served: Served) -> None:
    """A 500 makes Event Grid deliver again."""
    answer = await deliver(served, [an_event("bad")])

    assert (answer.status_code, answer.content) == (500, b"")


@pytest.mark.parametrize("twice_encoded", [False, True])
async def test_the_validation_code_is_echoed(served: Served, *, twice_encoded: bool) -> None:
    """Both schemas' subscription handshakes are answered without running anything."""
    data = {"validationCode": "abc"}
    event = {"data": json.dumps(data)} if twice_encoded else [{"data": data}]

    answer = await deliver(served, event, {"aeg-event-type": "SubscriptionValidation"})

    assert (answer.status_code, answer.json()) == (200, {"validationResponse": "abc"})


async def test_a_cloud_events_sender_is_allowed(served: Served) -> None:
    """The CloudEvents handshake is an OPTIONS request that names its origin."""
    params = {"functionName": "take_event", "code": served.host.system_key}

    answer = await served.http.options(
        "/runtime/webhooks/EventGrid", params=params, headers={"WebHook-Request-Origin": "eventgrid.azure.net"}
    )

    assert answer.status_code == 200
    assert answer.headers["webhook-allowed-origin"] == "eventgrid.azure.net"


@pytest.mark.parametrize(
    ("content", "headers", "query", "expected"),
    [
        ([], NOTIFICATION, {"code": "wrong"}, 401),
        ([], NOTIFICATION, {"functionName": "nobody"}, 404),
        ("{", NOTIFICATION, {}, 400),
        ("[1]", NOTIFICATION, {}, 400),
        ([], {"aeg-event-type": "SubscriptionValidation"}, {}, 400),
        ([], {}, {}, 400),
        ([], {"aeg-event-type": "Unsubscribe"}, {}, 202),
    ],
)
async def test_what_is_not_a_delivery_runs_nothing(
    served: Served, content: object, headers: dict[str, str], query: dict[str, str], expected: int
) -> None:
    """A wrong key, an unknown function, broken JSON and a missing event type have each their answer."""
    answer = await deliver(served, content, headers, **query)

    assert answer.status_code == expected
