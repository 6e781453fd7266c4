"""The SDK's own classes for providers send their formats to the emulator and read what comes back."""

import math

import pytest
from azure.quantum import Workspace
from azure.quantum.target import Quantinuum
from azure.quantum.target.pasqal import Pasqal
from azure.quantum.target.rigetti import Result, Rigetti

from emulator_support.programs import BELL

QUIL = "DECLARE ro BIT[2]\nDECLARE theta REAL[1]\nRX(theta) 0\nCNOT 0 1\nMEASURE 0 ro[0]\nMEASURE 1 ro[1]\n"
QASM = 'OPENQASM 2.0;\ninclude "qelib1.inc";\nqreg q[3];\ncreg c[3];\nx q[0];\nmeasure q -> c;\n'
WAIT_SECONDS = 60


def test_the_sdk_s_rigetti_target_runs_quil(workspace: Workspace) -> None:
    """With substitutions, as the SDK's documentation shows them, and read by its own `Result`."""
    params = {"substitutions": {"theta": [[0.0], [math.pi]]}}

    job = Rigetti(workspace=workspace, name="rigetti.sim.qvm").submit(QUIL, shots=2, input_params=params)
    job.wait_until_completed(timeout_secs=WAIT_SECONDS)

    assert Result(job)["ro"] == [[0, 0], [0, 0], [1, 1], [1, 1]]


def test_the_sdk_s_quantinuum_target_runs_openqasm(workspace: Workspace) -> None:
    """The register's last bit stands first, as on Quantinuum's machines."""
    job = Quantinuum(workspace=workspace, name="quantinuum.sim.h2-1e").submit(QASM, shots=3)

    assert job.get_results(timeout_secs=WAIT_SECONDS) == {"c": ["001"] * 3}


def test_the_sdk_s_pasqal_target_is_told_that_nothing_was_simulated(workspace: Workspace) -> None:
    """A failure with a reason, not a result that was made up."""
    job = Pasqal(workspace=workspace, name="pasqal.sim.emu-tn").submit('{"sequence_builder": {}}', shots=3)

    with pytest.raises(RuntimeError, match="NotSupportedByEmulator"):
        job.get_results(timeout_secs=WAIT_SECONDS)


def test_items_give_results_one_by_one(workspace: Workspace) -> None:
    """As Microsoft's Qiskit provider sends them, read by the SDK's own job."""
    entry = {"entryPoint": "ENTRYPOINT__main", "arguments": []}
    params = {"items": [entry, entry]}
    job = Quantinuum(workspace, "quantinuum.sim.h2-1e").submit(
        BELL,
        shots=20,
        input_data_format="qir.v1",
        output_data_format="microsoft.quantum-results.v2",
        content_type="qir.v1",
        input_params=params,
    )
    job.wait_until_completed(timeout_secs=WAIT_SECONDS)

    first, second = job.get_results_histogram()
    assert set(first) | set(second) <= {"[0, 0]", "[1, 1]"}
    assert [len(shots) for shots in job.get_results_shots()] == [20, 20]
