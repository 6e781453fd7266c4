"""A fault for tests: the turns of some instances are withheld, and all run after release."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from functions_host.clock import VirtualClock
from functions_host.durable.task_hub import DurableSettings, TaskHub
from functions_host.journal import Journal
from host_support.sdk_app import Context, SdkApp, Steps

START = datetime(2026, 11, 1, tzinfo=UTC)
# The SDK says once a process that it was not told the type of a value; plain JSON is what is meant here.
pytestmark = pytest.mark.filterwarnings("ignore:azure.functions df_loads:DeprecationWarning")


def rest(context: Context) -> Steps:
    """Pause for an hour."""
    yield context.create_timer(context.current_utc_datetime + timedelta(hours=1))
    return "rested"


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    """A journal in a file."""
    with Journal(tmp_path / "journal.sqlite") as journal:
        yield journal


async def test_some_instances_stand_still_and_the_others_go_on(journal: Journal) -> None:
    """Which ones follows from their ids, so a hub that starts anew withholds the same; another lets them go on."""
    app, clock, ids = SdkApp({"rest": rest}, {}), VirtualClock(START), [f"instance-{number}" for number in range(12)]
    hub = TaskHub(app, journal, clock, DurableSettings(withholds_turns_of_every=3))
    for instance_id in ids:
        await hub.start_instance("rest", instance_id)
    withheld = set(hub.withheld)
    for instance_id in set(ids) - withheld:
        await hub.wait_for(instance_id)
    standing = {hub.status(instance_id)["runtimeStatus"] for instance_id in withheld}  # type: ignore[index]  # known
    await hub.stop()
    again = TaskHub(app, journal, clock, DurableSettings(withholds_turns_of_every=3))
    await again.start()
    still = set(again.withheld)
    again.release_turns()
    ended = [(await again.wait_for(instance_id))["output"] for instance_id in withheld]
    await again.stop()

    assert withheld
    assert (standing, still) == ({"Pending"}, withheld)
    assert ended == ["rested"] * len(withheld)


async def test_a_timer_that_rings_meanwhile_is_not_lost(journal: Journal) -> None:
    """Its turn comes late."""
    clock = VirtualClock(START)
    hub = TaskHub(SdkApp({"rest": rest}, {}), journal, clock, DurableSettings())
    with clock.busy():
        instance_id = await hub.start_instance("rest")
        await hub.wait_for(instance_id, lambda status: status["runtimeStatus"] == "Running")
        hub.withhold_turns(of_every=1)
        clock.advance(timedelta(hours=3))
        withheld = hub.withheld
        hub.release_turns()
        ended = await hub.wait_for(instance_id)
    await hub.stop()

    assert withheld == (instance_id,)
    assert ended["output"] == "rested"
