"""No secret that the deployment is given is found again anywhere: planted, used in every way, and looked for.

Looked at: the journal, every queue, table and blob (the workspace's containers too), all that callers were ever
answered, and all logs with every logger at DEBUG. Left out: the files that exist to keep keys, readable by their owner
alone (`KEEPERS`), and what the emulator keeps for itself, which stands for Microsoft's side; its log is searched.
"""

import asyncio
import json
import re
import sqlite3
from base64 import b64decode, b64encode
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from urllib.parse import quote

from azure.data.tables.aio import TableServiceClient
from azure.storage.queue.aio import QueueServiceClient

from functions_host.durable.client_binding import WEBHOOK_PATH
from tests.security.deployment import BELL, Deployment, bell, deed, flip

SIGNATURE = re.compile(r"\bsig(?:=|%3D)(?!REDACTED)[\w%+/-]{8,}", re.IGNORECASE)
OTHERS = {"host's durable API": WEBHOOK_PATH}  # no secret, but nobody is to be pointed at it
KEEPERS = ("stack.json", "keys.json")
# A vault's challenge names the sign-in, and is no token.
TOKEN = re.compile(r"\b(?:SharedKey|SharedKeyLite|Bearer|Basic) (?!authorization=)[\w.+/=:-]{8,}")


def leaks(text: str, deployment: Deployment) -> set[str]:
    """The kinds of secret that a text holds, as they are or in the encodings that they travel in."""
    leaks_found = {"SAS"} if SIGNATURE.search(text) else set()
    leaks_found |= {"credentials"} if TOKEN.search(text) else set()
    for kind, secret in deployment.secrets.items():
        encoded = b64encode(secret.encode()).decode().rstrip("=")[:-1]
        if any(form in text for form in (secret, quote(secret), quote(secret, safe=""), json.dumps(secret), encoded)):
            leaks_found.add(kind)
    return leaks_found


def test_the_search_finds(deployment: Deployment) -> None:
    """A search that finds nothing would prove nothing."""
    for kind, secret in deployment.secrets.items():
        for text in (f"x{secret}y", f"?code={quote(secret, safe='')}", b64encode(secret.encode()).decode()):
            assert leaks(text, deployment) == {kind}
    assert leaks("https://a/b?sv=1&sig=abcdefghij%3D", deployment) == {"SAS"}
    assert leaks("https://a/b?sv=1&sig=REDACTED", deployment) == set()
    for credentials in ("SharedKey devstoreaccount1:abcdefgh", "Bearer eyJhbGciOi"):
        assert leaks(f"Authorization: {credentials}", deployment) == {"credentials"}
    assert leaks('WWW-Authenticate: Bearer authorization="https://a/b"', deployment) == set()


async def test_no_secret_is_found_anywhere(deployment: Deployment) -> None:
    """After jobs through every door, to every end, and with every service failing on the way."""
    await jobs_of_all_kinds(deployment)

    leaks_found = {
        **{f"journal {table}": leaks(text, deployment) for table, text in journal(deployment.state)},
        **{path.name: leaks(path.read_text(errors="replace"), deployment) for path in logs(deployment.state)},
        **{name: leaks(text, deployment) async for name, text in stored(deployment)},
        "answers": leaks("\n".join(deployment.answered), deployment),
        "bodies and headers": leaks("\n".join(deployment.responses), deployment),
        "greeting": leaks(deployment.greeting, deployment),
    }

    assert {place: kinds for place, kinds in leaks_found.items() if kinds} == {}
    assert {"journal history", "host.log", "emulator.log", "table jobs", "queue job-orders"} <= leaks_found.keys()
    assert {"blob programs", "blob results", "blob orders"} <= {
        " ".join(place.split("/")[0].split()) for place in leaks_found
    }


async def test_nobody_is_pointed_at_the_durable_api(deployment: Deployment) -> None:
    """No answer of ours holds an address by which an orchestration can be managed."""
    await ended(deployment, flip())

    responses = "\n".join((*deployment.responses, *deployment.answered))

    assert len(deployment.responses) > 1
    assert not [what for what, text in OTHERS.items() if text in responses]


async def test_the_log_was_at_debug_and_hides_what_it_shows(deployment: Deployment) -> None:
    """The log of the SDK has its requests, with the key redacted; nobody logs the signature of an address."""
    await ended(deployment, bell())

    log = deployment.log.read_text()

    assert " DEBUG " in log
    assert re.search(r"Request URL: '\S+/jobs/\S+", log)
    assert not re.search(r"\bsig=(?!REDACTED)", log)
    assert "'x-ms-quantum-api-key': 'REDACTED'" in log


async def test_the_compiler_is_told_no_secret(deployment: Deployment) -> None:
    """A compiler's environment and command line hold none of the host's settings."""
    posted = asyncio.create_task(deployment.post(deed("loop")))
    while not deployment.compilers():  # noqa: ASYNC110
        await asyncio.sleep(0.01)  # what another process starts cannot be waited for

    seen = "".join(map(told_at_start, deployment.templates() + deployment.compilers()))

    await posted
    assert "stand_in_compiler.py" in seen
    assert leaks(seen, deployment) == set()
    assert not [name for name in ("AzureWebJobs", "AZURE_", "FUNCTIONS_KEY", "PATH=") if name in seen]


