"""The blob door: a program uploaded is a job started."""

import json
from base64 import b64decode

import pytest

from quantum.contract.kinds import Limits
from quantum.contract.orders import SubmittedOrder
from quantum.doors.blob import start_from_blob
from quantum.jobs.errors import InvalidOrderError
from quantum.orders.read import MAX_ORDER_BYTES
from quantum.programs.formats import MIB
from quantum.service.blob_orders import read_order
from tests.support.builders import BELL, CIRCUIT, QIR, App, a_submitted_order, an_order_body
from tests.support.fakes.blobs import a_blob

PATH = "orders/ionq.simulator/bell.qasm"
SHOTS = {"shots": "100"}


async def upload(app: App, path: str, content: bytes, metadata: dict[str, str] | None = None) -> None:
    """Upload a blob, and let it be announced."""
    app.blobs.contents[path] = content
    app.blobs.metadata[path] = metadata or {}
    await start_from_blob(path, app.core, app.orchestrations)


async def order_of(path: str, content: bytes, metadata: dict[str, str]) -> SubmittedOrder:
    """What a blob orders."""
    return await read_order(path, a_blob(content, metadata), Limits())


async def faults_of(path: str, content: bytes, metadata: dict[str, str]) -> dict[str, str]:
    """What is wrong with a blob, by field."""
    with pytest.raises(InvalidOrderError) as refused:
        await order_of(path, content, metadata)
    return {fault.field: fault.reason for fault in refused.value.faults}


async def test_a_program_that_is_uploaded_is_a_job() -> None:
    """Announced again it is the same job; another content is another one."""
    app = App()
    await upload(app, PATH, BELL.encode(), SHOTS)
    await upload(app, PATH, BELL.encode(), SHOTS)
    await upload(app, PATH, BELL.encode() + b"\n", SHOTS)

    assert list(app.orchestrations.started.values()) == [1, 1]
    assert {entry.job.source["blob"] for entry in app.index.entries.values()} == {PATH}
    assert app.answers.sent == []


async def test_a_blob_that_is_gone_orders_nothing() -> None:
    """There is nobody to tell."""
    app = App()

    await start_from_blob(PATH, app.core, app.orchestrations)

    assert (app.index.entries, app.answers.sent) == ({}, [])


async def test_a_blob_that_cannot_be_run_is_answered() -> None:
    """With every fault, under an id of its own."""
    app = App()

    await upload(app, PATH, BELL.encode(), {"shots": "0", "deadlin": "PT2H"})

    (answer,) = app.answers.sent
    assert answer["type"] == "quantumjobs.job.rejected"
    assert (answer["data"]["name"], answer["data"]["target"]) == ("bell", "ionq.simulator")
    assert [fault["field"] for fault in answer["data"]["error"]["errors"]] == ["deadlin"]
    assert app.orchestrations.started == {}


@pytest.mark.parametrize(
    ("file", "content", "word"),
    [
        ("bell.qasm", BELL, "openqasm3"),
        ("bell.qasm", "OPENQASM 2.0;", "openqasm2"),
        ("bell.qs", "operation Main() : Unit {}", "qsharp"),
        ("bell.ll", QIR, "qir.v1"),
        ("bell.json", CIRCUIT, "ionq.circuit.v1"),
    ],
)
async def test_the_path_and_the_file_say_what_is_ordered(file: str, content: str, word: str) -> None:
    """Target, name and format need no metadata."""
    order = await order_of(f"orders/ionq.simulator/{file}", content.encode(), SHOTS)

    assert (order.order.target, order.order.name, order.order.shots) == ("ionq.simulator", "bell", 100)
    assert order.input.format == word
    assert b64decode(order.input.base64 or "") == content.encode()


