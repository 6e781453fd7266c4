"""The whole product in one process, its time virtual, with a proxy before each service that can make calls fail.

The app sees the workspace, its linked storage, and its own blobs, table and queues through proxies. What is not
tested here does not: the host's own listening to queues, and what the workspace does with its storage.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from math import ceil
from pathlib import Path
from random import Random
from typing import Any
from urllib.parse import urlsplit

import httpx
from azure.storage.queue import TextBase64DecodePolicy
from azure.storage.queue.aio import QueueClient

from functions_host.clock import Alarm, VirtualClock
from functions_host.host import Host
from local.setup.checkout import ROOT
from local.stack.provision import provision
from quantum import wiring
from quantum.jobs.model import job_id
from quantum.jobs.recent_contents import RecentContents
from quantum.settings import read_settings
from quantum.storage import ANSWERS_QUEUE
from quantum_emulator.server import running
from quantum_emulator.settings import Settings as EmulatorSettings
from tests.support.fault_proxy import Call, FaultProxy, Rule, proxied

GRID_SECONDS = 5
START = datetime(2026, 11, 1, 8, 0, tzinfo=UTC)
SIMULATOR, QPU = "ionq.simulator", "ionq.qpu.aria-1"
PROGRAM = json.dumps({"qubits": 1, "circuit": [{"gate": "x", "target": 0}]})
EIGHT_WAYS = ("reset", "lostReply", "429InSeconds", "500", "503", "401", "truncated", "corrupt")
AT_ONCE = 8
PATIENCE_SECONDS = 60  # of real time
OWN = ("blob", "queue", "table")


class CoarseClock(VirtualClock):
    """Virtual time that rings every few seconds only: what is due at about the same time then runs side by side."""

    def call_at(self, when: datetime, callback: Callable[[], None], *, drives: bool = True) -> Alarm:
        """Call back a little later than asked for, as a busy host would."""
        grid = ceil((when - START).total_seconds() / GRID_SECONDS) * GRID_SECONDS
        return super().call_at(START + timedelta(seconds=grid), callback, drives=drives)


class NothingRecent(RecentContents):
    """As if each step ran in another process: every blob is read."""

    def keep(self, path: str, content: bytes) -> None:
        """Keep nothing."""


def no_fault(_: Call) -> str | None:
    """Let every call pass."""
    return None


def at_random(seed: int, share: float, ways: Sequence[str]) -> Rule:
    """Let a share of all calls fail, each in one of these ways."""
    chance = Random(seed)  # noqa: S311  # no secret

    def rule(_: Call) -> str | None:
        return chance.choice(ways) if chance.random() < share else None

    return rule


@dataclass
class Faulty:
    """The product as its callers have it, and what decides how its services fail."""

    clock: VirtualClock
    api: httpx.AsyncClient
    admin: httpx.AsyncClient
    answered: QueueClient
    proxies: Mapping[str, FaultProxy]
    rule: Rule = no_fault
    answers: dict[str, dict[str, Any]] = field(default_factory=dict)

    def judge(self, call: Call) -> str | None:
        """Say how a call fails; those that are not the app's never do."""
        if call.service == "linked" and "&sr=" not in call.path:  # the workspace's own SAS is of the whole account
            return None
        return self.rule(call)

    @property
    def calls(self) -> int:
        """How many requests have left the app."""
        return sum(proxy.calls for proxy in self.proxies.values())

    async def submit(self, key: str, **changes: Any) -> str:
        """Hand in an order until it is taken, and give its id."""
        order = {"name": key, "target": SIMULATOR, "shots": 10} | changes
        body = order | {"input": {"format": "ionq.circuit.v1", "text": PROGRAM}}
        async with asyncio.timeout(PATIENCE_SECONDS):
            while (answer := await self.post(key, body)).status_code == 503:  # noqa: ASYNC110  # HTTP has no event
                await asyncio.sleep(0.1)
        assert answer.status_code == 202, answer.text
        assert answer.json()["id"] == job_id("http", key)
        return job_id("http", key)

    async def post(self, key: str, body: Mapping[str, Any]) -> httpx.Response:
        """Hand in an order once."""
        return await self.api.post("/jobs", json=body, headers={"Idempotency-Key": key})

    async def submit_all(self, keys: Sequence[str], **changes: Any) -> list[str]:
        """Hand in many orders, a few at a time."""
        few = asyncio.Semaphore(AT_ONCE)

        async def one(key: str) -> str:
            async with few:
                return await self.submit(key, **changes)

        return await asyncio.gather(*(one(key) for key in keys))

    async def answers_to(self, ids: Sequence[str], seconds: float = PATIENCE_SECONDS) -> list[dict[str, Any]]:
        """Wait until every one of these jobs is answered; give the jobs as the answers tell them."""
        async with asyncio.timeout(seconds):
            while not set(ids) <= self._answered_ids():
                if not await self._receive():
                    await asyncio.sleep(0.1)
        jobs = {answer["subject"]: answer["data"] for answer in self.answers.values()}
        return [jobs[id_] for id_ in ids]

    async def run(self, keys: Sequence[str], seconds: float = PATIENCE_SECONDS, **changes: Any) -> list[dict[str, Any]]:
        """Run orders to their ends."""
        return await self.answers_to(await self.submit_all(keys, **changes), seconds)

    async def executions(self) -> dict[str, int]:
        """How often the workspace has executed each job that it has."""
        ledger = (await self.admin.get("/admin/ledger")).json()
        counted = {entry["jobId"]: 0 for entry in ledger["jobs"]}
        assert len(counted) == len(ledger["jobs"]), "a job was created twice"
        for entry in ledger["executions"]:
            counted[entry["jobId"]] += 1
        return counted

    def _answered_ids(self) -> set[str]:
        return {answer["subject"] for answer in self.answers.values()}

    async def _receive(self) -> bool:
        got = False
        async for message in self.answered.receive_messages(max_messages=32, visibility_timeout=60):
            got = True
            answer = json.loads(message.content)
            self.answers[answer["id"]] = answer
            await self.answered.delete_message(message)
        return got


