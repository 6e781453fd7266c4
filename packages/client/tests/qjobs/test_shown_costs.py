"""What jobs cost, as the command and the clients show it: sums, prices of targets, and the cost of a job on its way."""

import io
import json
from datetime import datetime, timedelta
from typing import Any

import pytest
from rich.console import Console

from client_support.fake_jobs_api import JOB_ID, FakeJobsApi, a_view
from quantumjobs.cli import drawing
from quantumjobs.cli.live import LivePicture
from quantumjobs.cli.text import UTC
from quantumjobs.cli.watching import situation
from quantumjobs.jobs import JobView
from quantumjobs.prices import read_cost_sum
from quantumjobs.views import Target, TargetList

SUM: dict[str, Any] = {
    "by": "target",
    "costs": [
        {"name": "ionq.qpu.aria-1", "unit": "USD", "amount": 1097.5, "jobs": 2, "ownEstimates": 0},
        {"name": "quantinuum.sim.h2-1e", "unit": "eHQC", "amount": 5.66, "jobs": 1, "ownEstimates": 1},
    ],
    "leftOut": [
        {"id": "a", "code": "NotEnded", "reason": "The job is waiting: its cost is not final."},
        {"id": "b", "code": "NotEnded", "reason": "The job is waiting: its cost is not final."},
        {"id": "c", "code": "NoCost", "reason": "The service gave no cost.\x1b[2J"},
    ],
    "continuation": "more",
}
HOW = "5 a program, and for each shot (one-qubit gates + 10 x two-qubit gates + 5 x measurements) / 5000"
PRICED = {"id": "quantinuum.sim.h2-1e", "availability": "Available", "averageQueueSeconds": 90, "qubits": 56}
TARGETS = {
    "targets": [
        {**PRICED, "price": {"unit": "eHQC", "how": HOW, "isFree": False}, "formats": ["openqasm3", "qir.v1"]},
        {"id": "ionq.simulator", "qubits": 29, "price": {"unit": "USD", "how": "free of charge", "isFree": True}},
        {"id": "elsewhere.qpu"},
    ]
}


def test_costs_are_added_up_by_target(qjobs: Any, api: FakeJobsApi) -> None:
    """Each amount with its unit; why jobs are left out is told once for each reason."""
    api.answers("GET /api/costs", SUM)

    done = qjobs("cost", "--by", "target", "--from", "2026-11-01", "--tag", "run=7")

    assert api.requests[0].query == {"by": "target", "from": "2026-11-01", "tag": "run=7"}
    assert [line.split() for line in done.stdout.splitlines()] == [
        ["target", "cost", "unit", "jobs", "own", "estimates"],
        ["ionq.qpu.aria-1", "1,097.5", "USD", "2"],
        ["quantinuum.sim.h2-1e", "5.66", "eHQC", "1", "1"],
    ]
    assert "left out: 2 jobs: The job is waiting: its cost is not final." in done.stderr
    assert "left out: 1 job: The service gave no cost." in done.stderr
    assert "--continuation more" in done.stderr
    assert "\x1b" not in done.stdout + done.stderr


def test_costs_are_written_for_programs(qjobs: Any, api: FakeJobsApi) -> None:
    """JSON as it came, CSV with plain numbers."""
    api.answers("GET /api/costs", SUM)

    document, table = qjobs("cost", "--json"), qjobs("cost", "-o", "csv")

    assert json.loads(document.stdout) == SUM
    assert table.stdout.splitlines()[1] == "ionq.qpu.aria-1,1097.5,USD,2,0"


def test_all_costs_are_one_sum(qjobs: Any, api: FakeJobsApi) -> None:
    """However many requests that takes; what is left out of each is left out of the sum."""
    last = {
        **SUM,
        "costs": [SUM["costs"][1], {**SUM["costs"][1], "name": "a.sim", "unit": "EUR"}],
        "continuation": None,
    }
    api.answers("GET /api/costs", SUM, last)

    done = qjobs("cost", "--all", "--from", "2026-11-01", "--json")

    document = json.loads(done.stdout)
    amounts = [(one["name"], one["amount"], one["jobs"], one["ownEstimates"]) for one in document["costs"]]
    assert amounts == [("a.sim", 5.66, 1, 1), ("ionq.qpu.aria-1", 1097.5, 2, 0), ("quantinuum.sim.h2-1e", 11.32, 2, 2)]
    assert (len(document["leftOut"]), document["continuation"]) == (6, None)
    assert api.requests[1].query == {"from": "2026-11-01", "continuation": "more"}


def test_no_costs_are_told(qjobs: Any, api: FakeJobsApi) -> None:
    """By a word on standard error, and a code of success."""
    api.answers("GET /api/costs", {"by": "unit", "costs": [], "leftOut": [], "continuation": None})

    done = qjobs("cost", "--by", "unit", "--target", "ionq.simulator")

    assert (done.returncode, done.stdout, done.stderr.strip()) == (0, "", "no costs of jobs that match")


def test_what_costs_can_be_added_up_by_is_told(qjobs: Any, api: FakeJobsApi) -> None:
    """A word that is none of them is refused here."""
    done = qjobs("cost", "--by", "month")

    assert done.returncode == 2
    assert "provider" in done.stderr
    assert api.requests == []


