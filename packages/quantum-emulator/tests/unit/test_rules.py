"""The emulator's rules as plain functions: the table of moves, jobs, sessions, settings and behaviour."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

import quantum_emulator as emulator
from quantum_emulator import jobs, sessions
from quantum_emulator.behaviour import Behaviour
from quantum_emulator.clock import Clock
from quantum_emulator.errors import ProgramError, ServiceError
from quantum_emulator.jobs import Job
from quantum_emulator.lifecycle import FINAL, MOVES, WORDS, Event, IllegalMoveError, State, diagram, move
from quantum_emulator.operations.definitions import job_definition
from quantum_emulator.sessions import Session
from quantum_emulator.settings import Settings, configured
from quantum_emulator.storage import Bare
from quantum_emulator.targets import DEFAULT_TARGETS, InvalidSettingError, Target, described, patched

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def a_job(**changes: Any) -> Job:
    """A job that waits one second."""
    job = Job(
        id="id",
        workspace="w",
        name="n",
        target="ionq.simulator",
        provider="ionq",
        container="c",
        input_container="c",
        input_blob="inputData",
        submitted={"inputDataFormat": "qir.v1", "outputDataFormat": "ionq.quantum-results.v1"},
        created=NOW,
        modified=NOW,
        starts_at=NOW + SECOND,
    )
    return replace(job, **changes)


@pytest.mark.parametrize("state", list(State))
@pytest.mark.parametrize("event", list(Event))
def test_only_the_moves_of_the_table_are_possible(state: State, event: Event) -> None:
    """A move outside the table raises; one inside gives its state."""
    if event in MOVES[state]:
        assert move(state, event) is MOVES[state][event]
    else:
        with pytest.raises(IllegalMoveError, match=f"{state} cannot {event}"):
            move(state, event)


def test_every_state_has_a_word_in_both_vocabularies() -> None:
    """No state is without a word, and only V1 hides that a job is being cancelled."""
    assert all(set(words) == set(State) for words in WORDS.values())
    assert WORDS["V1"][State.CANCELLING] == WORDS["V1"][State.EXECUTING]


def test_the_readme_draws_the_table() -> None:
    """The diagram in the README is the one that the table draws."""
    readme = Path(*emulator.__path__).parent / "README.md"

    assert diagram() in readme.read_text(encoding="utf-8")


def test_a_final_job_is_never_due() -> None:
    """Time moves a job on until it ends, and never after."""
    started = jobs.start(a_job(), NOW, 5 * SECOND, seed=1)
    cancelling = jobs.cancel(started, NOW, SECOND)

    assert a_job().due == NOW + SECOND
    assert started.due == NOW + 5 * SECOND
    assert cancelling.due == NOW + SECOND
    assert jobs.stop(cancelling, NOW).due is None
    assert all(a_job(state=state).due is None for state in FINAL)


def test_the_output_address_changes_with_success() -> None:
    """A provider's own format is found in rawOutputData, but only after success."""
    started = jobs.start(a_job(), NOW, SECOND, seed=1)

    ended = jobs.finish(started, NOW, jobs.charge(10, 0.5))

    assert (started.output_blob, ended.output_blob) == ("outputData", "rawOutputData")
    assert jobs.view(ended, "V2", Bare("http://s/a"))["outputDataUri"] == "http://s/a/c/rawOutputData"


@pytest.mark.parametrize(
    ("word", "params", "shots"),
    [
        ("qir.v1", {"shots": 10}, 10),
        ("rigetti.quil.v1", {"shots": 10}, 10),
        ("rigetti.quil.v1", {"shots": 10, "substitutions": {"theta": [[0.0], [1.0], [2.0]]}}, 30),
        ("qir.v1", {"shots": 10, "substitutions": "not Quil's"}, 10),
        ("qir.v1", {"shots": 10, "items": [{"entryPoint": "a"}, {"entryPoint": "b"}]}, 20),
        ("microsoft.qio.v2", {"params": {"timeout": 5}}, 0),
    ],
)
def test_a_job_is_charged_for_the_shots_that_it_ran(word: str, params: dict[str, Any], shots: int) -> None:
    """Quil runs once for each set of values, QIR for each item; a solver has no shots."""
    job = a_job(submitted={"inputDataFormat": word, "inputParams": params})

    assert job.charged_shots == shots