def test_the_files_that_keep_keys_are_their_owners(deployment: Deployment) -> None:
    """What is left out of the search can be read by nobody else."""
    files = [file for file in deployment.state.rglob("*.json") if file.name in KEEPERS]
    modes = {file.name: file.stat().st_mode & 0o077 for file in files}

    assert modes == dict.fromkeys(KEEPERS, 0)


def told_at_start(pid: int) -> str:
    """A process's command line and its environment."""
    try:
        command = Path(f"/proc/{pid}/cmdline").read_text()
        return command + Path(f"/proc/{pid}/environ").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return ""


async def jobs_of_all_kinds(deployment: Deployment) -> None:
    """Use every secret: all doors, all ends, and each of the services failing in its ways."""
    await deployment.post(b"rubbish")
    await deployment.api.get("/api/jobs?top=200")
    for path in ("/api/targets", "/api/health"):
        await deployment.api.get(path)
    await ended(deployment, bell())
    await use_an_own_workspace(deployment)
    sent = await deployment.orders.send_message(b64encode(json.dumps(flip()).encode()).decode())
    await deployment.blobs.get_blob_client("orders", "ionq.simulator/canary.qasm").upload_blob(
        BELL, metadata={"shots": "9"}
    )
    for fault in (
        {"operation": "create_job", "effect": "status", "status": 400, "code": "InvalidJobDefinition"},
        {"operation": "create_job", "effect": "status", "status": 429, "retryAfter": "1"},
        {"operation": "get_job", "effect": "status", "status": 500, "times": 3},
        {"operation": "get_job", "effect": "corrupt"},
        {"operation": "get_job", "effect": "dropAfter", "times": 3},
        {"operation": "sas_uri", "effect": "corrupt"},
        {"operation": "sas_uri", "effect": "truncate"},
    ):
        added = await deployment.admin.post("/admin/faults", json=fault)
        assert added.status_code == 200, added.text
        await ended(deployment, flip())
    await deployment.admin.delete("/admin/faults")
    cancelled = (await deployment.post(flip(target="ionq.qpu.aria-1"))).json()["id"]
    await deployment.api.post(f"/api/jobs/{cancelled}/cancel")
    await deployment.answer_to(id=cancelled)
    await deployment.answer_to(messageId=sent.id)


async def use_an_own_workspace(deployment: Deployment) -> None:
    """Add it rightly and wrongly, list it, run an order in it, and remove it."""
    for changes in ({}, {"clientId": "x"}, {"name": "other", "tenantId": deployment.own()["clientId"]}):
        await deployment.api.post("/api/workspaces", json=deployment.own(**changes))
    listed = (await deployment.api.get("/api/workspaces")).json()["workspaces"]
    assert [one["name"] for one in listed] == ["canary"]
    await ended(deployment, flip(workspace="canary"))
    assert (await deployment.api.delete("/api/workspaces/canary")).status_code == 204


async def ended(deployment: Deployment, order: dict[str, object]) -> None:
    """Run an order to its end, and ask for all that there is about it."""
    answer = await deployment.post(order)
    if answer.status_code == 202:
        await deployment.ended(answer.json()["id"])
        await deployment.api.get(answer.json()["links"]["result"])
        await deployment.answer_to(id=answer.json()["id"])


def journal(state: Path) -> Iterator[tuple[str, str]]:
    """Every row of every table of the host's journal."""
    with sqlite3.connect(state / "host" / "journal.sqlite") as database:
        tables = [name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        for table in tables:
            rows = database.execute(f'SELECT * FROM "{table}"').fetchall()  # noqa: S608  # a table's own name
            yield table, "\n".join(map(str, rows))
    database.close()


def logs(state: Path) -> Iterator[Path]:
    """What every process of the deployment wrote."""
    return (path for path in state.rglob("*.log") if path.is_file())


async def stored(deployment: Deployment) -> AsyncIterator[tuple[str, str]]:
    """All that is in storage: queues as they are and decoded, tables, and the app's blobs."""
    async with QueueServiceClient.from_connection_string(deployment.storage) as queues:
        async for queue in queues.list_queues():
            client = queues.get_queue_client(queue.name)
            contents = [str(message.content) for message in await client.peek_messages(32)]
            yield f"queue {queue.name}", "\n".join(contents + [plain(content) for content in contents])
    async with TableServiceClient.from_connection_string(deployment.storage) as tables:
        async for table in tables.list_tables():
            rows = [str(row) async for row in tables.get_table_client(table.name).list_entities()]
            yield f"table {table.name}", "\n".join(rows)
    async for container in deployment.blobs.list_containers(include_metadata=True):
        opened = deployment.blobs.get_container_client(container.name)
        async for blob in opened.list_blobs(include=["metadata"]):
            reachable = {".", ".."}.isdisjoint(blob.name.split("/"))
            content = await (await opened.download_blob(blob.name)).readall() if reachable else b""
            yield f"blob {container.name}/{blob.name}", f"{container} {blob} {content.decode(errors='replace')}"


def plain(content: str) -> str:
    """A message without its base64."""
    try:
        return b64decode(content).decode(errors="replace")
    except ValueError:
        return ""
