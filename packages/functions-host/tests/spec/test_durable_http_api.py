"""The durable HTTP API answers the SDK's own client, and anybody with the key, as the extension does."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
import pytest_asyncio
from azure.durable_functions import OrchestrationRuntimeStatus

from host_support.durable_app import START, Patterns, serve_patterns

# The SDK says once a process that it was not told the type of a value; plain JSON is what is meant here.
pytestmark = pytest.mark.filterwarnings("ignore:azure.functions df_loads:DeprecationWarning")

WEBHOOKS = "/runtime/webhooks/durabletask"


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def patterns(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Patterns]:
    """Serve the sample app, on a clock that stands still."""
    async with serve_patterns(tmp_path_factory.mktemp("state")) as patterns:
        with patterns.time_held():
            yield patterns


def key(patterns: Patterns) -> dict[str, str]:
    """Give the query by which an outsider shows the system key."""
    return {"code": patterns.host.system_key}


async def ended_as(patterns: Patterns, instance: str) -> OrchestrationRuntimeStatus:
    """Wait for an instance to end and ask the SDK how it did."""
    await patterns.ended(instance)
    status: OrchestrationRuntimeStatus = (await patterns.sdk.get_status(instance)).runtime_status
    return status


async def test_the_sdk_starts_and_follows(patterns: Patterns) -> None:
    """What start_new started, get_status shows, with the history and the input on demand."""
    instance = await patterns.sdk.start_new("hello_cities", None, ["Oslo"])

    await patterns.ended(instance)
    status = await patterns.sdk.get_status(instance, show_history=True, show_history_output=True, show_input=True)
    assert status.runtime_status is OrchestrationRuntimeStatus.Completed
    assert (status.name, status.instance_id, status.output) == ("hello_cities", instance, ["Hello Oslo!"])
    assert (status.created_time, status.input_) == (START, '["Oslo"]')
    greeted = status.historyEvents[1]
    assert (greeted["EventType"], greeted["FunctionName"], greeted["Result"]) == (
        "TaskCompleted",
        "say_hello",
        "Hello Oslo!",
    )


async def test_an_unknown_orchestrator_is_named(patterns: Patterns) -> None:
    """The SDK raises the extension's own sentence."""
    with pytest.raises(Exception, match=r"'nowhere' doesn't exist.*orchestrator functions: .*'hello_cities'"):
        await patterns.sdk.start_new("nowhere")


@pytest.mark.parametrize("instance", ["@entity", "a" * 101, "tab%09"])
async def test_an_impossible_id_is_refused(patterns: Patterns, instance: str) -> None:
    """Ids keep to what every storage takes."""
    answer = await patterns.http.post(f"{WEBHOOKS}/orchestrators/hello_cities/{instance}", params=key(patterns))

    assert answer.status_code == 400


async def test_a_running_id_is_refused_and_an_ended_one_replaced(patterns: Patterns) -> None:
    """Starting an instance again disturbs it never, and repeats it only once it has ended."""
    await patterns.sdk.start_new("ask_for_approval", "singleton")

    with pytest.raises(Exception, match="already exists"):
        await patterns.sdk.start_new("hello_cities", "singleton")
    await patterns.sdk.terminate("singleton", "enough")
    assert await ended_as(patterns, "singleton") is OrchestrationRuntimeStatus.Terminated
    await patterns.sdk.start_new("hello_cities", "singleton", ["Rome"])

    assert (await patterns.ended("singleton"))["output"] == ["Hello Rome!"]


async def test_lists_filter_and_page(patterns: Patterns) -> None:
    """Prefix, status and time of creation choose; a continuation header leads through the pages."""
    for number in range(3):
        await patterns.ended(await patterns.sdk.start_new("hello_cities", f"listed-{number}", []))
    await patterns.sdk.start_new("ask_for_approval", "listed-running")

    finished = await patterns.sdk.get_status_by(
        START - timedelta(hours=1),
        START + timedelta(hours=1),
        [OrchestrationRuntimeStatus.Completed],
        "listed-",
    )
    later = await patterns.sdk.get_status_by(created_time_from=START + timedelta(hours=1))
    everything = await patterns.sdk.get_status_all()
    pages = []
    token = ""
    while True:
        answer = await patterns.http.get(
            f"{WEBHOOKS}/instances",
            params={**key(patterns), "top": "2", "instanceIdPrefix": "listed-"},
            headers={"x-ms-continuation-token": token},
        )
        pages.append([status["instanceId"] for status in answer.json()])
        if not (token := answer.headers["x-ms-continuation-token"]):
            break

    assert [status.instance_id for status in finished] == ["listed-0", "listed-1", "listed-2"]
    assert later == []
    assert {"listed-0", "listed-running"} <= {status.instance_id for status in everything}
    assert pages == [["listed-0", "listed-1"], ["listed-2", "listed-running"]]


async def test_suspended_is_not_forgotten(patterns: Patterns) -> None:
    """A suspended instance takes its event only when it is resumed."""
    instance = await patterns.sdk.start_new("ask_for_approval")

    await patterns.sdk.suspend(instance, "lunch")
    await patterns.host.hub.wait_for(instance, lambda status: status["runtimeStatus"] == "Suspended")
    await patterns.sdk.raise_event(instance, "Approval", "yes")
    suspended = await patterns.sdk.get_status(instance)
    await patterns.sdk.resume(instance, "back")

    assert suspended.runtime_status is OrchestrationRuntimeStatus.Suspended
    assert (await patterns.ended(instance))["output"] == {"answer": '"yes"'}