async def test_metadata_says_what_a_file_cannot() -> None:
    """Texts as they are, everything else as JSON, names in any case."""
    metadata = {
        "SHOTS": "7",
        "entrypoint": "Test.Main",
        "Deadline": "PT2H",
        "arguments": "[3]",
        "tags": '{"team": "chem"}',
        "fallbackTargets": '["quantinuum.sim.h2-1e"]',
        "name": "other",
    }

    order = (await order_of(PATH, BELL.encode(), metadata)).order

    assert (order.shots, order.entry_point, order.deadline, order.arguments) == (7, "Test.Main", "PT2H", (3,))
    assert (order.tags, order.fallback_targets, order.name) == ({"team": "chem"}, ("quantinuum.sim.h2-1e",), "other")


async def test_a_whole_order_may_be_uploaded() -> None:
    """It is the same order as at any other door."""
    assert await order_of("orders/a/b.order.json", an_order_body(), {}) == a_submitted_order()


async def test_what_stands_beside_a_whole_order_is_refused() -> None:
    """Shots in the metadata would not be those that run: whoever put them there is told, field by field."""
    faults = await faults_of("orders/b.order.json", an_order_body(), {"SHOTS": "7", "colour": "red", "mtime": "1"})

    assert faults.keys() == {"shots", "colour"}
    assert faults["shots"].endswith("write it into the order, or remove it")


@pytest.mark.parametrize("name", ["hdi_isfolder", "Posix_Mode", "is_symlink", "modtime", "mtime"])
async def test_what_tools_add_by_themselves_says_nothing(name: str) -> None:
    """Neither an order nor a program is refused for what nobody wrote there."""
    assert await order_of("orders/b.order.json", an_order_body(), {name: "x"}) == a_submitted_order()
    assert (await order_of(PATH, BELL.encode(), SHOTS | {name: "x"})).order.shots == 100


async def test_a_blob_that_stands_for_a_folder_orders_nothing() -> None:
    """Tools that know folders make such blobs; no fault in one is reported."""
    app = App()

    await upload(app, "orders/ionq.simulator", b"", {"hdi_isfolder": "true"})

    assert (app.index.entries, app.answers.sent) == ({}, [])


@pytest.mark.parametrize(
    ("path", "content", "metadata", "expected"),
    [
        ("orders/bell.qasm", BELL, SHOTS, {"": "a program goes to orders/<target>/<name>, not to orders/bell.qasm"}),
        ("orders/a/b/c.qasm", BELL, SHOTS, {"": "a program goes to orders/<target>/<name>, not to orders/a/b/c.qasm"}),
        (
            "orders/a/b.exe",
            BELL,
            SHOTS,
            {
                "input.format": "the extension '.exe' is not known; known are .qasm, .qs, .ll, .bc, .quil, .json,"
                " .order.json, .batch.json; or say the format in the metadata"
            },
        ),
        (PATH, "", SHOTS, {"input": "is empty"}),
        (PATH, "x" * (4 * MIB + 1), SHOTS, {"input": "is 4,194,305 bytes; 4,194,304 are allowed"}),
        (PATH, BELL, {}, {"shots": "is missing"}),
        (
            PATH,
            BELL,
            {"shots": "many"},
            {"shots": "in the blob's metadata: not JSON: Expecting value (line 1, column 1)"},
        ),
        (PATH, BELL, SHOTS | {"shot": "1"}, {"shot": "is not a field here; did you mean 'shots'?"}),
        ("orders/../b.qasm", BELL, SHOTS, {"target": "may hold only letters, digits and . _ -"}),
        ("orders/a.order.json", "", {}, {"": "is empty; an order is a JSON object"}),
        (
            "orders/a.order.json",
            " " * (MAX_ORDER_BYTES + 1),
            {},
            {"": "is 4,194,305 bytes; 4,194,304 are allowed"},
        ),
    ],
)
async def test_a_blob_that_orders_nothing_says_why(
    path: str, content: str, metadata: dict[str, str], expected: dict[str, str]
) -> None:
    """A wrong place, name, size or field is named."""
    assert await faults_of(path, content.encode(), metadata) == expected


