"""The AnswerQueue port: the fake and Azure Storage keep the same promises."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any
from uuid import uuid4

import pytest
from azure.storage.queue import TextBase64DecodePolicy
from azure.storage.queue.aio import QueueClient

from quantum.adapters.answer_queue import AzureAnswerQueue
from quantum.ports import AnswerQueue
from quantum.settings import ANSWERS_QUEUE, StorageSettings
from tests.fakes.answers import MAX_BYTES, InMemoryAnswerQueue

Read = Callable[[str], Awaitable[list[Any]]]


@pytest.fixture(params=["memory", "azurite", "azure"])
async def queue(
    request: pytest.FixtureRequest, storage: Callable[[str], StorageSettings]
) -> AsyncIterator[tuple[AnswerQueue, Read]]:
    """A queue, and a way to read the answers about one subject, as Functions' own bindings would."""
    if request.param == "memory":
        fake = InMemoryAnswerQueue()

        async def remembered(subject: str) -> list[Any]:
            return [answer for answer in fake.sent if answer["subject"] == subject]

        yield fake, remembered
        return
    settings = storage(request.param)
    real = AzureAnswerQueue(settings)
    client = QueueClient.from_connection_string(
        str(settings.connection_string), ANSWERS_QUEUE, message_decode_policy=TextBase64DecodePolicy()
    )

    async def received(subject: str) -> list[Any]:
        found = [json.loads(message.content) async for message in client.receive_messages(max_messages=32)]
        return [answer for answer in found if answer.get("subject") == subject]

    yield real, received
    await client.close()
    await real.close()


async def test_an_answer_arrives_as_it_was_sent(queue: tuple[AnswerQueue, Read]) -> None:
    """The queue is made when it is missing, and any letter passes."""
    answers, read = queue
    answer: dict[str, Any] = {"subject": uuid4().hex, "data": {"name": "é\u202e😀 <&>", "counts": {"00": 1}}}

    await answers.check()
    await answers.send(answer)
    await answers.check()

    assert await read(answer["subject"]) == [answer]


async def test_the_largest_answer_that_is_allowed_is_taken(queue: tuple[AnswerQueue, Read]) -> None:
    """48 KiB fit into a message after base64."""
    answers, read = queue
    answer: dict[str, str] = {"subject": uuid4().hex, "data": ""}
    answer["data"] = "x" * (MAX_BYTES - len(json.dumps(answer)))

    await answers.send(answer)

    assert await read(answer["subject"]) == [answer]
