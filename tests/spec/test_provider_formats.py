"""Programs in a provider's own format go through the doors to one kind of result."""

import gzip
import json
from base64 import b64encode

from tests.support.product import QPU, Product, bell

QVM, H2, SOLVER = "rigetti.sim.qvm", "quantinuum.sim.h2-1e", "microsoft.paralleltempering-parameterfree.cpu"
QUIL = "DECLARE ro BIT[3]\nX 0\nCNOT 0 2\nMEASURE 0 ro[0]\nMEASURE 2 ro[2]\n"
QASM = (
    'OPENQASM 2.0;\ninclude "hqslib1.inc";\nqreg q[3];\ncreg c[2];\ncreg d[1];\n'
    "U1q(pi, 0) q[0];\nmeasure q[0] -> c[0];\nif (c == 1) x q[2];\nmeasure q[2] -> d[0];\n"
)
# The example of Microsoft's documents: the lowest cost that there is, -32, belongs to one configuration alone.
COEFFICIENTS = {(0,): -9, (1, 0): -3, (2, 0): 5, (2, 1): 9, (3, 0): 2, (3, 1): -4, (3, 2): 4}
PROBLEM = {
    "cost_function": {
        "version": "1.0",
        "type": "ising",
        "terms": [{"c": coefficient, "ids": list(ids)} for ids, coefficient in COEFFICIENTS.items()],
    }
}
BEST = {"configuration": {"0": 1, "1": 1, "2": -1, "3": 1}, "cost": -32.0}


async def test_a_quil_file_that_is_uploaded_is_run(product: Product) -> None:
    """The blob door knows it by its extension; every bit of memory has its place in the counts."""
    await product.upload(f"{QVM}/flip.quil", QUIL, shots="20")

    data = (await product.answer_to(blob=f"orders/{QVM}/flip.quil"))["data"]

    assert (data["phase"], data["inputFormat"]) == ("succeeded", "rigetti.quil.v1")
    assert data["result"]["counts"] == {"101": 20}
    assert data["result"]["registers"] == [{"bits": 3, "name": "ro"}]


async def test_quantinuum_s_own_qasm_gives_named_registers(product: Product) -> None:
    """The bits stand in our order though the provider writes them in the other, and the raw output is at hand."""
    order = bell(target=H2, shots=5, input={"format": "quantinuum.openqasm.v1", "text": QASM})

    data = await product.ended(order)
    raw = await product.api.get(f"/jobs/{data['id']}/result/raw")
    part = await product.api.get(f"/jobs/{data['id']}/result/raw", headers={"Range": "bytes=0-4"})

    assert data["result"]["counts"] == {"10 1": 5}
    assert data["result"]["registers"] == [{"bits": 2, "name": "c"}, {"bits": 1, "name": "d"}]
    assert raw.json() == {"c": ["01"] * 5, "d": ["1"] * 5}
    assert (part.status_code, part.content) == (206, raw.content[:5])


async def test_an_optimisation_problem_on_the_queue_is_solved(product: Product) -> None:
    """Sent as gzip and without shots; the answer has the best solution and what it costs."""
    program = b64encode(gzip.compress(json.dumps(PROBLEM).encode())).decode()
    order = {
        "target": SOLVER,
        "params": {"number_of_solutions": 2, "seed": 7},
        "input": {"format": "microsoft.qio.v2", "base64": program},
    }

    message = await product.send(json.dumps(order))
    data = (await product.answer_to(messageId=message))["data"]

    assert data["phase"] == "succeeded", data
    assert data["result"]["solutions"][0] == BEST
    assert data["result"]["counts"] is None


async def test_values_are_substituted_for_a_program_s_parameters(product: Product) -> None:
    """Rigetti's `substitutions`: one run for each set of values, all in one result."""
    quil = "DECLARE ro BIT[1]\nDECLARE theta REAL[1]\nRX(theta) 0\nMEASURE 0 ro[0]\n"
    params = {"substitutions": {"theta": [[0.0], [3.141592653589793]]}}

    data = await product.ended(
        bell(target=QVM, shots=4, params=params, input={"format": "rigetti.quil.v1", "text": quil})
    )

    assert data["result"]["counts"] == {"0": 4, "1": 4}


async def test_a_format_that_the_target_cannot_take_is_refused_with_those_that_it_can(product: Product) -> None:
    """At the door, before anything is sent; and what each target takes can be asked for."""
    refused = await product.post(bell(target=QVM, input={"format": "ionq.circuit.v1", "text": "{}"}))
    catalogue = (await product.api.get("/formats")).json()

    reasons = [fault["reason"] for fault in refused.json()["errors"] if fault["field"] == "input.format"]
    taken = next(target["formats"] for target in catalogue["targets"] if target["id"] == QVM)
    assert refused.status_code == 400
    assert reasons == [f"{QVM} does not take ionq.circuit.v1; it takes {', '.join(taken)}"]
    assert "rigetti.quil.v1" in taken


async def test_what_cannot_be_simulated_here_fails_with_a_reason(product: Product) -> None:
    """Pulses of neutral atoms are refused by the emulator, not made up."""
    pulses = {"format": "pasqal.pulser.v1", "text": '{"sequence_builder": "{}"}'}

    data = await product.ended(bell(target="pasqal.sim.emu-tn", input=pulses))

    assert (data["phase"], data["error"]["code"]) == ("failed", "NotSupportedByEmulator")


async def test_a_result_is_asked_for_in_another_form(product: Product) -> None:
    """`outputFormat` goes to the workspace, and the result is still read."""
    program = bell(target=QPU)["input"] | {"outputFormat": "microsoft.quantum-results.v1"}

    data = await product.ended(bell(target=QPU, input=program))

    assert data["result"]["outputFormat"] == "microsoft.quantum-results.v1"
    assert {*data["result"]["counts"]} <= {"00", "11"}
