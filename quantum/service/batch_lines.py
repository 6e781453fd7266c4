"""Reads the orders of a batch from a blob with one order a line (JSON Lines)."""

from typing import Any

from quantum.batches.read import InvalidBatchError
from quantum.contract.batches import MAX_MEMBERS
from quantum.contract.fields import Fault
from quantum.jobs.errors import NotFoundError
from quantum.orders.read import MAX_ORDER_ITEMS
from quantum.ports import BlobStore
from quantum.wire import strict_json

PLACE = "orders.blob"
MAX_BYTES = 16 * 1024 * 1024


async def read_lines(blobs: BlobStore, path: str) -> tuple[list[Any], dict[int, str]]:
    """Read the orders, without empty lines, and what is wrong with lines that are no JSON, by number.

    Raises InvalidBatchError for a blob that is missing, empty or too large.
    """
    try:
        blob = await blobs.open(path)
    except NotFoundError as error:
        raise _faulty(f"there is no {path}: upload it first") from error
    if blob.size > MAX_BYTES:
        raise _faulty(f"is {blob.size:,} bytes; {MAX_BYTES:,} are allowed: send several batches")
    content = await blob.read()
    lines = [line for line in content.splitlines() if line.strip()]
    if not 0 < len(lines) <= MAX_MEMBERS:
        raise _faulty(f"has {len(lines):,} lines; it needs one for each order, from 1 to {MAX_MEMBERS:,}")
    if content.count(b",") > MAX_ORDER_ITEMS:
        raise _faulty(f"has more than {MAX_ORDER_ITEMS:,} commas: send several batches")
    return _parsed(lines)


def _parsed(lines: list[bytes]) -> tuple[list[Any], dict[int, str]]:
    orders: list[Any] = []
    faults: dict[int, str] = {}
    for number, line in enumerate(lines):
        try:
            orders.append(strict_json.loads(line, unbounded="arguments"))
        except strict_json.InvalidJsonError as error:
            orders.append(None)
            faults[number] = f"is no order: {error}"
    return orders, faults


def _faulty(reason: str) -> InvalidBatchError:
    return InvalidBatchError([Fault(PLACE, reason)])
