"""Rubbish in the queue or the container of orders is answered once, and those beside it are served as ever."""

import json
import re
from base64 import b64encode
from collections.abc import Mapping
from io import BytesIO

import pytest

from tests.security.deployment import BELL, FLIP, Deployment, bell, deed, flip

DEEP = b"[" * 30_000
BAD_REFERENCE = bell(input={"format": "openqasm3", "blob": "inputs/../results/x"})

MESSAGES: dict[str, bytes] = {
    "nothing": b"",
    "zeros": bytes(100),
    "not UTF-8": b"\xff\xfe\x00",
    "no JSON": b"<order/>",
    "deep": DEEP,
    "NaN": b'{"shots": NaN}',
    "a name twice": b'{"shots": 1, "shots": 1}',
    "half a pair": b'{"name": "\\ud800"}',
    "line breaks": json.dumps(bell(name="a\r\nb")).encode(),
    "many fields": json.dumps({f"field{number}": 0 for number in range(3000)}).encode(),
    "elsewhere": json.dumps(BAD_REFERENCE).encode(),
    "a program without end": json.dumps(deed("loop")).encode(),
}
FILES: dict[str, tuple[bytes, Mapping[str, str]]] = {
    "nowhere.qasm": (BELL.encode(), {}),
    "ionq.simulator/a/b.qasm": (BELL.encode(), {"shots": "1"}),
    "ionq.simulator/x.exe": (b"MZ", {"shots": "1"}),
    "ionq.simulator/empty.qasm": (b"", {"shots": "1"}),
    "ionq.simulator/binary.qasm": (bytes(range(256)), {"shots": "1"}),
    "ionq.simulator/deep.json": (DEEP, {"shots": "1"}),
    "ionq.simulator/large.qasm": (bytes(5 * 1024 * 1024), {"shots": "1"}),
    "ionq.simulator/nan.qasm": (BELL.encode(), {"shots": "NaN"}),
    "ionq.simulator/huge.qasm": (BELL.encode(), {"shots": "9" * 5000}),
    "ionq.simulator/nested.qasm": (BELL.encode(), {"shots": "1", "params": "[" * 4000}),
    "ionq.simulator/unknown.qasm": (BELL.encode(), {"shots": "1", "x" * 200: "y"}),
    "ionq.simulator/twice.qasm": (BELL.encode(), {"shots": "1", "target": "http://127.0.0.1/"}),
    "deep.order.json": (DEEP, {}),
    "elsewhere.order.json": (json.dumps(BAD_REFERENCE).encode(), {}),
}


NAMES = {  # of good programs, and what their jobs are called
    "ionq.simulator/\u2603.json": "ionq.simulator",
    "ionq.simulator/line\nbreak.json": "line-break",
    "ionq.simulator/%2e%2e%2f.json": "2e-2e-2f",
    "ionq.simulator/q?sv=1#x.json": "q-sv=1#x",
    f"ionq.simulator/{'n' * 900}.json": "n" * 128,
}


async def send(deployment: Deployment, body: bytes) -> str:
    """Put a message on the queue of orders, as Functions' bindings write it."""
    return str((await deployment.orders.send_message(b64encode(body).decode())).id)


async def test_every_bad_message_has_one_answer_and_its_neighbours_are_served(deployment: Deployment) -> None:
    """Twelve kinds of rubbish are rejected with a reason; the orders between them succeed."""
    sent = {kind: await send(deployment, body) for kind, body in MESSAGES.items()}
    good = [await send(deployment, json.dumps(flip()).encode()) for _ in range(2)]

    rejected = {kind: await deployment.answer_to(messageId=message) for kind, message in sent.items()}
    served = [await deployment.answer_to(messageId=message) for message in good]

    assert {(answer["phase"], answer["error"]["code"]) for answer in rejected.values()} == {
        ("rejected", "InvalidOrder")
    }
    assert [answer["phase"] for answer in served] == ["succeeded"] * 2
    assert {kind: await deployment.answers_about(answer["id"]) for kind, answer in rejected.items()} == dict.fromkeys(
        MESSAGES, 1
    )


async def test_every_bad_file_has_one_answer_and_its_neighbours_are_served(deployment: Deployment) -> None:
    """Whatever a blob is named, holds or says in its metadata, its uploader hears about it."""
    for name, (content, metadata) in FILES.items():
        await deployment.blobs.get_blob_client("orders", name).upload_blob(BytesIO(content), metadata=dict(metadata))
    good = deployment.blobs.get_blob_client("orders", "ionq.simulator/good.json")
    await good.upload_blob(FLIP, metadata={"SHOTS": "10"})

    rejected = {name: await deployment.answer_to(blob=f"orders/{name}") for name in FILES}
    served = await deployment.answer_to(blob="orders/ionq.simulator/good.json")

    assert {(answer["phase"], answer["error"]["code"]) for answer in rejected.values()} == {
        ("rejected", "InvalidOrder")
    }
    assert served["phase"] == "succeeded"
    assert {name: await deployment.answers_about(answer["id"]) for name, answer in rejected.items()} == dict.fromkeys(
        FILES, 1
    )


async def test_a_strange_name_is_made_a_name_that_can_be_shown(deployment: Deployment) -> None:
    """A file may be called anything; its job's name has only letters that a name may have."""
    for name in NAMES:
        await deployment.blobs.get_blob_client("orders", name).upload_blob(FLIP, metadata={"shots": "1"})

    answers = {name: await deployment.answer_to(blob=f"orders/{name}") for name in NAMES}

    assert {name: (answer["phase"], answer["name"]) for name, answer in answers.items()} == {
        name: ("succeeded", shown) for name, shown in NAMES.items()
    }


@pytest.mark.parametrize("name", ["\\..\\..\\results\\x.qasm", "a\\.\\x.order.json"])
async def test_a_blob_whose_name_leads_elsewhere_is_set_aside(deployment: Deployment, name: str) -> None:
    """Storage reads `\\` as `/`, and clients take `..` out of an address: such a blob is answered, never opened."""
    await deployment.blobs.get_blob_client("orders", f"ionq.simulator{name}").upload_blob(BELL, overwrite=True)
    read_as = f"ionq.simulator{name}".replace("\\", "/")

    poisoned = await deployment.answer_to(blob=f"orders/{read_as}")

    assert (poisoned["phase"], poisoned["error"]["code"]) == ("rejected", "Poisoned")
    assert (await deployment.api.post(f"/api/poison/{poisoned['id']}/replay")).status_code == 404
    assert read_as not in re.findall(r"cannot read the blob '(.*)' in", deployment.log.read_text())
