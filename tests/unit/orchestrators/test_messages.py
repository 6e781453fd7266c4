"""The messages between process and activities: they survive JSON, and each activity keeps to its own."""

import importlib
import inspect
import json
import re
import sys
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from typing import Any, Literal, get_args, get_origin, get_type_hints

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orchestrators import messages
from orchestrators.messages import AnyFailure, AnyRequest, Failed, Outcome, Overtaken, Request, outcomes_of
from quantum.jobs.lifecycle import Phase
from quantum.jobs.retry_state import FailureKind
from tests.support.builders import NOW, a_job

REQUESTS: tuple[type[Request[Any]], ...] = get_args(AnyRequest)
BASES = {Outcome, Failed}
OUTCOMES = tuple(
    kind
    for kind in vars(messages).values()
    if inspect.isclass(kind)
    and issubclass(kind, Outcome)
    and kind not in BASES
    and kind.__module__ == "orchestrators.messages"
)

texts = st.text(max_size=4)
numbers = st.integers() | st.floats(allow_nan=False, allow_infinity=False)
plain = st.recursive(
    st.none() | st.booleans() | numbers | texts,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(texts, inner, max_size=2),
    max_leaves=4,
)
SIMPLE: dict[Any, st.SearchStrategy[Any]] = {
    Any: plain,
    str: texts,
    int: st.integers(),
    float: numbers,
    bool: st.booleans(),
    type(None): st.none(),
}


def values_of(hint: Any) -> st.SearchStrategy[Any]:
    """Whatever a field of this type may hold."""
    origin, parts = get_origin(hint), get_args(hint)
    if hint in SIMPLE:
        return SIMPLE[hint]
    if is_dataclass(hint):
        hints = get_type_hints(hint)
        return st.builds(hint, **{field.name: values_of(hints[field.name]) for field in fields(hint)})
    if origin is Literal:
        return st.sampled_from(parts)
    if origin is tuple:
        return st.lists(values_of(parts[0]), max_size=2).map(tuple)
    if origin in (dict, Mapping):
        return st.dictionaries(texts, values_of(parts[1]), max_size=2)
    return st.one_of(map(values_of, parts)) if parts else st.sampled_from(hint)


@settings(deadline=None, max_examples=25)
@pytest.mark.parametrize("kind", REQUESTS, ids=lambda kind: kind.__name__)
@given(data=st.data())
def test_a_request_survives_the_wire(kind: type[Request[Any]], data: st.DataObject) -> None:
    """Whatever its fields hold, the activity is asked for what the process asks."""
    request = data.draw(values_of(kind))

    assert kind.from_wire(json.loads(json.dumps(request.to_wire()))) == request


@settings(deadline=None, max_examples=25)
@pytest.mark.parametrize("kind", OUTCOMES, ids=lambda kind: kind.__name__)
@given(data=st.data())
def test_an_outcome_survives_the_wire(kind: type[Outcome], data: st.DataObject) -> None:
    """By every request that may come to it."""
    outcome = data.draw(values_of(kind))
    sent = json.loads(json.dumps(outcome.to_wire()))
    askers = [request for request in REQUESTS if kind in outcomes_of(request).values()]

    assert askers
    assert [request.read_outcome(sent) for request in askers] == [outcome] * len(askers)


def test_every_outcome_has_a_word_of_its_own() -> None:
    """On the wire the word alone tells them apart."""
    words = [kind.word for kind in OUTCOMES]

    assert len(words) == len(set(words))
    assert {kind.word for kind in get_args(AnyFailure)} == set(get_args(FailureKind))
    assert {kind for kind in OUTCOMES if issubclass(kind, Failed)} == set(get_args(AnyFailure))


@pytest.mark.parametrize("request_", REQUESTS, ids=lambda kind: kind.__name__)
def test_an_activity_comes_to_what_its_request_names(request_: type[Request[Any]]) -> None:
    """It is registered by the request's name, takes that request, and returns no outcome but the request's own."""
    function = getattr(importlib.import_module(f"activities.{request_.activity}"), request_.activity)
    source = inspect.getsource(sys.modules[function.__module__])
    head = rf"async def {request_.activity}\(\s*message: {request_.__name__}, app: App\s*\) -> (.+):\n"
    returned = re.search(head, source)

    assert returned
    own = {kind for kind in outcomes_of(request_).values() if not issubclass(kind, (Failed, Overtaken))}
    assert set(returned[1].split(" | ")) == {kind.__name__ for kind in own}


def test_a_brief_request_says_what_the_whole_job_does() -> None:
    """Where it is and which job there it is about; its size is what each look costs in the history."""
    job = a_job(traceparent="00-" + "1" * 32 + "-" + "2" * 16 + "-01").moved_to(Phase.STAGING, NOW)
    brief, whole = messages.CheckJob.about(job), messages.RecordProgress(job)

    assert (brief.id, brief.phase, brief.target) == (whole.id, whole.phase, whole.target)
    assert (brief.traceparent, brief.remote_id) == (whole.traceparent, job.remote_id)
    assert brief.traced("x").traceparent == whole.traced("x").traceparent == "x"
    assert len(json.dumps(brief.to_wire())) < len(json.dumps(whole.to_wire())) / 3
