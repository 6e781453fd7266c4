"""What a notebook shows: well-formed HTML without scripts, of a bounded size, with all text escaped."""

import re
import sys
from html.parser import HTMLParser
from types import SimpleNamespace
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from client_support.fake_jobs_api import JOB_ID, KEY, FakeJobsApi, Scripted, a_result, a_view
from quantumjobs import Batch, BatchPage, BatchTable, CountsSum, JobPage, JobView, QuantumJobs, Result, TargetList

SLY = "<script>alert(1)</script>&\"'" + "x" * 10_000
MANY = {f"{bits:012b}": bits + 1 for bits in range(4096)}
FAULTS = [{"field": SLY, "reason": SLY}] * 500
ROW = {"number": 1, "phase": SLY, "target": SLY, "arguments": [SLY], "rank": 2, "fidelity": 0.5, "fidelityError": 0.1}
PICTURES: dict[str, Any] = {
    "a job": JobView.from_wire(a_view("executing", name=SLY, target=SLY)),
    "a failed job": JobView.from_wire(a_view("failed", error={"code": SLY, "message": SLY, "errors": FAULTS})),
    "a job of long history": JobView.from_wire(
        a_view(history=[{"phase": SLY, "at": f"2026-11-21T08:{n // 60:02}:{n % 60:02}Z"} for n in range(2000)])
    ),
    "a page": JobPage.from_wire({"jobs": [a_view(name=SLY)] * 200, "continuation": "more"}),
    "no jobs": JobPage.from_wire({"jobs": [], "continuation": None}),
    "a result": Result.from_wire(a_result(counts=MANY, warnings=[SLY] * 500)),
    "a sly result": Result.from_wire(a_result(counts={SLY: 1, "0": 2}, target=SLY)),
    "probabilities": Result.from_wire(a_result(counts={}, probabilities={"0": 0.25, "1": 0.75})),
    "nothing": Result.from_wire(a_result(counts={}, probabilities={})),
    "solutions": Result.from_wire(a_result(solutions=[{"configuration": {SLY: 1}, "cost": 1}] * 500)),
    "a sum": CountsSum.from_wire({"counts": MANY, "shots": 10, "jobs": [JOB_ID]}),
    "a marginal": Result.from_wire(a_result(registers=[{"bits": 1}, {"bits": 1}])).marginal(0),
    "a batch": Batch.from_wire(
        {
            "id": JOB_ID,
            "phase": SLY,
            "name": SLY,
            "byPhase": {f"{n} {SLY}": n for n in range(99)},
            "error": {"message": SLY},
        }
    ),
    "batches": BatchPage.from_wire({"batches": [{"id": JOB_ID, "phase": SLY, "name": SLY}] * 200}),
    "no batches": BatchPage.from_wire({"batches": []}),
    "a table of a batch": BatchTable.from_wire({"rows": [ROW] * 200, "by": SLY, "outcome": "best", "best": 1}),
    "a tie": BatchTable.from_wire({"rows": [], "by": "cost", "outcome": "tie", "tie": [1] * 500, "reason": SLY}),
    "targets": TargetList.from_wire({"targets": [{"id": SLY, "qubits": 3}] * 200}),
}


class Tags(HTMLParser):
    """Collects which elements and attributes there are."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: set[str] = set()

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        """Keep the names."""
        self.seen |= {tag, *(name for name, _ in attrs)}


@pytest.mark.parametrize("name", PICTURES)
def test_a_picture_is_safe_to_show(name: str) -> None:
    """Only tables and texts are drawn, whatever the words in them; no colour but the theme's own."""
    html = PICTURES[name]._repr_html_()

    ET.fromstring(html)  # noqa: S314 our own text; it is well-formed
    tags = Tags()
    tags.feed(html)
    assert tags.seen <= {"div", "b", "span", "table", "tbody", "tr", "th", "td", "style"}
    assert len(html) < 64 * 1024
    assert set(re.findall(r"(?:color|background):([^;\"]+)", html)) <= {"inherit", "none", "currentColor"}
    assert len(repr(PICTURES[name]).splitlines()) == 1


def test_a_histogram_says_what_it_leaves_out() -> None:
    """The most frequent outcomes come first."""
    html = PICTURES["a result"]._repr_html_()

    assert html.index("111111111111") < html.index("111111111110")
    assert "4,080 other outcomes" in html
    assert "25.0%" in PICTURES["probabilities"]._repr_html_()


def test_a_job_has_a_line_of_time() -> None:
    """Each phase, and how long it took."""
    html = JobView.from_wire(a_view("succeeded"))._repr_html_()

    for words in ("✓ bell", "accepted", "collecting", "1.0 s", JOB_ID):
        assert words in html
    assert "no such gate" in JobView.from_wire(a_view("failed", error={"message": "no such gate"}))._repr_html_()


@pytest.fixture
def notebook(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """A notebook of our own, which keeps every state of the picture that it shows."""
    shown: list[str] = []

    def display(picture: dict[str, str], **_: object) -> SimpleNamespace:
        shown.append(picture["text/html"])
        return SimpleNamespace(update=display)

    shell = SimpleNamespace(get_ipython=lambda: SimpleNamespace(kernel=object()))
    monkeypatch.setitem(sys.modules, "IPython", shell)  # type: ignore[arg-type]  # as much of it as is asked for
    monkeypatch.setitem(sys.modules, "IPython.display", SimpleNamespace(display=display))  # type: ignore[arg-type]  # as above
    return shown


async def test_a_notebook_shows_how_a_job_comes_along(call: Any, api: FakeJobsApi, notebook: list[str]) -> None:
    """One picture, replaced at every change, an outage in between."""
    api.answers(f"GET /api/jobs/{JOB_ID}", a_view("waiting"), Scripted(503), a_view("succeeded"))

    await call("wait", JOB_ID)

    assert len(notebook) == 3
    assert "out of reach" in notebook[1]
    assert "✓ bell" in notebook[2]


@pytest.mark.usefixtures("notebook")
async def test_progress_can_be_switched_off(call: Any, api: FakeJobsApi, notebook: list[str]) -> None:
    """Then a notebook stays as it is."""
    api.serves_job(a_view("succeeded"))

    await call("wait", JOB_ID, progress=False)

    assert notebook == []


def test_elsewhere_progress_is_lines(api: FakeJobsApi, capsys: pytest.CaptureFixture[str]) -> None:
    """Only for who asks; on standard error."""
    api.answers(
        f"GET /api/jobs/{JOB_ID}", a_view("waiting", estimatedQueueSeconds=30), Scripted(503), a_view("succeeded")
    )

    with QuantumJobs(api.url, KEY) as jobs:
        jobs.wait(JOB_ID, progress=True)
        jobs.wait(JOB_ID)

    printed = capsys.readouterr()
    assert printed.err.splitlines() == [
        "bell: waiting, about 30 s to wait",
        "the deployment is out of reach (HTTP 503); trying again",
        "bell: succeeded",
    ]
    assert printed.out == ""
