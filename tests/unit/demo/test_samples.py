"""The demo judges counts by physics, and would notice wrong ones."""

import pytest

from local.demo.__main__ import judge
from local.demo.samples import SAMPLES, Sample

BELL = next(sample for sample in SAMPLES if sample.name == "bell")


def test_right_counts_have_no_fault() -> None:
    """About half and half is what a Bell pair gives."""
    fault = BELL.fault_of({"00": 521, "11": 479})

    assert fault is None


@pytest.mark.parametrize(
    ("counts", "reason"),
    [
        ({"00": 500, "11": 499}, "999 outcomes were counted, not 1000"),
        ({"00": 499, "11": 500, "01": 1}, "the outcomes are 00, 01, 11, not 00, 11"),
        ({"00": 1000}, "the outcomes are 00, not 00, 11"),
        ({"00": 900, "11": 100}, "not about equally frequent"),
        ({}, "0 outcomes were counted"),
    ],
)
def test_wrong_counts_are_named(counts: dict[str, int], reason: str) -> None:
    """A lost shot, an impossible outcome, a missing one and a skewed share are all faults."""
    fault = BELL.fault_of(counts)

    assert fault is not None
    assert reason in fault


def test_a_job_without_an_answer_is_a_fault() -> None:
    """Silence is not success."""
    fault = judge(BELL, None)

    assert fault == "bell: no answer within 90 s"


def test_a_job_that_failed_says_which_and_why() -> None:
    """The person sees the job's id, its phase and its error."""
    data = {"name": "bell", "phase": "failed", "error": {"code": "ProviderError", "message": "too warm"}}

    fault = judge(BELL, {"subject": "job-1", "data": data})

    assert fault == "bell (job-1): failed: {'code': 'ProviderError', 'message': 'too warm'}"


def test_the_samples_take_three_doors_to_three_targets() -> None:
    """Together they show every way in."""
    assert {sample.door for sample in SAMPLES} == {"HTTP", "blob", "queue"}
    assert len({sample.target for sample in SAMPLES}) == len(SAMPLES)


def test_an_order_carries_the_operation_and_its_arguments() -> None:
    """A Q# operation is named with what it is called with."""
    secret = Sample("s", "secret.qs", "queue", "t", "", frozenset({"1"}), entry_point="Secret.Find", arguments=(1, 1))

    order = secret.order

    assert order["input"]["format"] == "qsharp"
    assert (order["entryPoint"], order["arguments"]) == ("Secret.Find", [1, 1])
