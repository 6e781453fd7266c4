"""Whatever is posted, the caller hears what is wrong with it within a second's work, and the host stays as it was."""

import asyncio
import gzip
import json
from collections.abc import Callable
from contextlib import suppress
from typing import Any
from urllib.parse import quote

import httpx
import pytest

from tests.security.deployment import FUNCTION_KEY, SYSTEM_KEY, Deployment, bell

MIB = 1024 * 1024
LARGEST_ORDER = 4 * MIB
BOMB = gzip.compress(bytes(16 * MIB)) * 128  # 2 GiB in 2 MiB


def filled(head: bytes, item: bytes, tail: bytes) -> bytes:
    """A body of the largest size that is looked at, filled with one item again and again."""
    return head + item * ((LARGEST_ORDER - len(head) - len(tail)) // len(item)) + tail


def order(**changes: Any) -> bytes:
    """An order with something wrong in it, as a body."""
    return json.dumps(bell(**changes)).encode()


BODIES: dict[str, Callable[[], bytes]] = {
    "nothing": lambda: b"",
    "null": lambda: b"null",
    "a list": lambda: b"[[]]",
    "zeros": lambda: bytes(1000),
    "not UTF-8": lambda: b'{"name": "\xff\xfe"}',
    "UTF-16": lambda: json.dumps(bell()).encode("utf-16"),
    "half a surrogate pair": lambda: order(name="\ud800"),
    "half a pair as a name": lambda: b'{"\\udfff": 1}',
    "NaN": lambda: b'{"shots": NaN}',
    "Infinity": lambda: b'{"params": {"x": -Infinity}}',
    "1e999": lambda: b'{"shots": 1e999}',
    "a name twice": lambda: b'{"shots": 1, "shots": 2}',
    "a huge integer": lambda: filled(b'{"shots":', b"9", b"}"),
    "a huge fraction": lambda: filled(b'{"shots":0.', b"9", b"}"),
    "a huge exponent": lambda: filled(b'{"shots":1e-', b"9", b"}"),
    "an integer of 64 bits": lambda: order(shots=2**64),
    "deep lists": lambda: filled(b"", b"[", b""),
    "deep objects": lambda: filled(b"", b'{"a":', b""),
    "many numbers": lambda: filled(b'{"params":[', b"0,", b"0]}"),
    "many objects": lambda: filled(b'{"params":[', b"{},", b"0]}"),
    "many texts": lambda: filled(b'{"arguments":[', b'"",', b"0]}"),
    "many fields": lambda: json.dumps({f"field{number}": 0 for number in range(100_000)}).encode(),
    "many tags": lambda: order(tags={str(number): "x" for number in range(100_000)}),
    "many fallbacks": lambda: order(fallbackTargets=["ionq.simulator"] * 100_000),
    "a long name": lambda: order(name="x" * 4_000_000),
    "a long deadline": lambda: order(deadline="P" + "1" * 4_000_000 + "D"),
    "a long entry point": lambda: order(entryPoint="a." * 2_000_000),
    "a long format": lambda: order(input={"format": "q" * 4_000_000, "text": "x"}),
    "a long reference": lambda: order(input={"format": "qir.v1", "blob": "inputs/" + "a " * 2_000_000}),
    "a long program": lambda: order(input={"format": "openqasm3", "text": "h" * 4_000_000}),
    "base64 that is none": lambda: order(input={"format": "qir.v1", "base64": "é" * 1_000_000}),
    "a circuit of nothing": lambda: order(input={"format": "ionq.circuit.v1", "text": "[" + "[]," * 1_000_000}),
    "line breaks in a name": lambda: order(name="a\r\nSet-Cookie: x=1"),
    "line breaks in a tag": lambda: order(tags={"a": "b\r\nX-Injected: 1"}),
    "line breaks in a target": lambda: order(target="ionq.simulator\r\nX-Injected: 1"),
    "a gzipped order": lambda: gzip.compress(json.dumps(bell()).encode()),
    "a gzip bomb": lambda: BOMB,
    "a form": lambda: b"name=bell&shots=1",
    "a page": lambda: b"<?xml version='1.0'?><!DOCTYPE a [<!ENTITY b SYSTEM 'file:///elsewhere/x'>]><a>&b;</a>",
}
QUERIES = [
    *("top=0", "top=-1", "top=1e9", "top=%D9%A1", "top=" + "9" * 5000, "top=1&top=2", "phase=%00", "phase=nowhere"),
    *("name=%00", "name=a%0d%0ab", "name=" + "x" * 30_000, "target=" + "y" * 30_000, "name=%F4%8F%BF%BF"),
    *("name=%ED%9F%BF", "name=%ED%A0%80%00", "continuation=x", "continuation=" + "0" * 8 + "." + "0" * 60),
    *("nothing=1", "%00=1", "%0d%0aX-Injected:%201=1", "&".join(f"a{number}=1" for number in range(7000))),
]
KEYS = ["", "\xe9", "a b", "a\tb", "k" * 256, "k" * 50_000]
RAW = [
    b"GET / HTTP/1.1\r\nHost: x\r\nX-A: a\x00b\r\n\r\n",
    b"GET /api/jobs HTTP/1.1\r\nHost: x\r\nX-A: a\nX-B: b\r\n: no name\r\n\r\n",
    b"GET /api/jobs\r\nX: HTTP/1.1\r\n\r\n",
    b"POST /api/jobs HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
    b"POST /api/jobs HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello",
    b"POST /api/jobs HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
    b"POST /api/jobs HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    b"GET /" + b"x" * 100_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
    b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    bytes(range(256)) * 300,
]


def assert_refused(answer: httpx.Response) -> None:
    """A 4xx that says why, in clean headers, and nothing of our insides."""
    assert 400 <= answer.status_code < 500, answer.text[:500]
    assert answer.headers["content-type"].startswith("application/problem+json")
    assert answer.json()["status"] == answer.status_code
    assert all(text.isprintable() for text in (*answer.headers, *answer.headers.values()))
    assert "x-injected" not in answer.headers
    assert not [word for word in ("Traceback", ".py", "site-packages", "Error(") if word in answer.text]
    assert len(answer.content) < 64 * 1024


@pytest.mark.parametrize("kind", BODIES)
async def test_a_body_that_is_no_order_is_refused(deployment: Deployment, kind: str) -> None:
    """A problem with a reason, after less than a second's work and without inflating anything."""
    body, before, worked = BODIES[kind](), deployment.memory(), deployment.processor_seconds()

    answer = await deployment.post(body)

    assert_refused(answer)
    assert deployment.processor_seconds() - worked < 1
    assert deployment.memory() - before < 100


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "br", "zstd", "gzip, gzip", "x" * 1000])
async def test_a_compressed_body_is_not_inflated(deployment: Deployment, encoding: str) -> None:
    """Whatever the header says, a body is read as it came."""
    deployment.forget_peak()
    before = deployment.memory()

    answer = await deployment.post(BOMB, **{"Content-Encoding": encoding})

    assert_refused(answer)
    assert deployment.memory("VmHWM") - before < 64


