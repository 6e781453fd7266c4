"""`python -m tests.conformance`: random programs of each exporter, run the product's way; COUNT and SEED are variables.

Writes `docs/programs.md`; exits with 1 where a distribution is wrong, or too many are refused.
"""

import os
import sys
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

from local.setup.environments import EXPORTERS, make_environment
from tests.conformance.exporting import SCRIPTS, exported, refusals
from tests.conformance.outcome import keep, summed
from tests.conformance.programs_page import PAGE, page
from tests.conformance.verdicts import Verdict, verdicts

MOST_REFUSED = 0.02
TOLD = ("wrong", "refused", "not exported")


def main() -> int:
    """Run all exporters, tell what is not right as it comes, and write the page."""
    count, seed = int(os.environ.get("COUNT") or 200), int(os.environ.get("SEED") or 1)
    python = str(make_environment(EXPORTERS, os.environ))
    results: list[Verdict] = []
    with ProcessPoolExecutor(os.cpu_count(), mp_context=get_context("forkserver")) as pool:
        for script in SCRIPTS:
            for several in pool.map(verdicts, exported(python, script, count, seed)):
                results += several
                _tell([verdict for verdict in several if verdict.word in TOLD])
            _tell_script(script, results)
    missed = [row for row in refusals(python) if row["want"] not in row["said"]]
    for row in missed:
        print(f"not refused as it should be: {row['want']}: {row['said']}", flush=True)
    keep(count, seed, results)
    PAGE.write_text(page(), encoding="utf-8")
    return 1 if missed or any(_is_bad(row["words"]) for row in summed(results)) else 0


def _tell(several: list[Verdict]) -> None:
    for verdict in several:
        where = f"{verdict.exporter}, {verdict.kind} {verdict.seed} {verdict.profile}".rstrip()
        print(f"{verdict.word}: {where}: {verdict.message[:300]}", flush=True)


def _tell_script(script: str, results: list[Verdict]) -> None:
    words = Counter(verdict.word for verdict in results)
    print(f"after {script}: " + ", ".join(f"{count} {word}" for word, count in sorted(words.items())), flush=True)


def _is_bad(words: dict[str, int]) -> bool:
    run = sum(words.get(word, 0) for word in ("right", "wrong", "refused"))
    return words.get("wrong", 0) > 0 or words.get("refused", 0) > MOST_REFUSED * run


if __name__ == "__main__":
    sys.exit(main())
