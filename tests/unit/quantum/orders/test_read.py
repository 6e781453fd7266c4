"""An order is read whole, or refused with everything that is wrong with it, by field."""

import json
from base64 import b64encode
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quantum.contract.fields import MAX_UNKNOWN, Fault
from quantum.contract.kinds import Limits, printable
from quantum.contract.orders import ORDER, SubmittedOrder
from quantum.jobs.errors import InvalidOrderError
from quantum.orders.read import MAX_ORDER_BYTES, order_from, parse_order
from quantum.programs.formats import FORMATS
from quantum.wire import codec
from tests.support.builders import BELL, a_submitted_order, an_order_body

LIMITS = Limits(max_shots=10_000)
PRINTED = "bytes as Python prints them (b'…'): send the bytes themselves, or their text by `.decode()`"


def faults_of(body: bytes) -> dict[str, str]:
    """What is wrong with an order: reasons by field."""
    with pytest.raises(InvalidOrderError) as refused:
        parse_order(body, LIMITS)
    return {fault.field: fault.reason for fault in refused.value.faults}


def test_a_right_order_is_read_as_it_is() -> None:
    """Every field arrives, in our own terms."""
    body = an_order_body(
        params={"theta": 0.5},
        tags={"team": "chem", "cost.centre": "4711"},
        workspace="default",
        deadline="PT2H",
        fallbackTargets=["quantinuum.sim.h2-1e"],
        entryPoint="Test.Main",
        arguments=[3, True, "PauliX"],
        maxCost=None,
        reuseResult=False,
    )

    assert parse_order(body, LIMITS) == a_submitted_order(
        params={"theta": 0.5},
        tags={"team": "chem", "cost.centre": "4711"},
        deadline="PT2H",
        fallback_targets=("quantinuum.sim.h2-1e",),
        entry_point="Test.Main",
        arguments=(3, True, "PauliX"),
    )


def test_an_order_without_a_name_is_called_after_its_target_and_operation() -> None:
    """A list of jobs is readable even for the lazy."""
    assert parse_order(an_order_body(name=None), LIMITS).order.name == "ionq.simulator"
    assert parse_order(an_order_body(name=None, entryPoint="A.B"), LIMITS).order.name == "ionq.simulator:A.B"


def test_what_is_null_is_as_good_as_left_out() -> None:
    """A client may write every optional field."""
    optional = {"deadline": None, "entryPoint": None, "maxCost": None, "reuseResult": False}

    body = json.dumps(json.loads(an_order_body()) | optional).encode()

    assert parse_order(body, LIMITS) == a_submitted_order()


def test_what_is_right_of_a_faulty_order_can_be_looked_at_further() -> None:
    """Its target and its program may have faults of their own."""
    with pytest.raises(InvalidOrderError) as refused:
        parse_order(an_order_body(shots=0), LIMITS)

    assert refused.value.rest == a_submitted_order(shots=1)


@pytest.mark.parametrize("body", [b"[]", b"{}", an_order_body(target="a/b")])
def test_of_an_order_without_a_target_nothing_can_be_looked_at(body: bytes) -> None:
    """There is no machine to ask about."""
    with pytest.raises(InvalidOrderError) as refused:
        parse_order(body, LIMITS)

    assert refused.value.rest is None


def test_everything_that_is_wrong_is_named_at_once() -> None:
    """Nobody mends an order fault by fault."""
    body = json.dumps({"shots": 0, "targt": "x", "input": {"format": "openqasm4", "txt": ""}, "deadline": "soon"})

    assert faults_of(body.encode()) == {
        "targt": "is not a field here; did you mean 'target'?",
        "target": "is missing",
        "shots": "must be between 1 and 10,000",
        "deadline": 'must be an ISO 8601 duration of days, hours, minutes and seconds, such as "PT2H"',
        "input.txt": "is not a field here; did you mean 'text'?",
        "input.format": f"is not a format that is known here; known are {', '.join(FORMATS)};"
        " did you mean 'openqasm3'?",
        "input": "needs exactly one of text, base64 and blob",
    }


