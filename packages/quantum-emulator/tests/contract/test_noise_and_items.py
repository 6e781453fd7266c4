"""The unmodified SDK asks for noise and sends items, and reads what comes back."""

from typing import Any

import pytest
from azure.quantum import Workspace
from azure.quantum.job import Job
from azure.quantum.target import IonQ, Quantinuum

from emulator_support.harness import Emulator
from emulator_support.programs import BELL, BELL_IONQ, ghz

WAIT_SECONDS = 60
ENTRY = {"entryPoint": "ENTRYPOINT__main", "arguments": []}
QIR = {"input_data_format": "qir.v1", "output_data_format": "microsoft.quantum-results.v2"}


def ended(workspace: Workspace, program: str = BELL, **params: Any) -> Job:
    """A job of QIR on the emulator of H2, at its end."""
    target = Quantinuum(workspace, "quantinuum.sim.h2-1e")
    job = target.submit(program, shots=200, content_type="qir.v1", input_params=params, **QIR)
    job.wait_until_completed(timeout_secs=WAIT_SECONDS)
    return job


def test_ionq_s_noise_model_samples_1000_shots_by_itself(workspace: Workspace) -> None:
    """As Azure documents it: a seed repeats them."""
    target = IonQ(workspace=workspace, name="ionq.simulator")
    results = [
        target.submit(BELL_IONQ, input_params={"noise": {"model": "aria-1", "seed": 5}}).get_results(WAIT_SECONDS)
        for _ in range(2)
    ]

    assert results[0] == results[1]
    shots = [share * 1000 for share in results[0]["histogram"].values()]
    assert shots == pytest.approx([round(count) for count in shots])
    assert sum(shots) == pytest.approx(1000)


def test_quantinuum_s_error_parameters_are_simulated(workspace: Workspace) -> None:
    """And none are, where the order asks for none: the default of this emulator."""
    noisy = ended(workspace, ghz(3), **{"error-params": {"p2": 0.5}}).get_results_histogram()
    plain = ended(workspace, ghz(3)).get_results_histogram()

    assert len(noisy) > 2
    assert set(plain) <= {"[0, 0, 0]", "[1, 1, 1]"}


def test_a_target_can_be_as_noisy_as_its_machine(workspace: Workspace, emulator: Emulator) -> None:
    """Without any parameter; `error-model` then switches its errors off."""
    emulator.behave("quantinuum.sim.h2-1e", noise="published")

    noisy = ended(workspace, ghz(12)).get_results_histogram()
    plain = ended(workspace, ghz(12), **{"error-model": False}).get_results_histogram()
    assert len(noisy) > 2 >= len(plain)


def test_a_parameter_that_is_not_simulated_fails_the_job(workspace: Workspace) -> None:
    """Azure's own example has crosstalk, which this emulator does not simulate."""
    job = ended(workspace, **{"error-params": {"p_crosstalk_meas": 1e-5}})

    assert job.details.error_data.code == "NotSupportedByEmulator"
    assert "p_crosstalk_meas" in job.details.error_data.message


def test_a_target_can_refuse_items(workspace: Workspace, emulator: Emulator) -> None:
    """They are not documented for every target."""
    emulator.behave("quantinuum.sim.h2-1e", items={"accepted": False})

    job = ended(workspace, items=[ENTRY, ENTRY])
    assert "takes no 'items': send each as a job of its own" in job.details.error_data.message
    assert ended(workspace).details.status == "Succeeded"


def test_one_item_can_fail_alone(workspace: Workspace, emulator: Emulator) -> None:
    """The SDK reads on: the failed item has no shots. Without `resumeAfterFailedItem` it fails the job."""
    emulator.behave("quantinuum.sim.h2-1e", items={"failing": 1})

    items = [ENTRY, ENTRY, ENTRY]
    resumed = ended(workspace, items=items, resumeAfterFailedItem=True)
    assert [len(shots) for shots in resumed.get_results_shots()] == [200, 0, 200]
    assert ended(workspace, items=items).details.status == "Failed"