@pytest.mark.parametrize(
    "media_type",
    ["", "text/html", "application/xml", "multipart/form-data; boundary=x", "application/json; charset=utf-7"],
)
async def test_a_media_type_changes_nothing(deployment: Deployment, media_type: str) -> None:
    """A body is an order or it is none, whatever it is called."""
    answer = await deployment.post(b'{"shots": 0}', **{"Content-Type": media_type})

    assert_refused(answer)
    assert [fault["field"] for fault in answer.json()["errors"]] == ["target", "input", "shots"]


@pytest.mark.parametrize("key", KEYS, ids=range(len(KEYS)))
async def test_an_absurd_key_is_refused(deployment: Deployment, key: str) -> None:
    """An Idempotency-Key is short and visible."""
    answer = await deployment.api.post("/api/jobs", json=bell(), headers={b"Idempotency-Key": key.encode("latin-1")})

    assert_refused(answer)
    assert answer.json()["title"] == "The key cannot be used"


@pytest.mark.parametrize("query", QUERIES, ids=range(len(QUERIES)))
async def test_absurd_parameters_are_refused(deployment: Deployment, query: str) -> None:
    """No filter reaches a service that could choke on it, and no parameter is passed over in silence."""
    assert_refused(await deployment.api.get(f"/api/jobs?{query}"))


