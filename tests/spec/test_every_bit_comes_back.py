"""Every classical bit of a program is in its result, measured or not, on every provider that runs QIR."""

import pytest

from tests.support.product import Product, bell

SPARE = (
    'OPENQASM 2.0;\ninclude "qelib1.inc";\nqreg q[2];\ncreg a[2];\ncreg b[1];\ncreg c[2];\n'
    "x q[0];\nmeasure q[0] -> c[1];\nmeasure q[1] -> a[0];\n"
)
CONDITIONAL = SPARE + "if (c == 2) measure q[0] -> b[0];\n"
NOTED = 'OPENQASM 3.0;\ninclude "stdgates.inc";\nqubit q;\nbit[2] c;\nx q;\ndelay[100ns] q;\nc[1] = measure q;\n'


@pytest.mark.parametrize("target", ["ionq.simulator", "quantinuum.sim.h2-1e", "rigetti.sim.qvm"])
async def test_bits_that_nothing_measures_are_zeros_in_their_places(product: Product, target: str) -> None:
    """Registers keep their order and their widths, one without a measurement too."""
    data = await product.ended(bell(target=target, shots=10, input={"format": "openqasm2", "text": SPARE}))

    assert data["result"]["counts"] == {"00 0 01": 10}
    assert data["result"]["registers"] == [{"bits": 2}, {"bits": 1}, {"bits": 2}]


async def test_a_bit_that_is_measured_under_a_condition_is_in_its_place(product: Product) -> None:
    """On a target that branches; on one that does not, the order is refused at its line."""
    text = {"format": "openqasm2", "text": CONDITIONAL}

    data = await product.ended(bell(target="quantinuum.sim.h2-1e", shots=10, input=text))
    refused = await product.post(bell(target="ionq.simulator", input=text))

    assert data["result"]["counts"] == {"00 1 01": 10}
    (fault,) = refused.json()["errors"]
    assert (refused.status_code, fault["line"], fault["column"]) == (400, 10, 1)


async def test_what_was_left_out_of_a_program_is_a_warning(product: Product) -> None:
    """In the job, from its acceptance on, and in its answer."""
    accepted = await product.submit(bell(input={"format": "openqasm3", "text": NOTED}))
    await product.come_to_rest()

    (warning,) = (await product.job(accepted["id"]))["warnings"]
    assert warning.startswith("line 6: ")
    assert "delay" in warning
