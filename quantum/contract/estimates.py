"""The request of an estimate: the fields of an order, and the targets that it is estimated for."""

from dataclasses import replace

from quantum.contract.fields import Row, Table
from quantum.contract.kinds import NotYet, Several
from quantum.contract.orders import A_TARGET, ORDER

MOST_TARGETS = 64
NOT_FOR_BATCHES = NotYet("estimates of batches are not available yet: send the fields of one order")
BATCH: Table = {
    name: Row(name, NOT_FOR_BATCHES, "reserved for estimates of batches: left out")
    for name in ("order", "orders", "sweep", "jobs")
}
WHERE: Table = {
    "targets": Row(
        "targets",
        Several(A_TARGET, MOST_TARGETS, "target"),
        "the targets that it is estimated for; without it the order's own `target` and `fallbackTargets`, and without "
        "these every target of the workspace that takes the order",
        admits_null=True,
    ),
    "target": replace(ORDER["target"], is_required=False, meaning="the order's own target; not needed here"),
    "fallbackTargets": ORDER["fallbackTargets"],
}
RESOURCES = Row(
    "resources",
    NotYet('logical resources are not estimated here: pip install "qdk[qre]", and its module qdk.qre'),
    "reserved for estimates of logical resources: false, or left out",
)
ESTIMATE: Table = {**WHERE, **{name: row for name, row in ORDER.items() if name not in WHERE}, **BATCH} | {
    RESOURCES.name: RESOURCES
}
