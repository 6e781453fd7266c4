"""By blob: a program uploaded is a job started."""

import json

from tests.support.product import BELL, ONE_OF_THREE, Product, bell

GHZ = """OPENQASM 2.0;
include "qelib1.inc";
qreg q[3];
creg c[3];
h q[0];
cx q[0],q[1];
cx q[1],q[2];
measure q -> c;
"""


async def test_a_program_file_becomes_a_job_on_the_target_of_its_folder(product: Product) -> None:
    """The path names the target, the extension the format, and metadata the rest."""
    await product.upload("rigetti.sim.qvm/ghz.qasm", GHZ, shots="50", tags='{"team": "chem"}')

    data = (await product.answer_to(blob="orders/rigetti.sim.qvm/ghz.qasm"))["data"]

    assert (data["phase"], data["name"], data["target"]) == ("succeeded", "ghz", "rigetti.sim.qvm")
    assert (data["shots"], data["tags"]) == (50, {"team": "chem"})
    assert data["result"]["counts"].keys() <= {"000", "111"}


async def test_a_whole_order_can_be_uploaded(product: Product) -> None:
    """A file that ends in .order.json is the order itself."""
    await product.upload("mine.order.json", json.dumps(bell(name="whole")))

    data = (await product.answer_to(blob="orders/mine.order.json"))["data"]

    assert (data["phase"], data["name"]) == ("succeeded", "whole")


async def test_a_provider_s_own_format_is_passed_through(product: Product) -> None:
    """An IonQ circuit runs as it is; its outcomes read from qubit 0 on the left, like everybody's."""
    await product.upload("ionq.simulator/one.json", ONE_OF_THREE, shots="10")

    data = (await product.answer_to(blob="orders/ionq.simulator/one.json"))["data"]

    assert data["result"]["counts"] == {"100": 10}
    assert data["result"]["outputFormat"] == "ionq.quantum-results.v1"


async def test_a_file_that_is_uploaded_again_with_other_content_is_another_order(product: Product) -> None:
    """Each content of a blob is run once."""
    await product.upload("ionq.simulator/again.qasm", BELL, shots="10")
    first = await product.answer_to(blob="orders/ionq.simulator/again.qasm")
    product.answers.clear()

    await product.upload("ionq.simulator/again.qasm", BELL + "// changed\n", shots="10")
    second = await product.answer_to(blob="orders/ionq.simulator/again.qasm")

    assert first["subject"] != second["subject"]
    assert len((await product.ledger())["executions"]) == 2


async def test_a_file_that_cannot_be_run_is_answered_too(product: Product) -> None:
    """Wrong places, extensions, metadata and contents each bring one answer that names what is wrong."""
    uploads = {
        "bell.qasm": (b"OPENQASM 3.0;", {"shots": "10"}),
        "ionq.simulator/bell.exe": (b"MZ", {"shots": "10"}),
        "ionq.simulator/empty.qasm": (b"", {"shots": "10"}),
        "ionq.simulator/binary.qasm": (bytes(range(256)), {"shots": "10"}),
        "ionq.simulator/noshots.qasm": (BELL.encode(), {}),
        "ionq.simulator/words.qasm": (BELL.encode(), {"shots": "ten", "shotz": "10"}),
        "nowhere.qpu/bell.qasm": (BELL.encode(), {"shots": "10"}),
    }
    for name, (content, metadata) in uploads.items():
        await product.upload(name, content, **metadata)

    answers = {name: (await product.answer_to(blob=f"orders/{name}"))["data"] for name in uploads}

    assert {data["phase"] for data in answers.values()} == {"rejected"}
    faults = {name: {fault["field"] for fault in data["error"]["errors"]} for name, data in answers.items()}
    assert faults["ionq.simulator/bell.exe"] == {"input.format"}
    assert faults["ionq.simulator/empty.qasm"] == {"input"}
    assert faults["ionq.simulator/noshots.qasm"] == {"shots"}
    assert faults["ionq.simulator/words.qasm"] == {"shots", "shotz"}
    assert faults["nowhere.qpu/bell.qasm"] == {"target"}
    assert (await product.ledger(*(data["id"] for data in answers.values())))["jobs"] == []
