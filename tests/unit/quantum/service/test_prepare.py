"""A program is fetched, checked, compiled and kept; its faults are the order's."""

from base64 import b64encode, encodebytes, urlsafe_b64encode
from dataclasses import replace
from hashlib import sha256

import pytest

from quantum.contract.fields import Fault
from quantum.contract.orders import ProgramInput, SubmittedOrder
from quantum.jobs.errors import InvalidOrderError
from quantum.jobs.program import Compiled, Gates, Program
from quantum.programs.formats import FORMATS, MIB
from quantum.service.prepare import WHOLE_BYTES, Checked, check_program, store_program
from quantum.wire import codec
from tests.support.builders import BELL, CIRCUIT, JOB_ID, QIR, App, a_submitted_order


def path_of(content: bytes) -> str:
    """Where a program with this content is kept."""
    return f"programs/{JOB_ID}/{sha256(content).hexdigest()[:16]}"


def with_input(word: str, **fields: str) -> SubmittedOrder:
    """An order with this program."""
    return a_submitted_order(ProgramInput(word, **fields))


def base64_of(text: str, encoding: str = "utf-8") -> str:
    """A text in base64."""
    return b64encode(text.encode(encoding)).decode()


async def checked(app: App, order: SubmittedOrder) -> Checked:
    """The program as it will be kept."""
    return await check_program(app.services, order, JOB_ID)


async def fault_of(app: App, order: SubmittedOrder) -> Fault:
    """The one thing that is wrong with a program."""
    with pytest.raises(InvalidOrderError) as refused:
        await checked(app, order)
    (fault,) = refused.value.faults
    return fault


async def test_source_text_is_compiled_for_all_of_its_targets() -> None:
    """What is kept is QIR, by its content."""
    app = App()
    order = a_submitted_order(fallback_targets=("quantinuum.sim.h2-1e",), entry_point="Main", arguments=(3,))

    ready = await checked(app, order)

    assert ready == Checked(
        Program(
            path_of(QIR.encode()), "qir.v1", len(QIR), "ENTRYPOINT__main", "Base", 2, Gates(0, 0, 2), is_compiled=True
        ),
        QIR.encode(),
    )
    assert app.compiler.requests == [
        {"source": BELL, "language": "openqasm3", "profile": "Base", "entry": "Main", "with": (3,)}
    ]


async def test_a_layout_is_kept_with_the_program_and_notes_go_to_the_caller() -> None:
    """The one is for whoever reads the output, the others are for the program's author."""
    app = App()
    app.compiler.answer = Compiled(QIR, "ENTRYPOINT__main", 2, "[mz]", ("a delay was left out",))

    ready = await checked(app, a_submitted_order())

    assert (ready.program.layout, ready.notes) == ("[mz]", ("a delay was left out",))
    assert codec.from_wire(Program, codec.to_wire(ready.program)) == ready.program


async def test_what_the_compiler_finds_is_the_order_s_fault() -> None:
    """Line and column reach the caller."""
    app = App()
    app.compiler.answer = (Fault("input", "undefined symbol: q", 3, 1),)

    assert await fault_of(app, a_submitted_order()) == Fault("input", "undefined symbol: q", 3, 1)


@pytest.mark.parametrize(
    "fields", [{"text": CIRCUIT}, {"base64": b64encode(CIRCUIT.encode()).decode()}, {"blob": "inputs/a.json"}]
)
async def test_a_program_may_come_as_text_as_base64_or_as_a_blob(fields: dict[str, str]) -> None:
    """The three ways lead to the same program."""
    app = App()
    app.blobs.contents["inputs/a.json"] = CIRCUIT.encode()

    ready = await checked(app, with_input("ionq.circuit.v1", **fields))

    expected = Program(path_of(CIRCUIT.encode()), "ionq.circuit.v1", len(CIRCUIT), qubits=2, gates=Gates(1, 0, 4))
    assert ready == Checked(expected, CIRCUIT.encode())


