"""Programs as other libraries export them give the distribution that those libraries say."""

from pathlib import Path

import pytest

from tests.conformance.constructs import CONSTRUCTS, Construct
from tests.conformance.judging import Expected
from tests.conformance.product import RefusedError, ready
from tests.conformance.record import recorded, samples_of
from tests.conformance.verdicts import ADAPTIVE, BASE, verdicts, what_is_wrong

SHOTS = 1_000
RECORDED = tuple(recorded())
NAMES = [f"{construct.language}: {construct.name}" for construct in CONSTRUCTS]


@pytest.mark.parametrize("file", RECORDED, ids=lambda file: file.stem)
def test_what_was_recorded_is_right(file: Path) -> None:
    """Every fixed sample of an exporter runs wherever it should, and none is refused."""
    results = [verdict for sample in samples_of(file) for verdict in verdicts(sample, SHOTS)]

    assert [verdict for verdict in results if verdict.word != "right"] == []
    assert len(results) >= 20


@pytest.mark.parametrize("construct", CONSTRUCTS, ids=NAMES)
def test_a_construct_means_what_its_language_says(construct: Construct) -> None:
    """Each construct of the table gives its outcome, or is refused in words that name it."""
    program = {"format": construct.language, "text": construct.text, "arguments": list(construct.arguments)}
    for profile in (ADAPTIVE,) if construct.adaptive else (BASE, ADAPTIVE):
        if isinstance(construct.want, str) and construct.want.startswith("!"):
            with pytest.raises(RefusedError, match=construct.want[1:]):
                ready(program, profile)
        else:
            assert what_is_wrong(ready(program, profile), Expected(construct.exact), SHOTS, 1) == ""
