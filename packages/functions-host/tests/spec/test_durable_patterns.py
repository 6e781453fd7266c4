"""The well-known Durable patterns run in the embedded host as they do in Azure, months in moments."""

import json
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
import pytest_asyncio

from host_support.durable_app import Patterns, serve_patterns, took

# The SDK says once a process that it was not told the type of a value; plain JSON is what is meant here.
pytestmark = pytest.mark.filterwarnings("ignore:azure.functions df_loads:DeprecationWarning")


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def patterns(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Patterns]:
    """Serve the sample app."""
    async with serve_patterns(tmp_path_factory.mktemp("state")) as patterns:
        yield patterns


async def test_chained_activities_run_in_turn(patterns: Patterns) -> None:
    """Each activity's result reaches the orchestrator before the next one starts."""
    status = await patterns.ended(await patterns.start("hello_cities", ["Oslo", "Rome"]))

    assert status["output"] == ["Hello Oslo!", "Hello Rome!"]
    assert status["customStatus"] == {"greeted": 2}


async def test_a_caller_may_wait_for_the_output(patterns: Patterns) -> None:
    """A function that waits for completion through the SDK's client answers with the output itself."""
    answer = await patterns.http.post("/api/run/hello_cities", json=["Oslo"])

    assert (answer.status_code, answer.json()) == (200, ["Hello Oslo!"])


@pytest.mark.parametrize(("numbers", "total"), [(0, 0), (1, 0), (60, 70210)])
async def test_fanned_out_activities_come_back_together(patterns: Patterns, numbers: int, total: int) -> None:
    """However many activities are started at once, each result is counted once."""
    assert await patterns.outcome("add_squares", numbers) == total


async def test_a_monitor_looks_until_it_sees(patterns: Patterns) -> None:
    """A loop over durable timers takes the hours that it says, and no real ones."""
    status = await patterns.ended(await patterns.start("watch_weather", {"hours": 500, "clearAt": 40}))

    assert status["output"] == {"clear": True, "looks": 40}
    assert took(status) == timedelta(hours=39)


async def test_a_monitor_gives_up_at_its_deadline(patterns: Patterns) -> None:
    """Time in the orchestrator is the time of its turns."""
    assert await patterns.outcome("watch_weather", {"hours": 5, "clearAt": 9}) == {"clear": False, "looks": 5}


async def test_a_person_answers_in_time(patterns: Patterns) -> None:
    """An event wins over the timer; its JSON body arrives as the value that it is, whatever the name's case."""
    with patterns.time_held():
        instance = await patterns.start("ask_for_approval")
        event = patterns.sdk.create_http_management_payload(instance)["sendEventPostUri"]

        answer = await patterns.http.post(event.replace("{eventName}", "approval"), json={"by": "Ada"})

        assert answer.status_code == 202
    status = await patterns.ended(instance)
    assert status["output"] == {"answer": {"by": "Ada"}}
    assert took(status) == timedelta(0)


async def test_the_sdk_sends_events_as_json_text(patterns: Patterns) -> None:
    """As in Azure, what the SDK's own client raises arrives as JSON text: it is encoded twice."""
    with patterns.time_held():
        instance = await patterns.start("ask_for_approval")

        answer = await patterns.http.post(f"/api/events/{instance}/Approval", json={"by": "Ada"})

        assert answer.status_code == 202
    output = (await patterns.ended(instance))["output"]
    assert json.loads(output["answer"]) == {"by": "Ada"}


async def test_nobody_answers(patterns: Patterns) -> None:
    """Without the event the timer wins, at its time."""
    status = await patterns.ended(await patterns.start("ask_for_approval"))

    assert status["output"] == "escalated"
    assert took(status) == timedelta(days=3)


