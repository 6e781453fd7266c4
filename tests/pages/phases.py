"""`python -m tests.pages.phases`: draws the phases of a job in `docs/concepts.md` from the moves that are allowed."""

from collections.abc import Iterator
from pathlib import Path

from quantum.jobs.lifecycle import FINAL, MOVES, Phase

PAGE = Path(__file__).parents[2] / "docs" / "concepts.md"
COMMAND = ".venv/bin/python -m tests.pages.phases"
BEGIN = "<!-- phases: written by `python -m tests.pages.phases`, from quantum/jobs/lifecycle.py -->\n"
END = "<!-- /phases -->"

MEANINGS = {
    Phase.ACCEPTED: "checked, and its id claimed",
    Phase.STAGING: "its program is copied to the workspace, then it is submitted",
    Phase.AWAITING_APPROVAL: "it costs more than a budget lets pass, and somebody has to approve it",
    Phase.WAITING: "the workspace has it, in a queue",
    Phase.EXECUTING: "it runs",
    Phase.CANCELLING: "the workspace was asked to cancel it",
    Phase.COLLECTING: "it succeeded there; its output is fetched",
    Phase.SUCCEEDED: "its result is stored",
    Phase.FAILED: "it ended with an error",
    Phase.CANCELLED: "it was stopped because its caller asked, or somebody in the workspace did",
    Phase.REJECTED: "it could not be run as it was ordered",
    Phase.EXPIRED: "it did not end by its deadline",
}


def chart() -> str:
    """Draw the moves as a state diagram in Mermaid, and say what each phase means."""
    return "\n".join(["```mermaid", "stateDiagram-v2", *_arrows(), "```", "", *_table(), ""])


def page() -> str:
    """Write the page with the chart in its place."""
    before, _, rest = PAGE.read_text(encoding="utf-8").partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}{chart()}{END}{after}"


def _arrows() -> Iterator[str]:
    """Draw each move once; an end that every phase of the way leads to has one arrow, from all of them together."""
    way = [phase for phase in Phase if phase not in FINAL and not MOVES[phase] <= FINAL]
    shared = [end for end in Phase if end in FINAL and all(end in MOVES[phase] for phase in way)]
    yield f"    [*] --> {Phase.ACCEPTED}"
    yield '    state "on its way" as way {'
    yield from (f"        {phase} --> {to}" for phase in way for to in way if to in MOVES[phase] and to != phase)
    yield "    }"
    yield from (f"    way --> {end}" for end in shared)
    for phase in Phase:
        inside = shared if phase in way else []
        yield from (
            f"    {phase} --> {to}"
            for to in Phase
            if to in MOVES[phase] and to not in inside and not (phase in way and to in way)
        )


def _table() -> Iterator[str]:
    yield from ("| phase | meaning |", "|---|---|")
    for phase in Phase:
        yield f"| `{phase}`{', an end' if phase in FINAL else ''} | {MEANINGS[phase]} |"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
