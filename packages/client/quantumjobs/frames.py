"""Hands jobs and outcomes to pandas and matplotlib, where these are installed; neither is needed for anything else."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from quantumjobs.errors import MissingPackageError
from quantumjobs.outcomes import ranked, split_outcome, total_weight

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pandas as pd
    from matplotlib.axes import Axes

    from quantumjobs.jobs import JobView
    from quantumjobs.outcomes import Distribution
    from quantumjobs.prices import CostShare
    from quantumjobs.views import Target

COLUMNS = ("id", "phase", "name", "target", "provider_id", "shots", "created_at", "queue_seconds", "duration_seconds")
COLUMNS_OF_TARGET = ("id", "provider", "availability", "average_queue_seconds", "qubits", "price")
COLUMNS_OF_COSTS = ("name", "amount", "unit", "jobs", "own_estimates")
MOST_BARS = 16


def package(name: str, extra: str, what: str) -> Any:
    """Import a package, or raise MissingPackageError with the command that installs it."""
    try:
        return import_module(name)
    except ModuleNotFoundError as error:
        root = name.partition(".")[0]
        raise MissingPackageError(
            f"{what} needs {root}, which is not installed: pip install {root}, or quantumjobs[{extra}]"
        ) from error


def of_jobs(jobs: Iterable[JobView]) -> pd.DataFrame:
    """Make a row for each job; its cost and tags have columns too."""
    rows = [{**{name: getattr(job, name) for name in COLUMNS}, "cost": job.cost, "tags": job.tags} for job in jobs]
    return _frame(rows, (*COLUMNS, "cost", "tags"))


def of_targets(targets: Iterable[Target]) -> pd.DataFrame:
    """Make a row for each target."""
    rows = [
        {**{name: getattr(target, name) for name in COLUMNS_OF_TARGET}, "price": _text(target)} for target in targets
    ]
    return _frame(rows, COLUMNS_OF_TARGET)


def _text(target: Target) -> str | None:
    return None if target.price is None else str(target.price)


def of_costs(shares: Iterable[CostShare]) -> pd.DataFrame:
    """Make a row for what each target or provider has cost, in each unit."""
    rows = [{name: getattr(share, name) for name in COLUMNS_OF_COSTS} for share in shares]
    return _frame(rows, COLUMNS_OF_COSTS)


def of_outcomes(counted: Distribution) -> pd.DataFrame:
    """Make a row for each outcome, the most frequent first; a register with a name has a column of its own."""
    total = total_weight(counted)
    names = [register.name for register in counted.registers if register.name]
    rows = []
    for outcome, weight in ranked(counted):
        parts = split_outcome(outcome, counted.registers)
        own = {register.name: part for register, part in zip(counted.registers, parts, strict=False) if register.name}
        count = {"count": counted.counts[outcome]} if counted.counts else {}
        rows.append({"outcome": outcome, **own, **count, "probability": weight / total})
    return _frame(rows, ("outcome", *names, *(["count"] if counted.counts else []), "probability"))


def _frame(rows: list[Any], columns: Iterable[str]) -> pd.DataFrame:
    frame: pd.DataFrame = package("pandas", "data", "a data frame").DataFrame(rows, columns=list(columns))
    return frame


def plot(counted: Distribution, top: int = MOST_BARS, axes: Axes | None = None) -> Axes:
    """Draw the most frequent outcomes as bars, into a figure of their own unless axes are given."""
    shown = ranked(counted, top)
    place: Any = axes if axes is not None else package("matplotlib.pyplot", "plot", "a plot").subplots()[1]
    place.bar([outcome for outcome, _ in shown], [weight for _, weight in shown])
    place.set_xlabel("outcome")
    place.set_ylabel("count" if counted.counts else "probability")
    place.tick_params(axis="x", labelrotation=90 if len(shown) > 4 else 0)
    drawn: Axes = place
    return drawn