@pytest.mark.parametrize("id_", ["..", "%2e%2e%2fx", "x" * 30_000, "%00", "%ff", "'or'1'eq'1", "*", "{id}", "a;b"])
async def test_what_is_no_id_is_not_found(deployment: Deployment, id_: str) -> None:
    """An id is looked at before it is looked up."""
    paths = [("GET", f"/api/jobs/{id_}"), ("GET", f"/api/jobs/{id_}/result"), ("POST", f"/api/jobs/{id_}/cancel")]
    paths.append(("POST", f"/api/poison/{quote(id_, safe='%')}/replay"))

    answers = [await deployment.api.request(method, path) for method, path in paths]

    assert {answer.status_code for answer in answers} == {404}


@pytest.mark.parametrize("raw", RAW, ids=range(len(RAW)))
async def test_what_is_no_http_is_refused(deployment: Deployment, raw: bytes) -> None:
    """A request that is not well-formed is answered with 4xx, or cut off."""
    host, port = deployment.url.removeprefix("http://").split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    writer.write(raw)
    writer.write_eof()

    answer = b""
    async with asyncio.timeout(10):
        with suppress(ConnectionResetError):  # cut off in the middle of what it sent
            answer = await reader.read()

    writer.close()
    assert answer == b"" or answer.startswith(b"HTTP/1.1 4")
    assert b"Traceback" not in answer
    assert (await deployment.api.get("/api/jobs?top=1")).status_code == 200


@pytest.mark.parametrize(("size", "status"), [(LARGEST_ORDER + 1, 413), (100 * MIB, 413), (100 * MIB + 1, 413)])
async def test_a_body_that_is_too_large_is_refused(deployment: Deployment, size: int, status: int) -> None:
    """Past the largest order it is 413, whether a header admits the size or not."""

    async def in_pieces() -> Any:
        for start in range(0, size, MIB):
            yield b" " * min(MIB, size - start)

    declared = await deployment.post(b" " * size)
    counted = await deployment.api.post("/api/jobs", content=in_pieces())

    assert [declared.status_code, counted.status_code] == [status, status]


async def test_large_bodies_together_do_not_fill_the_memory(deployment: Deployment) -> None:
    """Six bodies of 50 MiB are held two at a time; small requests pass them meanwhile."""
    deployment.forget_peak()
    before, body = deployment.memory(), b" " * (50 * MIB)

    async with asyncio.TaskGroup() as group:
        large = [group.create_task(deployment.post(body)) for _ in range(6)]
        small = [group.create_task(deployment.api.get("/api/jobs?top=1")) for _ in range(8)]

    assert {task.result().status_code for task in large} == {413}
    assert {task.result().status_code for task in small} == {200}
    assert deployment.memory("VmHWM") - before < 270  # measured: 185, and 350 where all are held at once
    assert deployment.memory() - before < 60


@pytest.mark.parametrize("body", [b"[" * 100_000, b"\xff", b"[1]", b'[{"data": "["}]', b"null"])
@pytest.mark.parametrize("path", ["EventGrid?functionName=wake_from_event", "blobs?functionName=start_from_blob"])
async def test_what_is_no_event_is_refused(deployment: Deployment, path: str, body: bytes) -> None:
    """Whoever has Event Grid's key can still not bring a webhook down."""
    headers = {"x-functions-key": SYSTEM_KEY, "aeg-event-type": "SubscriptionValidation"}

    answer = await deployment.api.post(f"/runtime/webhooks/{path}", content=body, headers=headers)

    assert answer.status_code == 400, answer.text


async def test_a_stranger_cannot_make_us_read_a_body(deployment: Deployment) -> None:
    """Without a key a request is refused before any of its body is read."""
    host, port = deployment.url.removeprefix("http://").split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    writer.write(b"POST /api/jobs HTTP/1.1\r\nHost: x\r\nContent-Length: 104857600\r\n\r\n")

    async with asyncio.timeout(10):
        answer = await reader.readline()

    writer.close()
    assert answer.startswith(b"HTTP/1.1 401")


async def test_the_host_still_does_its_work(deployment: Deployment) -> None:
    """At whatever point of the attacks, an order that is right is run."""
    answer = await deployment.post(bell(), **{"x-functions-key": FUNCTION_KEY})

    assert (await deployment.ended(answer.json()["id"]))["phase"] == "succeeded"
