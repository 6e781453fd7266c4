"""Programs that never end share the compiler with those that do, and cannot hold every place of it.

A stand-in of ours is in the compiler's place; see `tests/support/stand_in_compiler.py` for what its children do.
"""

import asyncio
import time

import pytest

from quantum.adapters.compiler import QdkCompiler
from quantum.adapters.lanes import MAX_SLOW_PROGRAMS, Lanes, SlowPrograms
from quantum.jobs.errors import CompilerBusyError
from quantum.jobs.program import Compiled
from tests.support.stand_in_compiler import command


@pytest.fixture
async def make_compiler(tmp_path):
    """Make compilers with a stand-in in qdk's place, and end them."""
    compilers = []

    def make_compiler(**changes):
        options = {"seconds": 3, "memory_mib": 256, "command": command(tmp_path / "journal")}
        compilers.append(QdkCompiler(**(options | changes)))
        return compilers[-1]

    yield make_compiler
    for compiler in compilers:
        await compiler.close()


def ask(compiler, deed, **options):
    """Hand in a program for the stand-in."""
    return compiler.compile(deed, "openqasm2", profile="Base", entry_point=None, arguments=[], **options)


async def test_a_short_program_does_not_wait_for_endless_ones(make_compiler):
    """With more endless programs than places, one that is quick has its turn before the first of those is ended."""
    compiler = make_compiler(seconds=60)
    endless = [asyncio.ensure_future(ask(compiler, f"wait {number}", patience=60)) for number in range(4)]

    compiled = await asyncio.ensure_future(ask(compiler, "work 0.01"))  # behind them

    assert isinstance(compiled, Compiled)
    assert not any(one.done() for one in endless)
    for one in endless:
        one.cancel()
    await asyncio.wait(endless)


async def test_a_long_program_has_all_its_time(make_compiler):
    """What needs more than its first turn begins again, and is compiled."""
    assert (await ask(make_compiler(), "work 1.5")).qir == "worked"


async def test_an_endless_program_is_refused_for_all_its_time(make_compiler):
    """The limit that its caller is told is the whole one, not that of the first turn."""
    (fault,) = await ask(make_compiler(seconds=2), "loop")

    assert "more than 2 s of a processor" in fault.reason


async def test_a_program_that_sleeps_twice_is_refused(make_compiler):
    """The first turn counts as one of the two tries, whose time on the clock is known."""
    compiler = make_compiler(seconds=2, on_the_clock=lambda seconds: 1.0 * seconds)
    began = time.monotonic()

    (fault,) = await ask(compiler, "wait")

    assert "never ends" in fault.reason
    assert time.monotonic() - began < 1 + 2 + 4  # a third would have four more


async def test_whoever_has_little_patience_is_told_soon(make_compiler):
    """A long turn that does not come in time is no judgement: the program is to come again, and has no other first."""
    compiler = make_compiler(seconds=60)
    endless = [asyncio.ensure_future(ask(compiler, f"wait {number}")) for number in range(2)]
    await asyncio.ensure_future(ask(compiler, "work 0"))  # behind their first turns: now one of them has the long turn
    with pytest.raises(CompilerBusyError):
        await ask(compiler, "wait as well", patience=3)

    with pytest.raises(CompilerBusyError) as busy:
        await ask(compiler, "wait as well", patience=0.01)

    assert not busy.value.turns_are_short
    for one in endless:
        one.cancel()
    await asyncio.wait(endless)


async def test_one_place_is_shared(make_compiler):
    """With a single place, long and short programs take turns in it."""
    compiler = make_compiler(at_once=1, seconds=2)

    late, compiled = await asyncio.gather(ask(compiler, "loop"), ask(compiler, "work 0.1"))

    assert isinstance(late, tuple)
    assert isinstance(compiled, Compiled)


async def test_a_place_is_given_back_whatever_happens():
    """An error in a turn, or a turn that did not come, leaves every place for the next."""
    lanes, soon = Lanes(1), asyncio.get_running_loop().time()
    with pytest.raises(ZeroDivisionError):
        async with lanes.long_turn(soon):
            raise ZeroDivisionError
    async with lanes.short_turn(soon):
        with pytest.raises(CompilerBusyError):
            async with lanes.long_turn(soon):
                pass

    async with lanes.long_turn(soon):
        pass


def test_only_the_latest_are_remembered():
    """What is known of programs does not grow for ever."""
    programs = SlowPrograms()
    for number in range(MAX_SLOW_PROGRAMS + 1):
        programs.add(str(number).encode(), asleep=number % 2 == 1)

    assert [programs.find(text) for text in (b"0", b"1", b"2", b"none")] == [None, True, False, None]
