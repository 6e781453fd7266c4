"""The columns of the row of places that only urgencies and limits by key need, each within 64 KiB."""

from base64 import b64decode
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from struct import Struct

from quantum.adapters.table_wire import Row
from quantum.jobs.places import Line

KEYS = Struct(">6s6s6s")  # of the target, the workspace and the tenant
START = Struct(">6sIH")  # key, when the slot ends to count, starts: at most 65,535 of a slot are counted
NO_KEYS = KEYS.size * b"\0"
MOST = 0xFFFF


def pack(line: Line) -> dict[str, bytes]:
    """Encode what belongs to waiters, to holders, and the starts."""
    starts = (
        START.pack(bytes.fromhex(key), end, min(count, MOST))
        for key, slots in line.starts.items()
        for end, count in slots.items()
    )
    return {
        "urgencies": b"".join(each.urgency.to_bytes(signed=True) for each in line.waiters),
        "waiterKeys": _packed(each.keys for each in line.waiters),
        "holderKeys": _packed(line.keys.get(job_id, ()) for job_id in line.holders),
        "starts": b"".join(starts),
    }


def unpack(line: Line, row: Row) -> Line:
    """Decode the columns, and put them into a line that has all else."""
    urgencies, waiter_keys, holder_keys, starts = (
        b64decode(row[name]) for name in ("urgencies", "waiterKeys", "holderKeys", "starts")
    )
    waiters = tuple(
        replace(each, urgency=int.from_bytes(urgencies[number : number + 1], signed=True), keys=keys)
        for number, (each, keys) in enumerate(zip(line.waiters, _unpacked(waiter_keys), strict=True))
    )
    keys = {job_id: keys for job_id, keys in zip(line.holders, _unpacked(holder_keys), strict=True) if keys}
    return replace(line, waiters=waiters, keys=keys, starts=_starts(starts))


def _packed(keys: Iterable[tuple[str, ...]]) -> bytes:
    return b"".join(KEYS.pack(*map(bytes.fromhex, each)) if each else NO_KEYS for each in keys)


def _unpacked(content: bytes) -> Iterator[tuple[str, ...]]:
    for each in KEYS.iter_unpack(content):
        yield tuple(key.hex() for key in each) if any(map(any, each)) else ()


def _starts(content: bytes) -> Mapping[str, Mapping[int, int]]:
    starts: dict[str, dict[int, int]] = {}
    for key, end, count in START.iter_unpack(content):
        starts.setdefault(key.hex(), {})[end] = count
    return starts
