"""The compiler's template: started when needed, warm for the next, replaced when lost, and gone with the app."""

import asyncio
import os
import signal
import sys
from pathlib import Path

import pytest

from quantum.adapters.compiler import QdkCompiler
from quantum.jobs.errors import CompilerBusyError
from quantum.jobs.program import Compiled
from tests.support.stand_in_compiler import ROOT, command

QSHARP = "operation Main() : Result { use q = Qubit(); H(q); MResetZ(q) }"
APP = """
import asyncio, sys
from pathlib import Path
from quantum.adapters.compiler import QdkCompiler
from tests.support.stand_in_compiler import command

async def main():
    compiler = QdkCompiler(command=command(Path(sys.argv[1])))
    await compiler.compile("wait", "openqasm2", profile="Base", entry_point=None, arguments=[])

asyncio.run(main())
"""


@pytest.fixture
def journal(tmp_path):
    """Where a stand-in notes that it was started."""
    return tmp_path / "journal"


@pytest.fixture
async def compiler(journal):
    """A compiler with a stand-in in qdk's place and one place, whose first turns are as long as any."""
    compiler_here = QdkCompiler(seconds=60, first_seconds=60, at_once=1, command=command(journal))
    yield compiler_here
    await compiler_here.close()


def ask(compiler, source, language="openqasm2", **options):
    """Hand in a program."""
    return compiler.compile(source, language, profile="Base", entry_point=None, arguments=[], **options)


def children_of(pid):
    """The processes that a process has started and that are not reaped."""
    try:
        return [int(child) for task in Path(f"/proc/{pid}/task").iterdir() for child in words(task / "children")]
    except FileNotFoundError:
        return []


def threads(pid):
    """The threads that a process has."""
    return os.listdir(f"/proc/{pid}/task")  # noqa: PTH208


def words(file):
    """What stands in a file of the kernel's."""
    return file.read_text().split()


def templates(pid="self"):
    """The stand-ins that a process has started."""
    return [child for child in children_of(pid) if "stand_in_compiler" in Path(f"/proc/{child}/cmdline").read_text()]


def runs(pid):
    """Tell whether a process is there and not only waits to be reaped."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


async def seen_soon(look):
    """Wait for another process, of which nothing else tells."""
    async with asyncio.timeout(20):
        while not (there := look()):  # noqa: ASYNC110 - no event tells what a process that is not ours to wait for does
            await asyncio.sleep(0.01)
        return there


async def child_under_way(pid="self"):
    """The template and its child, once there are both."""
    (template,) = await seen_soon(lambda: templates(pid))
    (child,) = await seen_soon(lambda: children_of(template))
    return template, child


async def test_nothing_is_started_before_the_first_order(compiler, journal):
    """A compiler that nobody has asked costs nothing; one template serves all that comes then."""
    assert not journal.exists()

    for _ in range(3):
        assert isinstance(await ask(compiler, "work 0"), Compiled)

    assert journal.read_text() == "started\n"
    assert children_of(templates()[0]) == []


async def test_cancelling_ends_the_child(compiler, journal):
    """Nobody compiles for a caller that has gone; the template stays."""
    compiling = asyncio.ensure_future(ask(compiler, "wait"))
    _, child = await child_under_way()

    compiling.cancel()
    await asyncio.wait([compiling])

    assert compiling.cancelled()
    await seen_soon(lambda: not runs(child))
    assert isinstance(await ask(compiler, "work 0"), Compiled)
    assert journal.read_text() == "started\n"


async def test_a_lost_template_is_replaced(compiler, journal):
    """A program that was under way when the template was killed is tried again by the next; no child outlives it."""
    compiling = asyncio.ensure_future(ask(compiler, "wait_once"))
    template, child = await child_under_way()

    os.kill(template, signal.SIGKILL)

    assert isinstance(await compiling, Compiled)
    assert not runs(child)
    assert journal.read_text() == "started\n" * 2


async def test_an_idle_template_is_replaced(compiler, journal):
    """One that was lost between two programs is not missed by the second."""
    await ask(compiler, "work 0")
    (template,) = templates()

    os.kill(template, signal.SIGKILL)
    await seen_soon(lambda: not runs(template))

    assert isinstance(await ask(compiler, "work 0"), Compiled)
    assert journal.read_text() == "started\n" * 2


async def test_closing_ends_everything(compiler, journal):
    """With the compiler the template goes, and what is under way; whoever asks again gets a new one."""
    compiling = asyncio.ensure_future(ask(compiler, "wait_once"))
    template, child = await child_under_way()

    await compiler.close()

    assert not runs(child)
    assert not runs(template)
    assert isinstance(await compiling, Compiled)
    assert journal.read_text() == "started\n" * 2


async def test_nothing_outlives_the_app(journal):
    """When the app is killed, the template and its children end by themselves."""
    app = await asyncio.create_subprocess_exec(sys.executable, "-c", APP, str(journal), cwd=ROOT)
    template, child = await child_under_way(app.pid)

    app.kill()
    await app.wait()

    assert await seen_soon(lambda: not runs(template) and not runs(child))


async def test_waiting_is_not_compiling(journal):
    """With one place, a program that waits for an endless one still has all its time."""
    compiler = QdkCompiler(seconds=1, at_once=1, command=command(journal))

    late, compiled = await asyncio.gather(ask(compiler, "loop"), ask(compiler, "work 0.5"))

    await compiler.close()
    assert isinstance(late, tuple)
    assert isinstance(compiled, Compiled)


async def test_waiting_has_an_end(journal):
    """A program whose turn does not come is not refused: the caller is asked to come back."""
    compiler = QdkCompiler(seconds=2, first_seconds=2, at_once=1, command=command(journal))
    first = asyncio.ensure_future(ask(compiler, "wait"))
    await child_under_way()

    with pytest.raises(CompilerBusyError, match="Too many programs wait"):
        await ask(compiler, "work 0", patience=0.01)

    first.cancel()
    await asyncio.wait([first])
    await compiler.close()


async def test_several_at_once(journal):
    """As many programs as there are places are under way together, and each has its own answer."""
    compiler = QdkCompiler(at_once=3, command=command(journal))

    answers = await asyncio.gather(*(ask(compiler, f"note {number}") for number in range(6)))

    await compiler.close()
    assert [answer.qir for answer in answers] == [f"['{number}']" for number in range(6)]


def test_no_event_loop_owns_the_template(journal):
    """One that was started in a loop that is closed by now serves the next."""
    compiler = QdkCompiler(command=command(journal))

    answers = [asyncio.run(ask(compiler, "work 0")) for _ in range(2)]

    asyncio.run(compiler.close())
    assert all(isinstance(answer, Compiled) for answer in answers)
    assert journal.read_text() == "started\n"


async def test_the_template_has_one_thread(compiler):
    """Even with qdk loaded: a fork of a process with several could hang."""
    assert isinstance(await ask(compiler, QSHARP, "qsharp"), Compiled)

    (template,) = templates()

    assert len(threads(template)) == 1