@pytest.mark.parametrize(
    ("order", "field", "reason"),
    [
        (with_input("qir.v1", base64="é"), "input.base64", "is not base64: string argument should contain only ASCII"),
        (with_input("qir.v1", base64="abc"), "input.base64", "is not base64: Incorrect padding"),
        (with_input("qir.v1", base64="a*cd"), "input.base64", "is not base64: "),
        (with_input("qir.v1", base64="define void"), "input.base64", "a text goes into `text`"),
        (with_input("qir.v1", base64="b'QUJD'"), "input.base64", "is not base64 but bytes as Python prints them"),
        (with_input("qir.v1", base64="data:a/b;base64,QUJD"), "input.base64", "a data URL"),
        (with_input("qsharp", text=base64_of(BELL)), "input.text", "looks like base64: send it as `base64`"),
        (with_input("qsharp", text=f"b'{BELL}'"), "input.text", "bytes as Python prints them"),
        (with_input("qsharp", base64=base64_of(base64_of(BELL))), "input", "looks like base64: send what is in it"),
        (with_input("qsharp", base64=base64_of(BELL, "utf-16")), "input", "is UTF-16 text: save it as UTF-8"),
        (with_input("qsharp", base64=base64_of("// \xe9", "cp1252")), "input", "byte 3 is 'é' in Windows-1252"),
        (with_input("ionq.circuit.v1", base64=base64_of(CIRCUIT, "utf-16")), "input", "not UTF-8 but UTF-16 text"),
        (with_input("qir.v1", base64="IA=="), "input", "is empty"),
        (
            with_input("qir.v1", blob="inputs/none"),
            "input.blob",
            "there is no blob 'inputs/none' in this app's storage",
        ),
        (with_input("qsharp", blob="inputs/big"), "input.blob", "is 5,242,880 bytes; 4,194,304 are allowed"),
        (with_input("qsharp", text="x" * (4 * MIB + 1)), "input", "is 4,194,305 bytes; 4,194,304 are allowed"),
        (with_input("qsharp", text="a\0"), "input", "is not text: it holds a NUL character"),
    ],
)
async def test_a_program_that_cannot_be_used_says_why(order: SubmittedOrder, field: str, reason: str) -> None:
    """One fault, at its field, and nothing is kept."""
    app = App()
    app.blobs.contents["inputs/big"] = b"x" * 5 * MIB

    fault = await fault_of(app, order)

    assert (fault.field, reason in fault.reason) == (field, True)
    assert app.blobs.contents.keys() == {"inputs/big"}


@pytest.mark.parametrize(
    "fields",
    [
        {"text": "\ufeff" + CIRCUIT},
        {"base64": base64_of("\ufeff" + CIRCUIT)},
        {"base64": encodebytes(CIRCUIT.encode()).decode()},
        {"base64": encodebytes(CIRCUIT.encode()).decode().replace("\n", "\r\n ")},
        {"base64": urlsafe_b64encode(CIRCUIT.encode()).decode()},
        {"blob": "inputs/a.json"},
    ],
)
async def test_marks_and_line_breaks_change_no_program(fields: dict[str, str]) -> None:
    """What is submitted is the program without them."""
    app = App()
    app.blobs.contents["inputs/a.json"] = b"\xef\xbb\xbf" + CIRCUIT.encode()

    assert (await checked(app, with_input("ionq.circuit.v1", **fields))).content == CIRCUIT.encode()


async def test_bytes_of_a_format_that_is_the_provider_s_own_stay_as_they_are() -> None:
    """Nobody here knows what they mean."""
    app = App()
    content = b"\xef\xbb\xbf" + b64encode(BELL.encode())

    ready = await checked(app, with_input("acme.circuit.v1", base64=b64encode(content).decode()))

    assert ready.content == content


async def test_a_quil_program_s_parameters_need_values() -> None:
    """Without them it would run as if they were 0, and be paid for."""
    quil = "DECLARE ro BIT[1]\nDECLARE theta REAL[2]\nRX(theta[0]) 0\nMEASURE 0 ro[0]\n"
    order = with_input("rigetti.quil.v1", text=quil)

    fault = await fault_of(App(), order)

    assert (fault.field, fault.reason) == (
        "params.substitutions",
        'gives no value to `theta`, which would run as 0: add {"theta": [[0.0, 0.0]]}',
    )
    bound = replace(order, order=replace(order.order, params={"substitutions": {"theta": [[0.5, 0.0]]}}))
    assert (await checked(App(), bound)).content == quil.encode()