@pytest.mark.parametrize(
    ("field", "value", "reason"),
    [
        ("name", 7, "must be text, not a number"),
        ("name", "", "must not be empty"),
        ("name", "a" * 10_000, "is 10,000 characters long; 128 are allowed"),
        ("name", "a/b", "may hold only letters, digits, blanks and . _ : + - ( ) [ ] = , @ #,"),
        ("name", "a..b", "may hold only"),
        ("name", "a\nb", "may hold only"),
        ("name", "-a", "may hold only"),
        ("target", {"a": 1}, "must be text, not an object"),
        ("target", "a/b", "may hold only letters, digits and . _ -"),
        ("target", "..", "may hold only"),
        ("shots", 0, "must be between 1 and 10,000"),
        ("shots", 10_000_000, "must be between 1 and 10,000"),
        ("shots", True, "must be a whole number, not true or false"),
        ("shots", "100", "must be a whole number, not text"),
        ("shots", 1.5, "must be a whole number"),
        ("input", "OPENQASM", "must be an object, not text"),
        ("params", [], "must be an object, not a list"),
        ("params", {"a": "b" * 5000}, "takes 5,009 bytes as JSON; 4,096 are allowed"),
        ("tags", "a", "must be an object of texts, not text"),
        ("tags", {f"t{n}": "" for n in range(17)}, "has 17 entries; 16 are allowed"),
        ("tags", {"a b": ""}, "has the name 'a b'; a name may hold only letters, digits and . _ : / -"),
        ("tags", {"a": 1}, "has under 'a' something other than text of at most 256 printable characters"),
        ("tags", {"a": "b" * 257}, "has under 'a' something other than text of at most 256 printable characters"),
        ("tags", {"a": "\t"}, "has under 'a' something other than text of at most 256 printable characters"),
        ("tags", {f"t{n}": "😀" * 256 for n in range(16)}, "bytes as JSON; 4,096 are allowed"),
        ("workspace", "Chem Lab", "may hold only small letters, digits and hyphens"),
        ("workspace", 7, "must be text, not a number"),
        ("deadline", "P1Y", "must be an ISO 8601 duration"),
        ("deadline", 7, "must be an ISO 8601 duration"),
        ("deadline", "PT0S", "must be between one second and 366 days"),
        ("deadline", "P367D", "must be between one second and 366 days"),
        ("fallbackTargets", "b", "must be a list of targets, not text"),
        ("fallbackTargets", ["b"] * 9, "has 9 targets; 8 are allowed"),
        ("fallbackTargets", ["b", "b"], "names a target twice"),
        ("fallbackTargets", ["b", 7], "has a target that must be text, not a number"),
        ("entryPoint", "Test.3", "may hold only names joined by full stops, such as Test.GenerateRandomBits"),
        ("entryPoint", [], "must be text, not a list"),
        ("entryPoint", "Test.Go(3)", 'is the name alone: give "Test.Go" and its values as `arguments`: [3]'),
        ("entryPoint", "Main()", 'is the name alone: give "Main"'),
        ("arguments", {}, "must be a list, not an object"),
        ("arguments", ["a" * 5000], "takes 5,004 bytes as JSON; 4,096 are allowed"),
        ("maxCost", -1, "must be a number from 0 to"),
        ("maxCost", True, "must be a number from 0 to"),
        ("priority", "Urgent", "must be one of Standard, High"),
        ("session", "a/b", "must be the id of a session"),
        ("session", 7, "must be the id of a session"),
        (
            "reuseResult",
            "yes",
            'must be true, false or an object such as {"maxAge": "P1D", "hardware": true}, not text',
        ),
        ("reuseResult", {"maxAge": 3}, "maxAge must be an ISO 8601 duration"),
        ("reuseResult", {"hardware": 1}, "hardware must be true or false, not a number"),
    ],
)
def test_a_field_that_is_wrong_says_why(field: str, value: Any, reason: str) -> None:
    """The reason is a sentence about that field, and the only one."""
    faults = faults_of(an_order_body(**{field: value}))

    assert list(faults) == [field]
    assert reason in faults[field]


