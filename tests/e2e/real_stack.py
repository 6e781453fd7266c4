"""The whole stack as its users meet it: real processes, real time, reached by HTTP and the storage SDKs alone."""

import asyncio
import json
import os
import signal
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
from azure.storage.blob.aio import BlobServiceClient
from azure.storage.queue import TextBase64DecodePolicy, TextBase64EncodePolicy
from azure.storage.queue.aio import QueueClient

from local.stack import Stack

PATIENCE_SECONDS = 40
# The SDK's own pauses are 15 s and more; ours outlast a storage that is started again.
RETRY: dict[str, Any] = {"retry_total": 20, "initial_backoff": 0.5, "increment_base": 1}

type Document = dict[str, Any]


@dataclass
class RealStack:
    """A running stack and its doors."""

    stack: Stack
    api: httpx.AsyncClient
    admin: httpx.AsyncClient
    orders: QueueClient
    answered: QueueClient
    blobs: BlobServiceClient
    answers: dict[str, list[Document]] = field(default_factory=dict)

    async def submit(self, order: Mapping[str, Any]) -> str:
        """Hand in an order by HTTP and give its job's id."""
        answer = await self.api.post("/jobs", json=order)
        assert answer.status_code == 202, answer.text
        return str(answer.json()["id"])

    async def send(self, order: Mapping[str, Any]) -> str:
        """Put an order on the queue and give the message's id."""
        return str((await self.orders.send_message(json.dumps(order))).id)

    async def upload(self, name: str, content: str, **metadata: str) -> str:
        """Upload a program to the container of orders and give the path by which answers name it."""
        await self.blobs.get_blob_client("orders", name).upload_blob(content, metadata=metadata)
        return f"orders/{name}"

    async def answer_to(self, **source: str) -> Document:
        """Wait for the answer about a job, by its id or by what its `source` says; give its data."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            while True:
                for answers in self.answers.values():
                    data: Document = answers[0]["data"]
                    if source.items() <= {"id": data["id"], **data["source"]}.items():
                        return data
                await self._receive()
                await asyncio.sleep(0.05)

    async def _receive(self) -> None:
        async for message in self.answered.receive_messages(max_messages=32, visibility_timeout=30):
            answer = json.loads(message.content)
            self.answers.setdefault(answer["subject"], []).append(answer)
            await self.answered.delete_message(message)

    async def job_in(self, job_id: str, *phases: str) -> Document:
        """Wait until a job is in one of these phases."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            while True:
                answer = await self.api.get(f"/jobs/{job_id}")
                if answer.status_code == 200 and answer.json()["phase"] in phases:
                    document: Document = answer.json()
                    return document
                await asyncio.sleep(0.05)

    async def executing(self, job_id: str) -> None:
        """Wait until the workspace executes a job."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            while "executionStarted" not in await self.ledger(job_id):  # noqa: ASYNC110 - a process has no event for us
                await asyncio.sleep(0.05)

    async def behave(self, target: str, **behaviour: float) -> None:
        """Change how a target of the workspace behaves."""
        answer = await self.admin.patch(f"/admin/targets/{target}", json=behaviour)
        assert answer.status_code == 200, answer.text

    async def ledger(self, job_id: str) -> list[str]:
        """Tell what the workspace did about a job, in order."""
        ledger = (await self.admin.get("/admin/ledger")).json()
        return [entry["event"] for entry in ledger["entries"] if entry["jobId"] == job_id]

    async def end_process(self, part: str, with_signal: signal.Signals) -> None:
        """End the process of a part by a signal, and return when the stack has another one that answers."""
        ended = self.stack.endpoints.pids[part]
        os.kill(ended, with_signal)
        async with asyncio.timeout(PATIENCE_SECONDS):
            while self.stack.endpoints.pids[part] == ended or not await self._answers():  # noqa: ASYNC110 - as above
                await asyncio.sleep(0.05)

    async def _answers(self) -> bool:
        try:
            app, workspace = await self.api.get("/health"), await self.admin.get("/admin/health")
        except httpx.TransportError:
            return False
        return app.status_code == workspace.status_code == 200


@asynccontextmanager
async def running_stack(state: Path) -> AsyncIterator[RealStack]:
    """Bring a stack up on a folder and connect to it."""
    async with Stack(state) as stack:
        where = stack.endpoints
        headers = {"x-functions-key": where.function_key}
        async with (
            httpx.AsyncClient(base_url=f"{where.api}/api", headers=headers, timeout=30, trust_env=False) as api,
            httpx.AsyncClient(base_url=where.workspace.endpoint, timeout=30, trust_env=False) as admin,
            _queue(where.storage, "job-orders") as orders,
            _queue(where.storage, "job-answers") as answered,
            BlobServiceClient.from_connection_string(where.storage, **RETRY) as blobs,
        ):
            yield RealStack(stack, api, admin, orders, answered, blobs)


def _queue(storage: str, name: str) -> QueueClient:
    policies: dict[str, Any] = {
        "message_encode_policy": TextBase64EncodePolicy(),
        "message_decode_policy": TextBase64DecodePolicy(),
    }
    return QueueClient.from_connection_string(storage, name, **policies, **RETRY)
