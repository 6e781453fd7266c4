"""A template in the compiler's place: an OpenQASM 2 program names what its child does, the other languages are real.

It is started as the app starts its own, with a journal as its first argument, to which it adds a line each time. What
its children do is harmless and done by code of ours: it shows that the box holds whatever is in it.
"""

import json
import mmap
import os
import resource
import signal
import socket
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))  # as the template, it is started alone

from quantum.programs.compiling import template
from quantum.programs.compiling.child import LANGUAGES, Compile
from quantum.programs.compiling.faults import Wire

ROOT = Path(__file__).resolve().parents[2]
TRIES = mmap.mmap(-1, mmap.PAGESIZE)  # which all children of a template share
LIMITS = ("RLIMIT_AS", "RLIMIT_CPU", "RLIMIT_FSIZE", "RLIMIT_CORE")
NOTES: list[str] = []
COMPILED = {"entryPoint": "main", "qubits": 1}


def command(journal: Path) -> tuple[str, ...]:
    """Start this in the compiler's place."""
    return (sys.executable, "-I", "-S", __file__, str(journal))


def compiled(words: object) -> tuple[Wire, str]:
    """Answer with something in the place of QIR."""
    return COMPILED, str(words)


def loop(_: str) -> tuple[Wire, str]:
    """Use the processor and never end."""
    while True:
        pass


def wait(_: str) -> tuple[Wire, str]:
    """Do nothing, and never end."""
    while True:
        signal.pause()


def wait_once(_: str) -> tuple[Wire, str]:
    """Never end in the first template; answer in the next."""
    return compiled("again") if STARTS > 1 else wait("")


def work(seconds: str) -> tuple[Wire, str]:
    """Use the processor for a while."""
    while time.process_time() < float(seconds):
        pass
    return compiled("worked")


def work_and_wait(seconds: str) -> tuple[Wire, str]:
    """Use the processor for a while, then never end."""
    work(seconds)
    return wait("")


def stop(_: str) -> tuple[Wire, str]:
    """Be ready to run and not get a processor, as on a machine where others have them all."""
    os.kill(os.getpid(), signal.SIGSTOP)
    return compiled("went on")


def stop_once(_: str) -> tuple[Wire, str]:
    """Get no processor the first time."""
    TRIES[0] += 1
    return stop("") if TRIES[0] == 1 else compiled("in time")


def allocate(_: str) -> tuple[Wire, str]:
    """Take memory until there is no more."""
    taken = []
    while True:
        taken.append(bytes(2**24))  # zeros, which take room and no time


def descend(_: str) -> tuple[Wire, str]:
    """Call itself until there is an end of it."""
    return descend("")


def die(number: str) -> tuple[Wire, str]:
    """End by a signal."""
    os.kill(os.getpid(), int(number))
    return wait("")


def leave(status: str) -> tuple[Wire, str]:
    """End without an answer."""
    os._exit(int(status))


def give_up(_: str) -> tuple[Wire, str]:
    """Raise what is no Exception, as native code may."""
    raise KeyboardInterrupt("given up")


def touch(_: str) -> tuple[Wire, str]:
    """Name all that could be opened, written or started."""
    attempts: dict[str, Callable[[], object]] = {
        "a file": lambda: os.open(__file__, os.O_RDONLY),
        "a new file": lambda: os.open(JOURNAL + ".new", os.O_CREAT | os.O_WRONLY),
        "a folder": lambda: list(ROOT.iterdir()),
        "a socket": socket.socket,
        "a pipe": os.pipe,
        "a duplicate": lambda: os.dup(0),
        "a process": os.fork,
        "its limits": lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (9, 9)),
    }
    return compiled([name for name, attempt in attempts.items() if succeeds(attempt)])


def succeeds(attempt: Callable[[], object]) -> bool:
    """Tell whether something can be done."""
    try:
        attempt()
    except (OSError, ValueError):
        return False
    return True


def hold(_: str) -> tuple[Wire, str]:
    """Name what its descriptors lead to: the null device, or a socket."""
    nowhere = os.makedev(1, 3)
    opened = [number for number in range(200) if succeeds(partial(os.fstat, number))]
    return compiled(["nowhere" if os.fstat(number).st_rdev == nowhere else "socket" for number in opened])


def know(_: str) -> tuple[Wire, str]:
    """Tell what it knows of where it runs."""
    limits = {name: resource.getrlimit(getattr(resource, name))[0] for name in LIMITS}
    return compiled(json.dumps({**limits, "environment": sorted(os.environ), "folder": os.getcwd()}))  # noqa: PTH109


def note(words: str) -> tuple[Wire, str]:
    """Leave something behind, and tell what was there before."""
    NOTES.append(words)
    return compiled(NOTES)


def answer_with(text: str) -> tuple[Wire, str]:
    """Say something else than an answer, on whatever is open."""
    for number in range(3, 200):
        if succeeds(partial(os.write, number, text.encode())):
            os._exit(0)
    return compiled("nothing is open")


def grow(size: str) -> tuple[Wire, str]:
    """Give an answer of so many bytes."""
    return compiled("x" * int(size))


DEEDS: dict[str, Callable[[str], tuple[Wire, str]]] = {
    deed.__name__: deed
    for deed in (
        *(loop, wait, wait_once, work, work_and_wait, stop, stop_once, allocate, descend, die, leave, give_up),
        *(touch, hold, know, note, answer_with, grow),
    )
}


def load_deeds(profile: str) -> Compile:
    """Load what children do; with some profiles that goes wrong, or takes its time."""
    if profile == "Adaptive_RIF":
        raise ImportError("not here")
    if profile == "Adaptive_RI":
        os._exit(1)
    if profile == "Adaptive":
        work("1.2")
    return do_as_asked


def do_as_asked(request: Wire) -> tuple[Wire, str]:
    """Do what the program says."""
    deed, _, words = request["source"].partition(" ")
    return DEEDS[deed](words)


if __name__ == "__main__":
    JOURNAL, *arguments = sys.argv[1:]
    with Path(JOURNAL).open("a+", encoding="ascii") as journal:
        journal.write("started\n")
        journal.seek(0)
        STARTS = len(journal.readlines())
    template.main(arguments, {**LANGUAGES, "openqasm2": load_deeds})
