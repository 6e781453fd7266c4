"""`python -m tests.pages.lists_page`: writes `docs/lists.md` from the table of series that the index goes by."""

import sys
from collections.abc import Sequence
from pathlib import Path

from quantum.adapters.filing import MOST_WRITES
from quantum.adapters.list_pieces import ANSWERS, SAMPLES
from quantum.adapters.list_rows import SAMPLE
from quantum.adapters.tables import PAGE as MOST_ROWS
from quantum.jobs.lists import CHOICES, INDEXED_LETTERS, SERIES, Ordering

PAGE = Path(__file__).parents[2] / "docs" / "lists.md"
COMMAND = ".venv/bin/python -m tests.pages.lists_page"
ROWS = sum(map(len, SERIES.values())) - 1  # and one for each tag
FILTERS = ("phase", "name", *CHOICES, "from, to")

BEGIN = f"""\
# Lists and what they cost

`GET /api/jobs`, `GET /api/counts` and `qjobs list` take any filters together, in any order. `name` is how a name
begins, at most {INDEXED_LETTERS} characters; `from` is within, `to` without. The order is `newest`; with a name it is
`name`, unless another is asked for. A target with a provider that is not its own is refused: such a list is empty.
This page is written from the app's own tables by `{COMMAND}`.

Each list is read from one range of keys: that of the first line of its order whose filter it has. The table service
searches this range for the other filters.

"""

COSTS = f"""
## In requests

A page asks the table service for jobs on their way, and then for jobs that have ended; with a `phase` that is not final
for the first alone. All jobs on their way are in one range, newest first, which is searched for every filter. In the
orders `oldest` and `name` each page reads all jobs on their way that match, {MOST_ROWS:,} a request, and sorts them:
with ten thousand of them that is {10_000 // MOST_ROWS} requests and some 20 MB.

| | requests for jobs that have ended |
|---|---|
| a range of keys, with nothing to search for | 1 |
| a search that finds a page, or reaches the end of its range | 1 |
| a long search | 1 for about {SAMPLE * SAMPLES:,} jobs; at most {ANSWERS} if the service breaks off earlier |

The service breaks off when it has looked for five seconds, or where another of its servers goes on. If it does so
before a search has come to the first of its samples, one job of {SAMPLE}, it is asked once more than the table says.

## A page may be short

A page that has searched so long has fewer jobs than `top`, or none, and a `continuation`. Ask on with it: only a page
without a `continuation` is the last. Nothing is left out, and the next page goes on where the search ended.
`GET /api/counts` ends where a page does, and its `continuation` leads to the rest. `qjobs list --all` and the client's
`list` ask on by themselves.

To search less, give orders a tag and filter by it, or narrow the range by `from` and `to`. Leave out what chooses
nearly all jobs, such as the workspace where there is one.

## In rows

A job on its way is one row in table `jobsopen`, which each change of phase writes by one request. A job that has ended
is {ROWS} rows in table `joblists`, and one for each of its tags. Housekeeping files ended jobs together: one request
for each partition of a list, of at most {MOST_WRITES} rows, and one to delete as many rows of `jobsopen`. Table `jobs`
has one small row for each id, which never changes and says where its job is. In Azurite, which looks at each row of a
table for every query, sixteen tables stand for `joblists`. This was not run in Azure.
"""


def page() -> str:
    """The whole page."""
    lines = [_line(order, choice) for order, choices in SERIES.items() for choice in choices]
    head = ("order", "with the filter", "range of keys", "searched for within it")
    table = [head, tuple("---" for _ in head), *lines]
    return BEGIN + "".join(f"| {' | '.join(line)} |\n" for line in table) + COSTS


def _line(order: Ordering, choice: str) -> tuple[str, str, str, str]:
    narrowed = "name" if order is Ordering.NAME else "from, to"
    before = SERIES[order][: SERIES[order].index(choice)]
    searched = [name for name in FILTERS if name not in (choice, narrowed, *before)]
    with_filter = f"`{choice}`" if choice else "none of these" if before else "any"
    jobs = f"of that {choice}" if choice else "all jobs"
    return f"`{order}`", with_filter, f"{jobs}, narrowed by {_words([narrowed])}", _words(searched)


def _words(names: Sequence[str]) -> str:
    return ", ".join(f"`{part}`" for name in names for part in name.split(", "))


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
    sys.stdout.write(f"wrote {PAGE}\n")