@pytest.mark.parametrize("width", [60, 80, 100, 140])
def test_targets_show_their_prices(width: int) -> None:
    """A long one is shortened with an ellipsis, a free one says so, and no line is too long."""
    offer = TargetList.from_wire(TARGETS)

    lines = drawing.targets(offer.targets).lines(width)

    assert "price" in lines[0]
    assert "  eHQC: 5 a" in lines[1]
    assert "…" in lines[1]
    assert "free" in lines[2].split()
    assert all(len(line) <= width for line in lines)


def test_a_notebook_shows_prices_and_sums() -> None:
    """Prices in full, and how many jobs are not in a sum."""
    targets, costs = TargetList.from_wire(TARGETS), read_cost_sum(SUM)

    assert HOW in targets._repr_html_()
    assert ">1,097.5<" in costs._repr_html_()
    assert "3 left out" in costs._repr_html_()


def test_sums_and_prices_are_data_frames() -> None:
    """A row for each amount, and for each target."""
    pytest.importorskip("pandas", reason="pandas is not installed")

    costs, targets = read_cost_sum(SUM).to_dataframe(), TargetList.from_wire(TARGETS).to_dataframe()

    assert list(costs.amount) == [1097.5, 5.66]
    assert list(targets.price)[1] == "free"


def test_a_job_that_only_the_workspace_knows_has_an_age() -> None:
    """By the time at which the workspace created it."""
    began = datetime.now(UTC) - timedelta(hours=2)
    job = JobView.from_wire({"id": JOB_ID, "phase": "waiting", "times": {"created": began.isoformat()}})

    (line,) = drawing.jobs([job]).lines(None)[1:]

    assert line.endswith("2 h")


def test_the_time_to_wait_runs_down() -> None:
    """And where it is over, that is told."""
    job = JobView.from_wire(a_view("waiting", estimatedQueueSeconds=30, azureStatus="Waiting"))

    texts = [situation(job, seconds) for seconds in (0, 12, 31)]

    assert texts == [
        "Waiting, about 30 s to wait",
        "Waiting, about 18 s to wait",
        "Waiting, longer than the 30 s that were estimated",
    ]


def test_the_live_picture_counts_down_and_ends_with_the_cost() -> None:
    """From the moment at which an estimate came; the same estimate again starts nothing anew."""
    picture, job = LivePicture(), a_view("waiting", estimatedQueueSeconds=30)
    picture.news(JobView.from_wire(job))
    assert picture.estimated
    picture.estimated -= timedelta(seconds=10)
    picture.news(JobView.from_wire(job | {"polls": 1}))

    waiting = drawn(picture)
    picture.news(JobView.from_wire(a_view("succeeded", cost={"estimated": 5.66, "currency": "eHQC"})))

    assert "about 20 s to wait" in waiting
    assert "costs 5.66 eHQC" in drawn(picture)


def drawn(picture: LivePicture) -> str:
    """Draw a picture as plain text."""
    written = io.StringIO()
    Console(file=written, width=120, color_system=None).print(picture)
    return written.getvalue()


@pytest.mark.parametrize(
    ("cost", "words"),
    [
        (None, ""),
        ({"estimated": 0, "currency": "USD", "source": "own estimate"}, "costs nothing"),
        ({"estimated": 5.66, "currency": "eHQC", "source": "own estimate"}, "costs about 5.66 eHQC"),
        ({"estimated": 97.5, "currency": "USD", "source": "service"}, "costs 97.5 USD"),
        ({"currency": "USD"}, ""),
    ],
)
def test_a_cost_is_said_as_what_it_is(cost: Any, words: str) -> None:
    """An estimate is about right, free is nothing, and nothing is said of what is not known."""
    assert drawing.cost_in_words(JobView.from_wire(a_view(cost=cost)).cost) == words


def test_a_sum_of_everything_has_one_column_of_units() -> None:
    """By unit there is nothing else to name."""
    lines = drawing.costs("unit", read_cost_sum(SUM).costs).lines(None)

    assert lines[0].split()[:3] == ["all", "cost", "unit"]


def test_a_sum_shows_itself_in_a_line() -> None:
    """With how many jobs are not in it."""
    expected = "<CostSum ionq.qpu.aria-1 1,097.5 USD, quantinuum.sim.h2-1e 5.66 eHQC; 3 jobs left out>"

    assert repr(read_cost_sum(SUM)) == expected


def test_waiting_for_no_job_says_so(qjobs: Any, api: FakeJobsApi) -> None:
    """Nothing that waits is a success, but not a silent one."""
    api.answers("GET /api/jobs", {"jobs": [a_view("succeeded")], "continuation": None})

    done = qjobs("wait", "--tag", "run=7")

    assert (done.returncode, done.stdout, done.stderr.strip()) == (0, "", "no jobs match that have not ended")


def test_a_target_without_a_price_shows_none() -> None:
    """A blank says that it is not known, which is not free."""
    assert Target.from_wire({"id": "elsewhere.qpu"}).price is None