async def test_a_very_large_program_is_passed_on_in_pieces() -> None:
    """It is never whole in memory, so it is not looked at either."""
    app = App()
    content = b"BC\xc0\xde" + b"x" * WHOLE_BYTES
    app.blobs.contents["inputs/big.bc"] = content

    ready = await checked(app, with_input("qir.v1", blob="inputs/big.bc"))
    await store_program(app.services, ready)

    assert ready.program.size == len(content) <= FORMATS["qir.v1"].max_size
    assert not isinstance(ready.content, bytes)
    assert app.blobs.contents[ready.program.blob] == content


async def test_a_provider_s_own_format_is_kept_untouched() -> None:
    """Known or not: not a byte is changed, and nothing is compiled."""
    app = App()

    quil = await checked(app, with_input("rigetti.quil.v1", text="DECLARE ro BIT[1]\n"))
    unknown = await checked(app, with_input("acme.pulses.v3", base64=b64encode(b"\xff\0").decode()))

    assert (quil.content, quil.program.format) == (b"DECLARE ro BIT[1]\n", "rigetti.quil.v1")
    assert (unknown.content, unknown.program.format) == (b"\xff\0", "acme.pulses.v3")
    assert app.compiler.requests == []


async def test_what_an_order_says_of_its_bytes_is_kept_with_them() -> None:
    """Bytes of another kind than the format's usual one are not looked at."""
    order = with_input(
        "microsoft.qio.v2",
        base64=b64encode(b"\x0a\x01").decode(),
        content_type="application/x-protobuf",
        content_encoding="gzip",
        output_format="acme.results.v1",
    )

    program = (await checked(App(), order)).program

    assert (program.media_type, program.encoding, program.output) == (
        "application/x-protobuf",
        "gzip",
        "acme.results.v1",
    )


async def test_gzip_is_known_by_its_first_bytes() -> None:
    """Nobody needs to say it."""
    content = b"\x1f\x8b\x08"

    ready = await checked(App(), with_input("microsoft.qio.v2", base64=b64encode(content).decode()))

    assert (ready.program.encoding, ready.content) == ("gzip", content)


async def test_a_compiled_program_s_results_are_asked_for_as_the_order_says() -> None:
    """The form of the results is the caller's choice."""
    ready = await checked(App(), with_input("openqasm3", text=BELL, output_format="microsoft.quantum-results.v1"))

    assert (ready.program.format, ready.program.output) == (
        "qir.v1",
        "microsoft.quantum-results.v1",
    )


async def test_two_programs_for_one_id_do_not_overwrite_each_other() -> None:
    """The claim decides which of them runs, not the last upload."""
    app = App()
    for text in (CIRCUIT, CIRCUIT + " "):
        await store_program(app.services, await checked(app, with_input("ionq.circuit.v1", text=text)))

    assert sorted(app.blobs.contents.values()) == [CIRCUIT.encode(), CIRCUIT.encode() + b" "]


@pytest.mark.parametrize(
    ("content", "source", "language"),
    [
        (QIR.encode(), QIR, "qir.text"),
        (b"BC\xc0\xde\x01", b64encode(b"BC\xc0\xde\x01").decode(), "qir.bitcode"),
    ],
)
async def test_a_module_of_qir_is_read_and_kept_as_it_is(content: bytes, source: str, language: str) -> None:
    """What it says of itself goes with the job: its entry point, its qubits, its profile."""
    app = App()
    app.compiler.answer = Compiled("", "main", 3, profile="Adaptive_RI")

    ready = await checked(app, with_input("qir.v1", base64=b64encode(content).decode()))

    assert ready.content == content
    assert (ready.program.entry_point, ready.program.qubits, ready.program.profile) == (
        "main",
        3,
        "Adaptive_RI",
    )
    assert [(request["source"], request["language"], request["entry"]) for request in app.compiler.requests] == [
        (source, language, None)
    ]


async def test_a_module_that_cannot_be_run_is_refused() -> None:
    """Its faults are the order's."""
    app = App()
    app.compiler.answer = (Fault("entryPoint", "name one of a, b"),)

    assert await fault_of(app, with_input("qir.v1", text=QIR)) == Fault("entryPoint", "name one of a, b")
