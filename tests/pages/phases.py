"""`python -m tests.pages.phases`: draws the phases of jobs and batches in `docs/concepts.md` from their moves."""

from collections.abc import Iterator
from pathlib import Path

from quantum.batches import progress
from quantum.batches.progress import ENDINGS, BatchPhase
from quantum.jobs.lifecycle import FINAL, MOVES, Phase

PAGE = Path(__file__).parents[2] / "docs" / "concepts.md"
COMMAND = ".venv/bin/python -m tests.pages.phases"
BY = "written by `python -m tests.pages.phases`, from"
BEGIN, END = f"<!-- phases: {BY} quantum/jobs/lifecycle.py -->\n", "<!-- /phases -->"
BEGIN_BATCHES = f"<!-- phases of batches: {BY} quantum/batches/progress.py -->\n"
END_BATCHES = "<!-- /phases of batches -->"

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


def batch_table() -> str:
    """Say of each phase of a batch what it means, where it leads, and what tells of it."""
    return "\n".join(
        ("| phase | meaning | leads to | event | exit code |", "|---|---|---|---|---|", *_batch_rows(), "")
    )


def page() -> str:
    """Write the page with the charts in their places."""
    text = PAGE.read_text(encoding="utf-8")
    for begin, content, end in ((BEGIN, chart(), END), (BEGIN_BATCHES, batch_table(), END_BATCHES)):
        before, _, rest = text.partition(begin)
        _, _, after = rest.partition(end)
        text = f"{before}{begin}{content}{end}{after}"
    return text


BATCH_MEANINGS = {
    BatchPhase.ACCEPTED: "checked, and its id claimed",
    BatchPhase.AWAITING_APPROVAL: "its members cost more than a budget lets pass; none starts before a decision",
    BatchPhase.RUNNING: "members start as its window has room",
    BatchPhase.PAUSED: "its caller wants no more members to start; those on their way go on",
    BatchPhase.CANCELLING: "its caller cancelled it; members on their way are being stopped",
    BatchPhase.SUCCEEDED: "every member succeeded",
    BatchPhase.PARTLY: "some members succeeded",
    BatchPhase.FAILED: "none succeeded",
    BatchPhase.CANCELLED: "its caller cancelled it before every member had succeeded",
    BatchPhase.REJECTED: "it could not be run as it was ordered, and has no members; or its cost was denied",
    BatchPhase.EXPIRED: "none succeeded: all that started missed their deadline; or nobody approved its cost in time",
}


def _batch_rows() -> Iterator[str]:
    for phase in BatchPhase:
        is_end = phase in ENDINGS
        next_ones = ", ".join(f"`{to}`" for to in BatchPhase if to in progress.MOVES[phase])
        code = ("0" if phase is BatchPhase.SUCCEEDED else "1") if is_end else ""
        event = f"`quantumjobs.batch.{phase}`" if is_end else ""
        yield f"| `{phase}`{', an end' if is_end else ''} | {BATCH_MEANINGS[phase]} | {next_ones} | {event} | {code} |"


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