async def test_what_has_ended_takes_nothing_more(patterns: Patterns) -> None:
    """Events for ended instances are refused; other commands for them change nothing."""
    instance = await patterns.sdk.start_new("hello_cities", None, [])
    await patterns.ended(instance)

    with pytest.raises(Exception, match="is gone"):
        await patterns.sdk.raise_event(instance, "Approval", "late")
    await patterns.sdk.terminate(instance, "late")
    await patterns.sdk.suspend(instance, "late")
    await patterns.sdk.resume(instance, "late")

    assert await ended_as(patterns, instance) is OrchestrationRuntimeStatus.Completed


async def test_the_unknown_is_not_found(patterns: Patterns) -> None:
    """There is no status, and no command, for an unknown id."""
    status = await patterns.sdk.get_status("nobody")
    purged = await patterns.sdk.purge_instance_history("nobody")

    assert not status
    assert purged.instances_deleted == 0
    for command in (patterns.sdk.terminate, patterns.sdk.suspend, patterns.sdk.resume, patterns.sdk.raise_event):
        with pytest.raises(Exception, match="No instance with ID"):
            await command("nobody", "reason")


async def test_purging_forgets_the_ended_only(patterns: Patterns) -> None:
    """One by its id, many by filters; running ones stay."""
    for number in range(3):
        await patterns.ended(await patterns.sdk.start_new("hello_cities", f"old-{number}", []))
    await patterns.sdk.start_new("ask_for_approval", "old-running")

    one = await patterns.sdk.purge_instance_history("old-0")
    running = await patterns.sdk.purge_instance_history("old-running")
    many = await patterns.sdk.purge_instance_history_by(
        START - timedelta(hours=1), None, [OrchestrationRuntimeStatus.Completed]
    )
    none = await patterns.sdk.purge_instance_history_by(START + timedelta(hours=1))

    assert (one.instances_deleted, running.instances_deleted, none.instances_deleted) == (1, 0, 0)
    assert many.instances_deleted >= 2
    left = await patterns.sdk.get_status_by(instance_id_prefix="old-")
    assert [status.instance_id for status in left] == ["old-running"]


async def test_status_codes_tell_how_it_stands(patterns: Patterns) -> None:
    """Running is 202 with an address, ended is 200, failed is 500 for those who ask for it."""
    running = await patterns.sdk.start_new("ask_for_approval")
    failed = await patterns.sdk.start_new("fail_at_once")
    await patterns.ended(failed)
    links = patterns.sdk.create_http_management_payload(failed)

    waiting = await patterns.http.get(patterns.sdk.create_http_management_payload(running)["statusQueryGetUri"])
    plain = await patterns.http.get(links["statusQueryGetUri"])
    strict = await patterns.http.get(links["statusQueryGetUri"] + "&returnInternalServerErrorOnFailure=true")

    assert (waiting.status_code, "Location" in waiting.headers) == (202, True)
    assert (plain.status_code, strict.status_code) == (200, 500)


async def test_starting_over_http_answers_with_links_or_the_output(patterns: Patterns) -> None:
    """Plain JSON is the input; a timeout asks for the output itself."""
    start = f"{WEBHOOKS}/orchestrators/hello_cities"

    links = await patterns.http.post(start, params=key(patterns), json=["Oslo"])
    output = await patterns.http.post(
        start, params={**key(patterns), "timeout": "20", "pollingInterval": "1"}, json=["Rome"]
    )
    broken = await patterns.http.post(start, params=key(patterns), content=b"[")

    assert (links.status_code, links.headers["Location"]) == (202, links.json()["statusQueryGetUri"])
    assert (await patterns.http.get(links.headers["Location"])).status_code in {200, 202}
    assert (output.status_code, output.json()) == (200, ["Hello Rome!"])
    assert broken.status_code == 400


async def test_restarting_runs_the_same_order_again(patterns: Patterns) -> None:
    """A restart has the same input, and by default a new id."""
    instance = await patterns.sdk.start_new("hello_cities", None, ["Oslo"])
    await patterns.ended(instance)

    again = await patterns.sdk.restart(instance)

    assert again["id"] != instance
    assert (await patterns.ended(again["id"]))["output"] == ["Hello Oslo!"]


async def test_rewinding_is_refused_in_words(patterns: Patterns) -> None:
    """The host explains what it does not support."""
    instance = await patterns.sdk.start_new("fail_at_once")
    await patterns.ended(instance)

    with pytest.raises(Exception, match="does not rewind"):
        await patterns.sdk.rewind(instance, "again")


@pytest.mark.parametrize("headers", [{}, {"x-functions-key": "guess"}, {"Authorization": "Basic Z3Vlc3M6Z3Vlc3M="}])
async def test_without_the_key_there_is_no_api(patterns: Patterns, headers: dict[str, str]) -> None:
    """Neither without a key nor with a wrong one, in header or query."""
    answer = await patterns.http.get(f"{WEBHOOKS}/instances", headers=headers)

    assert answer.status_code == 401


async def test_events_must_be_json(patterns: Patterns) -> None:
    """Other content is refused before it reaches the orchestration."""
    instance = await patterns.sdk.start_new("ask_for_approval")
    event = f"{WEBHOOKS}/instances/{instance}/raiseEvent/Approval"

    text = await patterns.http.post(event, params=key(patterns), content=b"yes", headers={"Content-Type": "text/plain"})
    broken = await patterns.http.post(
        event, params=key(patterns), content=b"{", headers={"Content-Type": "application/json"}
    )

    assert (text.status_code, broken.status_code) == (400, 400)