async def test_an_eternal_orchestration_keeps_no_past(patterns: Patterns) -> None:
    """Each continue-as-new begins with an empty history, while the custom status stays visible."""
    status = await patterns.ended(await patterns.start("count_down", 50))

    history = patterns.host.hub.status(status["instanceId"], show_history=True)
    assert status["output"] == "lift-off"
    assert took(status) == timedelta(minutes=50)
    assert history is not None
    assert [event["EventType"] for event in history["historyEvents"]] == ["ExecutionStarted", "ExecutionCompleted"]


async def test_events_outlive_continue_as_new(patterns: Patterns) -> None:
    """Events that come faster than they are taken wait for the next execution, in their order."""
    instance = await patterns.start("collect_events", {"seen": [], "wanted": 7})

    for number in range(7):
        await patterns.host.hub.raise_event(instance, "item", json.dumps(number))

    assert (await patterns.ended(instance))["output"] == list(range(7))


async def test_orchestrations_call_orchestrations(patterns: Patterns) -> None:
    """Children run beside each other, and their outputs come back in the order of the calls."""
    output = await patterns.outcome("greet_continents", {"Asia": ["Tokyo", "Seoul"], "Africa": ["Lagos"]})

    assert output == [["Hello Lagos!"], ["Hello Tokyo!", "Hello Seoul!"]]


async def test_a_childs_failure_is_an_exception(patterns: Patterns) -> None:
    """The parent hears what failed in which function, and goes on."""
    instance = await patterns.start("survive_a_child")

    status = await patterns.ended(instance)

    assert status["runtimeStatus"] == "Completed"
    assert "'fail_at_once' failed: Activity function 'stumble' failed: ValueError" in status["output"]
    child = patterns.host.hub.status(f"{instance}-child")
    assert child is not None
    assert child["runtimeStatus"] == "Failed"


async def test_a_failed_activity_is_tried_again(patterns: Patterns) -> None:
    """Attempts keep their pause, and the ids of what runs beside them stay right."""
    order = {"name": "third time", "succeedAt": 3, "attempts": 5, "cities": ["Oslo", "Rome", "Lagos"]}

    status = await patterns.ended(await patterns.start("try_again", order))

    assert status["output"] == [3, "Hello Oslo!", "Hello Rome!", "Hello Lagos!", "Hello again!"]
    assert took(status) == timedelta(minutes=2)


async def test_attempts_run_out(patterns: Patterns) -> None:
    """The last failure is the one that is told, after one more pause, as in Azure."""
    order = {"name": "never", "succeedAt": 0, "attempts": 3, "cities": ["Oslo"]}

    status = await patterns.ended(await patterns.start("try_again", order))

    assert status["runtimeStatus"] == "Failed"
    assert "attempt 3 stumbled" in status["output"]
    assert took(status) == timedelta(minutes=3)


async def test_a_failed_child_is_tried_again(patterns: Patterns) -> None:
    """A retried sub-orchestration runs anew each time."""
    assert await patterns.outcome("try_child_again", {"name": "child", "succeedAt": 2}) == 2


@pytest.mark.parametrize(
    ("name", "order", "reason"),
    [
        ("call_nobody", None, "The function 'nobody' doesn't exist"),
        ("use_entity", None, "entity '@counter@mine'"),
        ("change_its_mind", None, "Non-Deterministic workflow detected"),
        ("set_large_status", 8191, "larger than 16 KB"),
    ],
)
async def test_what_cannot_be_done_fails_with_its_reason(
    patterns: Patterns, name: str, order: object, reason: str
) -> None:
    """An orchestration that cannot go on ends as Failed, and its output says why."""
    status = await patterns.ended(await patterns.start(name, order))

    assert status["runtimeStatus"] == "Failed"
    assert status["output"].startswith(f"Orchestrator function '{name}' failed: ")
    assert reason in status["output"]


async def test_a_custom_status_may_fill_its_size(patterns: Patterns) -> None:
    """16 KB of UTF-16 are allowed, quotation marks included."""
    status = await patterns.ended(await patterns.start("set_large_status", 8190))

    assert (status["runtimeStatus"], len(status["customStatus"])) == ("Completed", 8190)
