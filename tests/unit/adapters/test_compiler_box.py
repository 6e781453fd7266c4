"""What a program gets out of the compiler's box, whatever it does there: a fault, in time, and nothing else.

A stand-in of ours is in the compiler's place; see `tests/support/stand_in_compiler.py` for what its children do.
"""

import json
import signal
import sys

import pytest

from quantum.adapters.compiler import MIB, QdkCompiler, processor_seconds
from quantum.adapters.template import CompilerUnavailableError
from quantum.contract.fields import Fault
from quantum.jobs.errors import ServiceBusyError, ServiceUnavailableError
from quantum.jobs.program import Compiled
from tests.support.stand_in_compiler import command

HASTY = {"on_the_clock": lambda seconds: 0.2 * seconds}


@pytest.fixture
async def make_compiler(tmp_path):
    """Make compilers with a stand-in in qdk's place, and end them."""
    compilers = []

    def make_compiler(**changes):
        options = {"seconds": 1, "memory_mib": 256, "command": command(tmp_path / "journal")}
        compilers.append(QdkCompiler(**(options | changes)))
        return compilers[-1]

    yield make_compiler
    for compiler in compilers:
        await compiler.close()


@pytest.fixture
def outcome(make_compiler):
    """Let a child do something, and say what came of it: the words of its answer, or the only fault."""

    async def outcome(deed, profile="Base", **options):
        return result_of(await ask(make_compiler(**options), deed, profile))

    return outcome


def ask(compiler, deed, profile="Base"):
    """Hand in a program for the stand-in."""
    return compiler.compile(deed, "openqasm2", profile=profile, entry_point=None, arguments=[])


def result_of(compiled):
    """What a child said in the place of QIR, or the fault."""
    if isinstance(compiled, Compiled):
        return compiled.qir
    (fault,) = compiled
    assert fault.field == "input"
    return fault.reason


@pytest.mark.parametrize(
    ("deed", "reason"),
    [
        ("loop", "more than 1 s of a processor"),
        ("allocate", "256 MiB of memory"),
        ("descend", "nested too deeply"),
        ("give_up", "gave up on this program: given up"),
        ("leave 1", "broke down on this program (status 1)"),
        ("leave 0", "broke down"),
        (f"die {signal.SIGXCPU.value}", "more than 1 s of a processor"),
        (f"die {signal.SIGSEGV.value}", "nested too deeply"),
        (f"die {signal.SIGABRT.value}", "256 MiB of memory"),
        (f"die {signal.SIGKILL.value}", "256 MiB of memory"),
        ("answer_with nonsense", "broke down"),
        ("answer_with []", "broke down"),
        ("answer_with {}", "broke down"),
        ('answer_with {"faults": [1]}', "broke down"),
        ('answer_with {"entryPoint": "x", "qubits": null}', "broke down"),
    ],
)
async def test_a_child_that_breaks_down_is_a_fault(make_compiler, deed, reason):
    """Whatever becomes of a child, its program is refused with a reason, and the next one is served."""
    compiler = make_compiler()

    refused, served = result_of(await ask(compiler, deed)), result_of(await ask(compiler, "work 0"))

    assert reason in refused
    assert served == "worked"


async def test_the_shut_box_opens_nothing(outcome):
    """Once shut, the box lets nobody open a file or a socket, start a process or lift a limit, whoever asks."""
    assert await outcome("touch") == "[]"


async def test_a_child_holds_its_answer_alone(outcome):
    """Nothing that the template or the app has open is open in a child."""
    assert await outcome("hold") == "['nowhere', 'nowhere', 'nowhere', 'socket']"


async def test_the_box_has_no_environment(outcome, monkeypatch):
    """A child knows none of our settings, nor where the app lies, and could write nothing down."""
    monkeypatch.setenv("AzureWebJobsStorage", "AccountKey=secret")
    monkeypatch.delenv("LD_LIBRARY_PATH", raising=False)

    limits = json.loads(await outcome("know"))

    assert (limits["RLIMIT_FSIZE"], limits["RLIMIT_CORE"]) == (0, 0)
    assert set(limits["environment"]) <= {"QDK_PYTHON_TELEMETRY", "LC_CTYPE"}
    assert limits["folder"] == "/"


async def test_a_program_has_its_memory_to_itself(outcome):
    """What the template has loaded is not taken off what a program may use."""
    limits = json.loads(await outcome("know", memory_mib=100))

    assert 100 * MIB < limits["RLIMIT_AS"] < 160 * MIB


