"""Nothing that a caller writes is ever fetched, and a reference to a blob stays inside the container for inputs."""

import asyncio
import json
from base64 import b64encode
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
import pytest_asyncio

from quantum.jobs.errors import NotFoundError
from quantum.settings import read_settings
from quantum.wiring import connected
from tests.security.deployment import BELL, SYSTEM_KEY, Deployment, bell


@dataclass
class Trap:
    """A server that nobody should talk to, and who did."""

    url: str = ""
    caught: list[bytes] = field(default_factory=list)

    async def catch(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Keep what a visitor says first."""
        self.caught.append(await reader.read(1000))
        writer.close()


@pytest_asyncio.fixture
async def trap() -> AsyncIterator[Trap]:
    """Listen on a port of this machine."""
    trap = Trap()
    async with await asyncio.start_server(trap.catch, "127.0.0.1", 0) as server:
        trap.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/x.qasm"
        yield trap


def source(text: str, word: str = "openqasm3") -> dict[str, Any]:
    """A program in an order."""
    return {"input": {"format": word, "text": text}}


ORDERS: dict[str, Callable[[str], dict[str, Any]]] = {
    "blob": lambda url: {"input": {"format": "openqasm3", "blob": url}},
    "blob in a container": lambda url: {"input": {"format": "openqasm3", "blob": f"inputs/{url}"}},
    "blob in an account": lambda url: {"input": {"format": "openqasm3", "blob": f"inputs@{url}"}},
    "params": lambda url: {"params": {"url": url, "containerUri": url, "inputDataUri": url, "outputDataUri": url}},
    "tags": lambda url: {"tags": {"url": url, "outputDataUri": url}},
    "workspace": lambda url: {"workspace": url},
    "entry point": lambda url: {"entryPoint": url},
    "arguments": lambda url: {"arguments": [url]},
    "name": lambda url: {"name": url},
    "target": lambda url: {"target": url},
    "fallback": lambda url: {"fallbackTargets": [url]},
    "deadline": lambda url: {"deadline": url},
    "format": lambda url: {"input": {"format": url, "text": BELL}},
    "a field of its own": lambda url: {"containerUri": url, "callback": url},
    "include": lambda url: source(f'OPENQASM 3.0; include "{url}"; qubit q; bit c = measure q;'),
    "file include": lambda _: source('OPENQASM 3.0; include "/elsewhere/mine.inc"; qubit q; bit c = measure q;'),
    "pragma": lambda url: source(f"OPENQASM 3.0;\n#pragma include {url}\nqubit q; bit c; c = measure q;\n"),
    "Q# import": lambda url: source(f'import "{url}"; operation Main() : Unit {{}}', "qsharp"),
    "Q# open": lambda url: source(f"open {url}; operation Main() : Unit {{}}", "qsharp"),
    "QIR": lambda url: source(f'source_filename = "{url}"\ndefine void @a() "entry_point" {{ ret void }}', "qir.v1"),
    "circuit": lambda url: source(json.dumps({"qubits": 1, "circuit": [], "$ref": url}), "ionq.circuit.v1"),
}


OUTSIDE = [
    *("inputs/../results/x", "inputs/./x", "inputs/a/../../x", "inputs//x", "inputs/", "inputs", "/inputs/x", "../x"),
    *("inputs/%2e%2e/x", "inputs/%2e%2e%2fresults/x", "inputs%2fx", "inputs/..%5cx", "inputs\\x", "inputs/a\\..\\x"),
    *("results/x", "programs/x", "orders/x", "azure-webjobs-hosts/x", "Inputs/x", "$root/x", "$web/x", "inputs@x/y"),
    *("inputs/x\x00.qasm", "inputs/x\n", "inputs/x\r\nHost: y", "inputs/x?sv=1&sig=a", "inputs/x#y"),
    *("inputs/" + "x" * 5000, "http://127.0.0.1/inputs/x", "//127.0.0.1/x", "file:///elsewhere/x"),
    *("inputs/\u202e/x", "inputs/…/x", " inputs/x"),
]


async def test_the_trap_catches(trap: Trap) -> None:
    """A trap that never closes would prove nothing."""
    host, port = trap.url.split("/")[2].split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    writer.write(b"hello")
    await writer.drain()

    await reader.read()

    writer.close()
    assert trap.caught == [b"hello"]


@pytest.mark.parametrize("where", ORDERS)
async def test_an_address_in_an_order_is_never_fetched(deployment: Deployment, trap: Trap, where: str) -> None:
    """Refused, or run to its end as what it is: text."""
    headers = {"X-Forwarded-Host": trap.url, "Referer": trap.url, "Idempotency-Key": trap.url + where.replace(" ", "")}

    answer = await deployment.post(bell(**ORDERS[where](trap.url)), **headers)

    if answer.status_code == 202:
        await deployment.ended(answer.json()["id"])
    assert answer.status_code in {202, 400}, answer.text
    assert trap.caught == []


async def test_an_address_at_the_other_doors_is_never_fetched(deployment: Deployment, trap: Trap) -> None:
    """In a blob's name, metadata or content, in a message, a header, a query or an event: it stays text."""
    name = f"ionq.simulator/{trap.url.replace('/', ' ')}.qasm"
    await deployment.blobs.get_blob_client("orders", name).upload_blob(BELL, metadata={"shots": "5", "name": trap.url})
    whole = deployment.blobs.get_blob_client("orders", "forged.order.json")
    await whole.upload_blob(json.dumps(bell(input={"format": "openqasm3", "blob": trap.url})))
    sent = await deployment.orders.send_message(b64encode(trap.url.encode()).decode())
    await deployment.api.get("/api/jobs", params={"continuation": trap.url, "name": trap.url}, headers={"Host": "x"})
    event = {"subject": f"/blobServices/default/containers/{trap.url}/blobs/outputData", "data": {"url": trap.url}}
    event |= {"id": "1", "eventType": "Microsoft.Storage.BlobCreated", "eventTime": "2026-11-21T09:00:00Z"}
    for path in ("EventGrid?functionName=wake_from_event", "blobs?functionName=start_from_blob"):
        headers = {"x-functions-key": SYSTEM_KEY, "aeg-event-type": "Notification"}
        response = await deployment.api.post(f"/runtime/webhooks/{path}", json=[event], headers=headers)
        assert response.status_code == 202, (path, response.text)

    answers = [
        await deployment.answer_to(blob=f"orders/{name}"),
        await deployment.answer_to(blob="orders/forged.order.json"),
        await deployment.answer_to(messageId=sent.id),
    ]

    assert [answer["phase"] for answer in answers] == ["rejected"] * 3
    assert trap.caught == []


@pytest.mark.parametrize("reference", OUTSIDE, ids=range(len(OUTSIDE)))
async def test_a_reference_leads_nowhere_else(deployment: Deployment, reference: str) -> None:
    """However it is written, a blob outside the container for inputs cannot be named."""
    answer = await deployment.post(bell(input={"format": "openqasm3", "blob": reference}))

    assert answer.status_code == 400
    (error,) = answer.json()["errors"]
    assert error["field"] == "input.blob"
    assert error["reason"].startswith("must be inputs/<name>, a blob in this app's own storage")


@pytest.mark.parametrize("path", ["orders/../results/x", "orders/a/./x", "orders/..", "orders/a\\..\\..\\results\\x"])
async def test_storage_is_never_asked_for_another_blob_than_was_meant(deployment: Deployment, path: str) -> None:
    """A path that would change on its way is not sent, whoever it came from."""
    async with connected(read_settings(deployment.settings)) as services:
        with pytest.raises(NotFoundError):
            await services.blobs.open(path)


async def test_a_reference_that_is_right_is_followed(deployment: Deployment) -> None:
    """The door for references is there; what is behind it is read."""
    container = deployment.blobs.get_container_client("inputs")
    if not await container.exists():
        await container.create_container()
    await container.upload_blob("team a/bell.qasm", BELL, overwrite=True)

    answer = await deployment.post(bell(input={"format": "openqasm3", "blob": "inputs/team a/bell.qasm"}))

    assert answer.status_code == 202
    assert (await deployment.ended(answer.json()["id"]))["phase"] == "succeeded"
