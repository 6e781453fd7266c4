"""The chart of the phases shows the moves that the app allows."""

from quantum.batches import progress
from quantum.batches.progress import BatchPhase
from quantum.contract.parameters import BATCH_PHASES
from quantum.jobs.lifecycle import MOVES, Phase
from tests.pages.phases import BATCH_MEANINGS, COMMAND, MEANINGS, PAGE, chart, page


def test_the_chart_of_phases_is_fresh() -> None:
    """A phase or a move that is added or changed shows on the page."""
    assert PAGE.read_text(encoding="utf-8") == page(), f"docs/concepts.md is stale: run {COMMAND}"


def test_every_move_is_drawn_once() -> None:
    """Each move to another phase is an arrow, from the phase or from all of the way; every phase has a meaning."""
    text = chart()
    arrows = [tuple(line.split(" --> ")) for line in map(str.strip, text.splitlines()) if " --> " in line]
    inside = text.partition("{")[2].partition("}")[0]
    way = {phase for phase in Phase if f" {phase} -->" in inside}
    drawn = [
        (phase.value, to)
        for start, to in arrows
        for phase in Phase
        if start in {phase, "way"} and (start == phase or phase in way)
    ]

    assert sorted(drawn) == sorted(
        (phase.value, to.value) for phase, ends in MOVES.items() for to in ends if to != phase
    )
    assert set(MEANINGS) == set(Phase)


def test_every_phase_of_a_batch_has_its_moves_and_its_word() -> None:
    """The contract names the same phases, in the same order, as the core; none is reached from an end."""
    assert tuple(BATCH_PHASES.words) == tuple(phase.value for phase in BatchPhase)
    assert set(BATCH_MEANINGS) == set(progress.MOVES) == set(BatchPhase)
    assert {to for ends in progress.MOVES.values() for to in ends} == set(BatchPhase) - {BatchPhase.ACCEPTED}
    assert all(not progress.MOVES[ending] for ending in progress.ENDINGS)
