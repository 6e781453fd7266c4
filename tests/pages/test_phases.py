"""The chart of the phases shows the moves that the app allows."""

from quantum.jobs.lifecycle import MOVES, Phase
from tests.pages.phases import COMMAND, MEANINGS, PAGE, chart, page


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