async def test_nothing_is_left_behind(make_compiler):
    """What one program leaves in its process, the next does not find."""
    compiler = make_compiler()

    answers = [result_of(await ask(compiler, f"note {words}")) for words in ("first", "second")]

    assert answers == ["['first']", "['second']"]


async def test_the_processor_time_of_others_does_not_count(outcome):
    """A child's seconds begin with it, however long the template has worked before."""
    assert await outcome("work 0.1", profile="Adaptive") == "worked"


async def test_the_processor_time_grows_with_the_program(make_compiler):
    """Each MiB of source brings five seconds more."""
    compiler = make_compiler(first_seconds=6)

    limits = json.loads(result_of(await ask(compiler, "know" + " " * MIB)))

    assert limits["RLIMIT_CPU"] == processor_seconds(1, MIB + 4) == 6
    assert [processor_seconds(5, size) for size in (0, 500, MIB // 5, 4 * MIB)] == [5, 5, 5, 25]


async def test_a_program_that_waits_for_ever_is_refused(outcome):
    """A child that neither ends nor wants a processor is ended by the clock, and it is the program's fault."""
    assert "never ends" in await outcome("wait", **HASTY)


async def test_a_program_that_had_its_time_is_refused(outcome):
    """A child that the clock ended after most of its processor time is not tried again."""
    assert "more than 1 s of a processor" in await outcome(
        "work_and_wait 0.9", on_the_clock=lambda seconds: 2.0 * seconds
    )


async def test_a_program_that_got_no_processor_is_tried_again(outcome):
    """A child that was ready to run and was not let is not judged: it gets another one at once."""
    assert await outcome("stop_once", **HASTY) == "in time"


async def test_a_program_that_never_gets_a_processor_is_not_refused(outcome):
    """Where others hold the machine, the order is to be tried later, and the caller hears when."""
    with pytest.raises(ServiceBusyError) as busy:
        await outcome("stop", **HASTY)

    assert busy.value.retry_after == 1


async def test_too_large_a_result_is_a_fault(outcome):
    """QIR that nobody could hold is given up while it is being read."""
    assert "larger than 0.0625 MiB" in await outcome(f"grow {2**17}", largest_answer=2**16)
    assert len(await outcome(f"grow {2**22}")) == 2**22


async def test_faults_of_a_captured_child_are_harmless(make_compiler):
    """A child under a program's control can neither name fields of its own nor send escape codes."""
    faults = r'{"faults": [{"field": "<b>", "reason": "\u001b[2J", "line": "1", "column": null}]}'

    (fault,) = await ask(make_compiler(), f"answer_with {faults}")

    assert fault == Fault("input", r"\x1b[2J")


async def test_a_box_too_small_for_the_compiler_is_our_fault():
    """Where qdk itself cannot be loaded, the order is not to blame: it is tried again."""
    compiler = QdkCompiler(memory_mib=32)

    with pytest.raises(CompilerUnavailableError) as unavailable:
        await compiler.compile("", "qsharp", profile="Base", entry_point=None, arguments=[])

    await compiler.close()
    assert isinstance(unavailable.value, ServiceUnavailableError)


async def test_a_language_that_cannot_be_loaded_is_our_fault(make_compiler, tmp_path):
    """The reason is told, and what was loaded in part is not built upon."""
    compiler = make_compiler()

    with pytest.raises(CompilerUnavailableError, match="cannot be loaded: ImportError: not here"):
        await ask(compiler, "work 0", "Adaptive_RIF")

    assert result_of(await ask(compiler, "work 0")) == "worked"
    assert (tmp_path / "journal").read_text() == "started\n" * 2


async def test_a_template_that_cannot_run_is_our_fault(outcome):
    """A template that goes away under every program is not the program's fault."""
    with pytest.raises(CompilerUnavailableError, match="No compiler can be kept running"):
        await outcome("work 0", profile="Adaptive_RI")


async def test_no_python_is_not_the_programs_fault(outcome):
    """Where no template can be started, the order is tried again."""
    with pytest.raises(CompilerUnavailableError, match="no compiler can be started: No such file"):
        await outcome("work 0", command=("/nowhere/python",))


@pytest.fixture
def no_packages(monkeypatch):
    """A Python that finds nothing that was installed."""
    monkeypatch.setattr(sys, "path", [])
    monkeypatch.delitem(sys.modules, "qdk", raising=False)  # what another test has loaded counts as found


@pytest.mark.usefixtures("no_packages")
async def test_no_qdk_is_not_the_programs_fault(outcome):
    """Where qdk is not installed, the order is tried again."""
    with pytest.raises(CompilerUnavailableError, match="not installed"):
        await outcome("work 0")