def test_items_are_entry_points_and_their_arguments() -> None:
    """As Microsoft's providers send them; a name may be missing."""
    assert jobs.read_items([]) == ()
    assert jobs.read_items([{"entryPoint": "main", "arguments": [], "other": 1}, {}]) == (
        {"entryPoint": "main", "arguments": []},
        {"entryPoint": None, "arguments": []},
    )


@pytest.mark.parametrize("items", [{}, "main", ["main"], [{"entryPoint": 1}], [{"arguments": {"n": 1}}], [{}] * 1001])
def test_items_of_another_shape_are_refused(items: object) -> None:
    """The reason says what they are."""
    with pytest.raises(ProgramError, match="'items' must be a list of at most 1000 objects with an entryPoint"):
        jobs.read_items(items)


def test_a_job_survives_the_store() -> None:
    """Encoding and decoding gives the same job."""
    job = jobs.fail(jobs.start(a_job(tags=["x"]), NOW, SECOND, seed=1), NOW, ProgramError("C", "m"))

    assert jobs.decode(jobs.encode(job)) == job


def a_session(**changes: Any) -> Session:
    """An open session."""
    session = Session(
        id="s", workspace="w", name="n", provider="p", target="t", policy="Abort", submitted={}, created=NOW
    )
    return replace(session, **changes)


def test_a_session_survives_the_store() -> None:
    """Encoding and decoding gives the same session, open or closed."""
    for session in (a_session(), a_session(closed=NOW)):
        assert sessions.decode(sessions.encode(session)) == session


@pytest.mark.parametrize(
    ("changes", "states", "status"),
    [
        ({}, [], "Waiting"),
        ({}, [State.EXECUTING], "Executing"),
        ({}, [State.FAILED], "Failed"),
        ({"policy": "Continue"}, [State.FAILED], "Executing"),
        ({"closed": NOW}, [], "Succeeded"),
        ({"closed": NOW}, [State.SUCCEEDED, State.FAILED], "Failure(s)"),
        ({"closed": NOW}, [State.FAILED], "Failed"),
        ({"closed": NOW}, [State.EXECUTING], "Executing"),
    ],
)
def test_a_sessions_status_follows_from_its_jobs(changes: dict[str, Any], states: list[State], status: str) -> None:
    """Its policy, its jobs and whether it is closed say what it is."""
    members = [a_job(state=state, began=NOW, ends_at=NOW) for state in states]

    assert sessions.status(a_session(**changes), members, NOW + SECOND) == status


def test_an_idle_session_times_out_only_without_active_jobs() -> None:
    """A job that still runs keeps its session alive."""
    later = NOW + sessions.IDLE
    running = a_job(state=State.EXECUTING, began=NOW, ends_at=NOW)

    assert sessions.status(a_session(), [running], later) == "Executing"
    assert sessions.status(a_session(), [], later) == "TimedOut"
    assert not sessions.accepts_jobs(a_session(), [], later)


def test_a_patch_replaces_only_what_it_names() -> None:
    """Nested behaviour is patched field by field."""
    target = patched(DEFAULT_TARGETS[0], {"queueSeconds": 3, "failure": {"next": 2}, "formats": ["qir.v1"]})

    assert (target.queue_seconds, target.failure.next, target.formats) == (3, 2, ("qir.v1",))
    assert target.failure.error_data == DEFAULT_TARGETS[0].failure.error_data
    assert described(target)["failure"]["next"] == 2


