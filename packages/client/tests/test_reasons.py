"""Why a job did not succeed, told once: the message, the faults of its order, the causes inside."""

import pytest

from quantumjobs.failures import JobError, read_job_error

SHOTS = {"field": "shots", "reason": "is missing"}
TARGET = {"field": "target", "reason": "'x' is not in this workspace", "line": None}


@pytest.mark.parametrize(
    ("message", "errors", "text"),
    [
        ("shots: is missing", [SHOTS], "InvalidOrder: shots: is missing"),
        (
            "shots: is missing; target: 'x' is not in this workspace",
            [SHOTS, TARGET],
            "InvalidOrder: shots: is missing\n  target: 'x' is not in this workspace",
        ),
        (
            "2 things are wrong",
            [SHOTS, TARGET],
            "InvalidOrder: 2 things are wrong\n  shots: is missing\n  target: 'x' is",
        ),
        ("The program broke", [], "InvalidOrder: The program broke"),
    ],
)
def test_nothing_is_said_twice(message: str, errors: list[object], text: str) -> None:
    """A message that only strings the faults together gives way to them."""
    error = read_job_error({"code": "InvalidOrder", "message": message, "errors": errors})

    assert str(error).startswith(text)
    assert str(error).count("is missing") == (1 if errors else 0)


def test_causes_inside_and_beside_are_told() -> None:
    """From the outermost to the innermost."""
    error = JobError("Failed", "it broke", inner=(("A", "first"), ("B", "second")), details=(("", "third"),))

    assert str(error) == "Failed: it broke\n  A: first\n  B: second\n  third"