@pytest.mark.parametrize(
    ("order_input", "field", "reason"),
    [
        ({"format": "openqasm3"}, "input", "needs exactly one of text, base64 and blob"),
        ({"format": "openqasm3", "text": "a", "blob": "inputs/a"}, "input", "needs exactly one of text"),
        ({"format": "openqasm3", "text": None}, "input.text", "must be text, not null"),
        ({"format": "openqasm3", "text": " \n"}, "input.text", "must not be empty"),
        ({"text": BELL}, "input.format", "is missing; known are openqasm2"),
        ({"format": ["openqasm3"], "text": BELL}, "input.format", "is not a format that is known here"),
        ({"format": "openqasm3", "text": BELL, "path": 1}, "input.path", "is not a field here"),
        ({"format": "qir.v1", "blob": "orders/a"}, "input.blob", "must be inputs/<name>, a blob in this app's own"),
        ({"format": "qir.v1", "blob": "inputs/../orders/a"}, "input.blob", "must be inputs/<name>"),
        ({"format": "qir.v1", "blob": "inputs/"}, "input.blob", "must be inputs/<name>"),
        ({"format": "qir.v1", "blob": "inputs/" + "a" * 513}, "input.blob", "must be inputs/<name>"),
    ],
)
def test_an_input_that_is_wrong_says_why(order_input: Any, field: str, reason: str) -> None:
    """A program comes in one known way, in a known format."""
    faults = faults_of(an_order_body(input=order_input))

    assert list(faults) == [field]
    assert reason in faults[field]


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "is empty; an order is a JSON object"),
        (b" \n", "is empty; an order is a JSON object"),
        (b"[]", "must be a JSON object, not a list"),
        (b"null", "must be a JSON object, not null"),
        (b"\x89PNG", "is no order: not UTF-8 text (byte 0)"),
        ("{}".encode("utf-16"), "is no order but UTF-16 text: save it as UTF-8"),
        (b"b'{}'", f"is no order but {PRINTED}"),
        (
            b64encode(b'{"target": "ionq.simulator"}'),
            "is no order but what looks like base64: send what is in it, or encode it only once",
        ),
        (b"shots=5", "is no order: not JSON: Expecting value (line 1, column 1)"),
        (b"[" + b"0," * 500_001 + b"0]", "has more than 500,000 commas: put the program in a blob"),
        (b" " * (MAX_ORDER_BYTES + 1), "is 4,194,305 bytes; 4,194,304 are allowed: put the program in a blob"),
    ],
)
def test_what_is_no_order_at_all_says_what_it_is(body: bytes, reason: str) -> None:
    """The fault is of the whole, so its field is empty."""
    assert faults_of(body) == {"": reason}


def test_every_number_that_is_too_large_is_named_by_its_field() -> None:
    """The caller need not look for it in the whole order."""
    too_large = "is a number that is too large"

    assert faults_of(b'{"shots": 1e400, "params": {"seed": [1, -1e999]}}') == {
        "shots": too_large,
        "params.seed[1]": too_large,
    }


def test_fields_without_end_are_not_all_named() -> None:
    """A hundred thousand strange fields cost neither time nor a gigantic answer."""
    body = json.dumps({f"field {n} \u202e": 1 for n in range(100_000)}).encode()

    faults = faults_of(body)

    assert len(faults) == MAX_UNKNOWN + 1 + 3
    assert faults[""] == "has 99,980 more fields that are not known here"
    assert "field 0 \\u202e" in faults


def test_a_stranger_s_text_is_cut_and_escaped_where_it_is_shown() -> None:
    """No control character reaches a log or a terminal."""
    assert printable("a\x1b[31m") == "a\\x1b[31m"
    assert printable("x" * 70) == "x" * 64 + "…"


def test_the_faults_of_a_job_fit_into_a_message() -> None:
    """However much is wrong, the answer can be sent."""
    faults = tuple(Fault(f"f{n}", "é" * 300) for n in range(100))

    failure = InvalidOrderError(faults).failure

    assert failure.errors
    assert failure.errors == faults[: len(failure.errors)]
    assert len(json.dumps(codec.to_wire(failure))) < 16 * 1024


words = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
scalars = st.none() | st.booleans() | st.integers(-1, 10**7) | st.floats(allow_nan=False, allow_infinity=False) | words
anything = st.recursive(scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(words, inner, max_size=3))
inputs = st.one_of(
    anything,
    st.builds(lambda word, text: {"format": word, "text": text}, st.sampled_from([*FORMATS]), words),
    st.builds(lambda raw: {"format": "qir.v1", "base64": b64encode(raw).decode()}, st.binary(max_size=9)),
    st.just({"format": "qir.v1", "blob": "inputs/a/b.ll"}),
)
names = st.from_regex(r"[A-Za-z][A-Za-z0-9-]{0,8}", fullmatch=True)
orders = st.fixed_dictionaries(
    {"target": names | anything, "shots": st.integers(0, 20_000) | anything, "input": inputs},
    optional={
        "name": names | anything,
        "tags": st.dictionaries(names, words, max_size=3) | anything,
        "params": st.dictionaries(words, anything, max_size=2) | anything,
        "deadline": st.sampled_from(["PT1S", "P3D", "PT0S"]) | anything,
        "fallbackTargets": st.lists(names, max_size=3) | anything,
        "entryPoint": names | anything,
        "arguments": st.lists(anything, max_size=3) | anything,
        **dict.fromkeys(("workspace", "maxCost", "answerTo", "reuseResult", "notify", "other"), anything),
    },
)


@settings(deadline=None, max_examples=150)
@given(orders)
def test_an_order_is_accepted_whole_or_refused_by_field(data: dict[str, Any]) -> None:
    """Any JSON object gives an order that survives the wire, or faults in fields that are there or are missing."""
    faults: tuple[Fault, ...] = ()
    try:
        order = parse_order(json.dumps(data).encode(), LIMITS)
    except InvalidOrderError as error:
        faults = error.faults
    if faults:
        names = {*ORDER, *map(printable, data)}
        assert {fault.field if fault.field in names else fault.field.partition(".")[0] for fault in faults} <= names
        return

    sent = json.loads(json.dumps(codec.to_wire(order)))
    assert codec.from_wire(SubmittedOrder, sent) == order
    assert order_from(sent.pop("order") | sent, LIMITS) == order


@settings(deadline=None, max_examples=150)
@given(st.binary(max_size=200) | anything.map(lambda value: json.dumps(value).encode()))
def test_no_bytes_surprise_the_order_parser(body: bytes) -> None:
    """Whatever comes through a door is an order or an InvalidOrderError."""
    with pytest.raises(InvalidOrderError) as refused:
        parse_order(body, LIMITS)

    assert refused.value.failure.code == "InvalidOrder"


@pytest.mark.parametrize(
    ("order_input", "faults"),
    [
        ({"format": "acme.pulses.v3"}, {}),
        ({"format": "openqasm4"}, {"input.format": "is not a format that is known here; known are "}),
        ({"format": "a..b"}, {"input.format": "is not a format that is known here; known are "}),
        ({"format": "qir.v1", "outputFormat": "microsoft.quantum-results.v1"}, {}),
        ({"format": "qir.v1", "outputFormat": 7}, {"input.outputFormat": "must be a format of results"}),
        ({"format": "qir.v1", "contentType": "text/plain\r\nx: y"}, {"input.contentType": "must be a media type"}),
        ({"format": "qir.v1", "contentEncoding": "br"}, {"input.contentEncoding": 'must be "gzip"'}),
        ({"format": "qsharp", "contentEncoding": "gzip"}, {"input.contentEncoding": "qsharp is compiled here"}),
    ],
)
def test_what_is_said_of_a_program_is_looked_at(order_input: dict[str, Any], faults: dict[str, str]) -> None:
    """Formats of a provider's own pass; what goes into a header is what it should be."""
    body = an_order_body(input=order_input | {"text": "x"})

    reasons = {} if not faults else faults_of(body)

    assert reasons.keys() == faults.keys()
    assert all(reasons[field].startswith(reason) for field, reason in faults.items())
    assert faults or parse_order(body, LIMITS).input.format == order_input["format"]


def test_a_problem_for_a_solver_needs_no_shots() -> None:
    """It is solved once; everything else says how often it runs."""
    problem = {"format": "microsoft.qio.v2", "text": "{}"}

    assert parse_order(an_order_body(shots=None, input=problem), LIMITS).order.shots == 1
    assert faults_of(an_order_body(shots=None)) == {"shots": "is missing"}
