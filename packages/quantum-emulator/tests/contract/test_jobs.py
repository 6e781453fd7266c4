"""The unmodified SDK submits, waits, reads results, lists, cancels, changes and deletes."""

import time
from typing import Any

import pytest
from azure.core.exceptions import ClientAuthenticationError, HttpResponseError, ResourceNotFoundError
from azure.quantum import Workspace
from azure.quantum.job import Job
from azure.quantum.target import IonQ

from emulator_support.harness import Emulator
from emulator_support.programs import BELL, BELL_IONQ, entangled, ghz, qft

V2 = "microsoft.quantum-results.v2"


def submit(workspace: Workspace, program: str = BELL, *, output: str = V2, shots: int = 100, **options: Any) -> Job:
    """Submit QIR to a simulator through the SDK."""
    target = workspace.get_targets(options.pop("target", "quantinuum.sim.h2-1e"))
    return target.submit(
        program.encode(),
        options.pop("name", "bell"),
        shots=shots,
        input_data_format="qir.v1",
        output_data_format=output,
        input_params={"entryPoint": "ENTRYPOINT__main", "arguments": []},
        **options,
    )


def test_qir_comes_back_as_counts(workspace: Workspace) -> None:
    """A Bell state in QIR gives two outcomes, evenly, and every shot."""
    job = submit(workspace, shots=1000)

    histogram = job.get_results_histogram()

    assert set(histogram) == {"[0, 0]", "[1, 1]"}
    assert sum(item["count"] for item in histogram.values()) == 1000
    assert abs(histogram["[0, 0]"]["count"] - 500) < 100
    assert len(job.get_results_shots()) == 1000


def test_the_older_result_format_holds_shares(workspace: Workspace) -> None:
    """`microsoft.quantum-results.v1` gives each outcome's share."""
    job = submit(workspace, output="microsoft.quantum-results.v1", shots=50)

    assert sum(job.get_results().values()) == pytest.approx(1.0)


def test_ionq_simulators_give_probabilities(workspace: Workspace) -> None:
    """An IonQ circuit gives exact probabilities by little-endian integer, in the provider's own blob."""
    job = IonQ(workspace, "ionq.simulator").submit(BELL_IONQ, shots=10)

    assert job.get_results() == {"histogram": {"0": 0.5, "3": 0.5}}
    assert "/rawOutputData?" in job.details.output_data_uri
    assert job.details.provider_id == "ionq"


def test_hardware_samples_and_costs(emulator: Emulator, workspace: Workspace) -> None:
    """A QPU's IonQ result holds shares of its shots, and its job an estimate of its cost."""
    emulator.behave("ionq.qpu.aria-1", queueSeconds=0, executionSeconds=0)

    job = IonQ(workspace, "ionq.qpu.aria-1").submit(BELL_IONQ, shots=10)

    assert sum(job.get_results()["histogram"].values()) == pytest.approx(1.0)
    assert job.details.cost_estimate.estimated_total == pytest.approx(10 * 0.03)


@pytest.mark.parametrize(("program", "limit"), [(ghz(20), 3.0), (qft(12), 5.0)], ids=["GHZ-20", "QFT-12"])
def test_real_sizes_run_in_seconds(workspace: Workspace, program: str, limit: float) -> None:
    """GHZ on 20 qubits takes 3 s or less, a Fourier transform on 12 takes 5 s or less, with 1,000 shots."""
    began = time.monotonic()

    histogram = submit(workspace, program, shots=1000).get_results_histogram()

    assert time.monotonic() - began <= limit
    assert sum(item["count"] for item in histogram.values()) == 1000


def test_a_job_can_be_fetched_later(workspace: Workspace) -> None:
    """A job's result can be read by its id alone."""
    submitted = submit(workspace)
    submitted.wait_until_completed(print_progress=False)

    assert workspace.get_job(submitted.id).get_results() == submitted.get_results()


def test_a_broken_program_fails_with_the_reason(workspace: Workspace) -> None:
    """A program that cannot be read ends in Failed with `errorData`."""
    job = submit(workspace, "this is not QIR")

    job.wait_until_completed(print_progress=False)

    assert job.details.status == "Failed"
    assert job.details.error_data.code == "QIRPreProcessingFailed"


@pytest.mark.parametrize("program", [qft(26), entangled(32)], ids=["time", "memory"])
def test_a_bomb_fails_within_its_limits(workspace: Workspace, program: str) -> None:
    """A program that would take minutes, or 64 GiB, ends in Failed within the limit, and the next one runs."""
    job = submit(workspace, program)

    job.wait_until_completed(print_progress=False, timeout_secs=20)

    assert job.details.error_data.code in {"ProviderTimeout", "RuntimeError"}
    assert submit(workspace).get_results()