@pytest.mark.parametrize(
    ("patch", "path"),
    [
        ({"queue": 1}, "queue"),
        ({"queueSeconds": "1"}, "queueSeconds"),
        ({"queueSeconds": True}, "queueSeconds"),
        ({"queueSeconds": -1}, "queueSeconds"),
        ({"numQubits": 1.5}, "numQubits"),
        ({"availability": "Gone"}, "availability"),
        ({"throttle": {"perSecond": "x"}}, "throttle.perSecond"),
        ({"formats": "qir.v1"}, "formats"),
        ([], "object"),
    ],
)
def test_a_wrong_patch_is_named(patch: object, path: str) -> None:
    """The message holds the path of the faulty field."""
    with pytest.raises(InvalidSettingError, match=path):
        patched(DEFAULT_TARGETS[0], patch)


def test_a_configuration_lays_over_the_settings() -> None:
    """Every part of the file arrives, and a new target may be invented."""
    document = {
        "key": "k",
        "seed": 5,
        "settle": True,
        "sessionIdleSeconds": 60,
        "workspace": {"subscriptionId": "S", "resourceGroup": "G", "name": "W"},
        "limits": {"seconds": 2.5},
        "targets": {"ionq.simulator": {"numQubits": 3}, "acme.qpu": {"numQubits": 4}},
    }

    settings = configured(Settings(storage=""), document)

    targets = {target.id: target for target in settings.targets}
    assert (settings.key, settings.seed, settings.settle, settings.workspace) == ("k", 5, True, "s/g/w")
    assert (settings.session_idle, settings.limits.seconds) == (timedelta(minutes=1), 2.5)
    assert (targets["ionq.simulator"].num_qubits, targets["acme.qpu"].provider) == (3, "acme")


@pytest.mark.parametrize(
    "document",
    [[], {"colour": 1}, {"seed": "x"}, {"workspace": {}}, {"sessionIdleSeconds": 0}, {"targets": []}, {"limits": 1}],
)
def test_a_wrong_configuration_is_refused(document: object) -> None:
    """A setting that cannot be stops the start."""
    with pytest.raises(InvalidSettingError):
        configured(Settings(storage=""), document)


def test_a_seed_fixes_each_jobs_own() -> None:
    """Different jobs get different seeds; the same job always the same."""
    settings = Settings(storage="", seed=1)

    assert settings.seed_for("a") == settings.seed_for("a") != settings.seed_for("b")


def test_failures_that_were_asked_for_are_used_up() -> None:
    """Of the next so many executions each takes one."""
    behaviour = Behaviour((Target("a.b", "a", 1, ()),), seed=None)
    behaviour.patch("a.b", {"failure": {"next": 2}})

    assert [behaviour.failure_of("a.b", "job") is None for _ in range(3)] == [False, False, True]
    behaviour.patch("a.b", {"failure": {"probability": 1}})
    assert behaviour.failure_of("a.b", "job") is not None


def test_a_target_that_is_gone_has_no_qubits() -> None:
    """Jobs of a target that is no longer configured can still be shown."""
    assert Behaviour((), seed=None).of("old.target") == Target("old.target", "old", 0, ())


def test_a_clock_never_goes_back() -> None:
    """It reads its source, moved forward."""
    clock = Clock(lambda: NOW)
    clock.advance(SECOND)

    assert clock.now() == NOW + SECOND
    with pytest.raises(ValueError, match="go back"):
        clock.advance(-SECOND)


class OneAccount:
    """Storage that knows every address of one account."""

    def locate(self, uri: str, name: str) -> tuple[str, str]:
        """Split the address; the name is for errors only."""
        del name
        container, _, blob = uri.partition("?")[0].removeprefix("http://s/").partition("/")
        return container, blob


def test_definitions_are_compared_without_what_may_differ() -> None:
    """Nulls, read-only fields and SAS do not make another definition."""
    body = {"name": "n", "providerId": "P", "target": "t", "containerUri": "http://s/c?sig=1", "inputDataFormat": "f"}

    first = job_definition("id", body, OneAccount())
    second = job_definition("id", {**body, "containerUri": "http://s/c?sig=2", "tags": None, "id": "id"}, OneAccount())

    assert first == second
    assert (first.provider, first.input_container, first.input_blob) == ("p", "c", "inputData")
    with pytest.raises(ServiceError, match="jobId"):
        job_definition("../id", body, OneAccount())
