"""A sweep whose host is killed again and again: each member is one job and one execution, and the batch one answer."""

from pathlib import Path
from random import Random
from typing import Any

from quantum.batches.expand import member_id
from tests.crash.lane import Lane
from tests.crash.paths import SIMULATOR, a_name, persistently
from tests.crash.test_soak import passed, soaked

SAMPLE, ALL = 60, 500
KILLS_OF_SAMPLE, KILLS_OF_ALL = 4, 20
SEED = 20_261_201
ROTATION = """
OPENQASM 3.0;
include "stdgates.inc";
input float theta;
qubit q;
bit c;
ry(theta) q;
c = measure q;
"""


def a_sweep(members: int) -> dict[str, Any]:
    """A rotation by so many angles: the batch alone is answered."""
    order = {"shots": 20, "target": SIMULATOR, "input": {"format": "openqasm3", "text": ROTATION}}
    grid = {"theta": {"from": 0, "to": 3.14, "count": members}}
    return {"name": "rotation", "order": order, "sweep": {"grid": grid}, "window": 50}


async def killed_while_it_runs(lane: Lane, batch_id: str, kills: int, chance: Random) -> None:
    """Kill the host at any instant until the batch has its answer, so many times at most."""
    while lane.host.kills < kills and batch_id not in lane.answers:
        await passed(chance.uniform(0.4, 1.6))
        lane.host.kill()
        await lane.receive()


async def test_a_sweep_survives_kills_of_its_host(tmp_path: Path, chaos: bool) -> None:  # noqa: FBT001 a fixture
    """SIGKILL at random instants: no member twice in the ledger of the workspace, and one answer for all of them."""
    members, kills = (ALL, KILLS_OF_ALL) if chaos else (SAMPLE, KILLS_OF_SAMPLE)
    async with soaked(tmp_path) as (services, lane):
        key = a_name()
        request = a_sweep(members)
        batch = await persistently(lambda: lane.client.submit_batch(request, idempotency_key=key))
        await killed_while_it_runs(lane, batch.id, kills, Random(SEED))  # noqa: S311 - no secret
        await lane.finished(batch.id)
        ended = await lane.client.batch(batch.id)
        ids = [member_id(batch.id, number) for number in range(members)]
        table = await lane.client.batch_table(batch.id)
        ledger = await services.ledger()

    assert lane.host.kills > 1
    assert (ended.phase, ended.by_phase) == ("succeeded", {"succeeded": members})
    assert {answer["id"] for answer in lane.answers[batch.id]} == {f"{batch.id}-succeeded"}
    assert lane.answers.keys() == {batch.id}
    assert {name: counts for name, counts in ledger.items() if counts != {"jobs": 1, "executions": 1}} == {}
    assert ledger.keys() == set(ids)
    assert [row.id for row in table.rows] == ids
