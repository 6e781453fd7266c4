"""`python -m tests.pages.batches_page`: draws the pictures of `docs/batches.md` as `qjobs` does, from recorded batches.

With `--record URL KEY EMULATOR` the batches are run first, on a local stack, with the emulator's published error rates.
"""

import json
import sys
from contextlib import redirect_stdout
from datetime import UTC, datetime
from io import BytesIO, StringIO, TextIOWrapper
from pathlib import Path
from typing import Any

import httpx
from rich.console import Console

from quantumjobs import Batch, BatchTable, Grid, Member, QuantumJobs
from quantumjobs.cli.batch_live import LiveBatch
from quantumjobs.cli.batches import tell_end
from quantumjobs.cli.screen import Screen

PAGE = Path(__file__).parents[2] / "docs" / "batches.md"
RECORDED = Path(__file__).parent / "recorded_batches.json"
COMMAND = ".venv/bin/python -m tests.pages.batches_page"
WIDTH = 100
TARGETS = ("ionq.simulator", "quantinuum.sim.h2-1e", "ionq.qpu.aria-1", "ionq.qpu.forte-1")
GHZ = """
OPENQASM 3.0;
include "stdgates.inc";
qubit[3] q;
bit[3] c;
h q[0];
cx q[0], q[1];
cx q[1], q[2];
c = measure q;
"""
ROTATION = """
OPENQASM 3.0;
include "stdgates.inc";
input float theta;
qubit[2] q;
bit[2] c;
ry(theta) q[0];
cx q[0], q[1];
ry(theta / 2) q[1];
c = measure q;
"""


def begin(name: str) -> str:
    """Mark the beginning of a picture in the page."""
    return f"<!-- {name}: drawn by `{COMMAND}` -->\n```text\n"


END = "```\n<!-- end -->\n"


def pictures() -> dict[str, str]:
    """Draw all pictures by name."""
    recorded = json.loads(RECORDED.read_text(encoding="utf-8"))
    return {
        "sweep on its way": on_its_way(recorded["running"]),
        "comparison": drawn(recorded["comparison"], "", None),
        "sweep": drawn(recorded["sweep"], recorded["running"]["batch"]["id"], "theta"),
    }


def drawn(document: Any, batch_id: str, argument: str | None) -> str:
    """Draw a table as `qjobs` does on a terminal that has no colours."""
    written = TextIOWrapper(BytesIO(), encoding="utf-8")
    with redirect_stdout(written):
        screen = Screen()
        screen.width = WIDTH
        tell_end(BatchTable.from_wire(document), batch_id, screen, argument)
    written.seek(0)
    return written.read()


def on_its_way(recorded: Any) -> str:
    """Draw the live picture of a batch, as it was at a moment."""
    members = [Member.from_wire(member) for member in recorded["members"]]
    targets: dict[str, dict[str, int]] = {}
    for member in members:
        counts = targets.setdefault(member.target or "", {})
        counts[member.phase] = counts.get(member.phase, 0) + 1
    picture = LiveBatch(lambda _: targets, now=lambda: datetime.fromisoformat(recorded["at"]))
    picture.news(Batch.from_wire(recorded["batch"]))
    console = Console(width=WIDTH, record=True, file=StringIO(), force_terminal=True)
    console.print(picture)
    return "\n".join(line.rstrip() for line in console.export_text().splitlines()) + "\n"


def page(before: str) -> str:
    """Put the pictures into the page."""
    for name, picture in pictures().items():
        head, mark, rest = before.partition(begin(name))
        assert mark, f"the page has no place for {name}"
        before = head + mark + picture + END + rest.partition(END)[2]
    return before


def record(url: str, key: str, emulator: str) -> None:
    """Run the batches that the page shows, and keep what the deployment says of them."""
    with httpx.Client(base_url=emulator) as admin, QuantumJobs(url, key) as client:
        for target in TARGETS[1:]:
            admin.patch(f"/admin/targets/{target}", json={"noise": "published"}).raise_for_status()
        batch = client.compare(
            {"name": "ghz", "input": {"format": "openqasm3", "text": GHZ}}, TARGETS, shots=2000, reference="ideal"
        )
        recorded: dict[str, Any] = {"comparison": client.batch_table(client.wait_batch(batch)).raw}
        rotation = {"name": "rotation", "input": {"format": "openqasm3", "text": ROTATION}}
        sweep = client.sweep(rotation, Grid("theta", 0, 6.28, 25), TARGETS[:2], shots=500)
        for view in client.watch_batch(sweep):
            if view.progress and view.progress < 1:
                members = [member.raw for member in client.members(view)]
                recorded["running"] = {"batch": view.raw, "members": members, "at": datetime.now(UTC).isoformat()}
        recorded["sweep"] = client.batch_table(sweep).raw
    RECORDED.write_text(json.dumps(recorded, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    if sys.argv[1:2] == ["--record"]:
        record(*sys.argv[2:5])
    PAGE.write_text(page(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