def test_lists_are_filtered_ordered_and_paged(workspace: Workspace) -> None:
    """Filters on name, target, state and date, an order, and pages that follow one another."""
    jobs = [submit(workspace, name=f"run {index}") for index in range(5)]
    for job in jobs:
        job.wait_until_completed(print_progress=False)
    failed = submit(workspace, "broken", name="other", target="rigetti.sim.qvm")
    failed.wait_until_completed(print_progress=False)

    by_name = workspace.list_jobs(name_match="run", orderby_property="Name", is_asc=False)
    by_state = workspace.list_jobs(status=["Failed"], provider=["rigetti", "ionq"], target=["rigetti.sim.qvm"])
    paged = list(workspace.list_jobs_paginated(top=2, name_match="run", orderby_property="Name"))

    assert [job.details.name for job in by_name] == [f"run {index}" for index in range(4, -1, -1)]
    assert [job.id for job in by_state] == [failed.id]
    assert [job.name for job in paged] == [f"run {index}" for index in range(5)]
    assert workspace.list_jobs(created_before=jobs[0].details.creation_time.replace(year=2000)) == []
    assert len(workspace.list_jobs(created_after=jobs[0].details.creation_time)) == 6


def test_a_waiting_job_can_be_cancelled(emulator: Emulator, workspace: Workspace) -> None:
    """A job that waits is cancelled at once and never runs."""
    emulator.behave("quantinuum.sim.h2-1e", queueSeconds=3600)
    job = submit(workspace)

    cancelled = workspace.cancel_job(job)

    assert cancelled.details.status == "Cancelled"
    assert emulator.ledger(job.id) == ["jobCreated", "jobCancelled"]


def test_a_job_can_be_renamed_and_tagged(workspace: Workspace) -> None:
    """Name, priority and tags change after submission."""
    job = submit(workspace, tags=["first"])

    changed = workspace.update_job(job, name="renamed", priority="High", tags=["one", "two"])

    assert (changed.details.name, changed.details.priority, changed.details.tags) == ("renamed", "High", ["one", "two"])


def test_a_finished_job_can_be_deleted(emulator: Emulator, workspace: Workspace) -> None:
    """A deleted job is gone from the workspace but not from the ledger."""
    job = submit(workspace)
    job.wait_until_completed(print_progress=False)

    workspace.delete_job(job)

    with pytest.raises(ResourceNotFoundError):
        workspace.get_job(job.id)
    assert emulator.ledger(job.id) == ["jobCreated", "executionStarted", "executionEnded", "jobDeleted"]


def test_targets_quotas_and_usage_are_listed(workspace: Workspace) -> None:
    """The SDK sees the targets with their queue times, and quotas that count executions."""
    submit(workspace).wait_until_completed(print_progress=False)

    targets = {target.name: target for target in workspace.get_targets()}
    used = {quota["providerId"]: quota["utilization"] for quota in workspace.get_quotas()}

    assert {"ionq.simulator", "quantinuum.qpu.h2-1", "rigetti.sim.qvm", "pasqal.sim.emu-free"} <= set(targets)
    assert targets["ionq.qpu.aria-1"].average_queue_time == 30
    assert used["quantinuum"] == 1


def test_a_quota_that_is_used_up_refuses_jobs(workspace: Workspace, emulator: Emulator) -> None:
    """Where one is set: the refusal names it, and the list of quotas says how much of it there is."""
    emulator.behave("ionq.simulator", quota=1)
    IonQ(workspace).submit(BELL_IONQ)

    with pytest.raises(HttpResponseError, match="QuotaExceeded"):
        IonQ(workspace).submit(BELL_IONQ)

    assert {quota["providerId"]: quota["limit"] for quota in workspace.get_quotas()}["ionq"] == 1


def test_a_wrong_key_is_refused(serve: Any, sdk: Any) -> None:
    """With a key configured only that key opens the workspace."""
    locked = serve(key="right")

    assert sdk(locked, key="right").list_jobs() == []
    with pytest.raises(ClientAuthenticationError):
        sdk(locked, key="wrong").list_jobs()


def test_an_unknown_target_is_refused(workspace: Workspace) -> None:
    """A job for a target that is not offered is never created."""
    with pytest.raises(HttpResponseError, match=r"there is no target 'ionq\.nowhere'"):
        IonQ(workspace, "ionq.nowhere").submit(BELL_IONQ)

    assert workspace.list_jobs() == []