@pytest.mark.parametrize(
    ("file", "name"),
    [
        ("Bell's pair!.qasm", "Bell-s pair-"),
        (" my bell (1).QASM ", "my bell (1)"),
        ("bell.qasm.txt", "bell"),
        ("bell.Qasm.TXT", "bell"),
        ("a..b.qasm", "a--b"),
        ("(copy).qasm", "copy)"),
        ("\u202eé" * 400 + ".qasm", "é-" * 64),
    ],
)
async def test_an_order_that_has_no_name_is_named_after_its_file(file: str, name: str) -> None:
    """In letters that a name may have: the caller named a file, and is not told that its name is wrong."""
    order = await order_of(f"orders/ionq.simulator/{file}", BELL.encode(), SHOTS | {"format": "openqasm3"})

    assert order.order.name == name


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("orders/ionq.simulator\\bell.qasm", None),
        ("orders/ionq.simulator /bell.qasm", None),
        (
            "orders/D:\\made\\bell.qasm",
            "a program goes to orders/<target>/<name>, not to orders/D:/made/bell.qasm; leave D: and its folders out",
        ),
    ],
)
async def test_paths_of_windows_are_read_or_told(path: str, expected: str | None) -> None:
    """Backslashes stand for slashes; what a disk's path cannot say is told."""
    if expected:
        assert await faults_of(path, BELL.encode(), SHOTS) == {"": expected}
    else:
        assert (await order_of(path, BELL.encode(), SHOTS)).order.target == "ionq.simulator"


@pytest.mark.parametrize(
    ("content", "word"),
    [
        ("// converted from OPENQASM 2.0\nOPENQASM 3.0;\nqubit q;", "openqasm3"),
        ("// " + "long" * 2000 + "\nOPENQASM 2.0;\nqreg q[1];", "openqasm2"),
        ("OPENQASM  2.0;\nqreg q[1];", "openqasm2"),
        ('include "qelib1.inc";\nqreg q[1];', "openqasm2"),
        ("\ufeffOPENQASM 2.0;\r\nqreg q[1];\r\n", "openqasm2"),
    ],
)
async def test_a_file_says_which_openqasm_it_is(content: str, word: str) -> None:
    """Wherever its version stands, and however it was saved; a comment says nothing."""
    order = await order_of(PATH, content.encode(), SHOTS)

    assert order.input.format == word


async def test_a_whole_order_may_have_a_byte_order_mark_and_a_name_in_capitals() -> None:
    """As editors on Windows save it."""
    assert await order_of("orders/a/b.Order.JSON", b"\xef\xbb\xbf" + an_order_body(), {}) == a_submitted_order()


async def test_metadata_cannot_name_another_program() -> None:
    """The file is the program."""
    faults = await faults_of(PATH, BELL.encode(), {"input": json.dumps({"format": "qir.v1"}), "shots": "1"})

    assert list(faults) == ["input"]


async def test_a_program_s_metadata_say_its_format() -> None:
    """An extension tells one of our formats; a provider's own is said."""
    metadata = SHOTS | {"Format": "quantinuum.openqasm.v1", "outputFormat": "microsoft.quantum-results.v1"}

    order = await order_of("orders/quantinuum.sim.h2-1e/bell.qasm", b"OPENQASM 2.0;", metadata)

    assert (order.input.format, order.input.output_format) == (metadata["Format"], metadata["outputFormat"])


@pytest.mark.parametrize(
    ("path", "word"),
    [
        ("orders/rigetti.sim.qvm/bell.quil", "rigetti.quil.v1"),
        ("orders/microsoft.tabu.cpu/cut.json", "microsoft.qio.v2"),
    ],
)
async def test_a_provider_s_file_is_known_by_its_name(path: str, word: str) -> None:
    """`.quil` is Quil; `.json` is what its target reads."""
    order = await order_of(path, b"{}", SHOTS)

    assert order.input.format == word