@asynccontextmanager
async def serve_faulty(storage: str, state: Path) -> AsyncIterator[Faulty]:
    """Bring everything up on free ports; `storage` is an Azurite with nothing in it that matters."""
    await provision(storage)
    clock = CoarseClock(START)
    faulty: Faulty

    def rule(call: Call) -> str | None:
        return faulty.judge(call)

    async with AsyncExitStack() as closing:
        enter = closing.enter_async_context
        places = {name: _endpoint(storage, name) for name in OWN}
        proxies = dict(await enter(proxied(rule, linked=places["blob"], **places)))
        linked = _moved(storage, blob=proxies["linked"].url)
        emulator = await enter(running(EmulatorSettings(linked, key="k", settle=True, seed=7, now=clock.now)))
        proxies |= await enter(proxied(rule, workspace=emulator.url))
        settings = {
            "AzureWebJobsStorage": storage,
            "FUNCTIONS_KEY": "faults",
            "AZURE_QUANTUM_CONNECTION_STRING": "SubscriptionId=00000000-0000-0000-0000-000000000001;"
            f"ResourceGroupName=local;WorkspaceName=faults;ApiKey=k;QuantumEndpoint={proxies['workspace'].url}/;",
        }
        seen = settings | {"AzureWebJobsStorage": _moved(storage, **{name: proxies[name].url for name in OWN})}
        services = await enter(wiring.connected(read_settings(seen), clock.now))
        closing.enter_context(wiring.standing_in(replace(services, recent=NothingRecent())))
        host = await enter(Host(ROOT, settings=settings, state_dir=state, clock=clock))
        key = {"x-functions-key": "faults"}
        api = await enter(httpx.AsyncClient(base_url=f"{host.url}/api", headers=key, timeout=60))
        admin = await enter(httpx.AsyncClient(base_url=emulator.url))
        decoded = TextBase64DecodePolicy()
        answered = QueueClient.from_connection_string(storage, ANSWERS_QUEUE, message_decode_policy=decoded)
        faulty = Faulty(clock, api, admin, await enter(answered), proxies)
        await faulty.answered.clear_messages()
        yield faulty


def _endpoint(storage: str, name: str) -> str:
    """Where a service of a connection string is, without the account in its path."""
    parts = dict(part.split("=", 1) for part in storage.split(";") if part)
    url = urlsplit(parts[f"{name.capitalize()}Endpoint"])
    return f"{url.scheme}://{url.netloc}"


def _moved(storage: str, **places: str) -> str:
    """The same connection string with services at other places."""
    for name, url in places.items():
        storage = storage.replace(f"Endpoint={_endpoint(storage, name)}/", f"Endpoint={url}/")
    return storage
