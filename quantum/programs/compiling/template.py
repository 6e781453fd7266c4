"""The compiler's template: loads each language when it is first asked for, and forks a boxed child for each program.

A fork takes milliseconds where loading takes a third of a second, and no child sees what another left behind: between
two forks the template keeps nothing but what it has loaded. A child is killed when its time on the clock is up, when
its caller hangs up, and when the template goes; the template goes when the app closes the control socket, or dies.
"""

import gc
import os
import resource
import select
import signal
import socket
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

sys.path.insert(0, str(Path(__file__).resolve().parents[3]))  # it is started alone, with Python's library only

from quantum.programs.compiling.box import become_nobody, end_with, keep_only, limit_memory, limit_resources
from quantum.programs.compiling.child import LANGUAGES, Compile, Load, compile_one
from quantum.programs.compiling.protocol import BROKEN, ORDER, Verdict, unpack_order


@dataclass
class Child:
    """A program under way, or killed and not yet reaped; `late` and `asleep` are known once its time is up."""

    verdicts: socket.socket
    deadline: float
    killed: bool = False
    late: bool = False
    asleep: bool = False


class Template:
    """One loop over the orders, the ends of children, their time on the clock, and their callers' hanging up."""

    def __init__(self, control: socket.socket, memory_bytes: int, languages: Mapping[str, Load]) -> None:
        self._control = control
        self._memory_bytes = memory_bytes
        self._own_id = os.getpid()
        self._languages = languages
        self._children: dict[int, Child] = {}
        self._woken, self._waker = socket.socketpair()
        self._waker.settimeout(0)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(self._waker.fileno())

    def serve(self) -> None:
        """Take orders until the other end of the control socket is closed; leave no child behind."""
        try:
            while True:
                ready = self._wait()
                if self._woken.fileno() in ready:
                    self._woken.recv(4096)
                self._kill_where(ready)
                self._reap()
                if self._control.fileno() in ready and not self._take_order():
                    return
        finally:
            for pid in self._children:
                _kill(pid)

    def _wait(self) -> set[int]:
        poller = select.poll()
        poller.register(self._control, select.POLLIN)
        poller.register(self._woken, select.POLLIN)
        running = [child for child in self._children.values() if not child.killed]
        for child in running:
            poller.register(child.verdicts, 0)  # only a caller that hung up is told
        nearest = min((child.deadline for child in running), default=None)
        return {ready for ready, _ in poller.poll(nearest and max(0.0, nearest - time.monotonic()) * 1000 + 1)}

    def _kill_where(self, ready: set[int]) -> None:
        for pid, child in self._children.items():
            if child.killed:
                continue
            if time.monotonic() >= child.deadline:
                child.late, child.asleep = True, is_asleep(pid)
            if child.late or child.verdicts.fileno() in ready:
                child.killed = True
                _kill(pid)

    def _reap(self) -> None:
        # What is not reaped keeps its id, so a kill by id cannot hit a stranger.
        while self._children:
            pid, status, used = os.wait4(-1, os.WNOHANG)
            if pid == 0:
                return
            child = self._children.pop(pid)
            ended = os.waitstatus_to_exitcode(status)
            _send_verdict(child.verdicts, Verdict(ended, used.ru_utime + used.ru_stime, child.late, child.asleep))

    def _take_order(self) -> bool:
        order, descriptors, _, _ = socket.recv_fds(self._control, ORDER.size, 2)
        if not order:
            return False
        language, profile, processor_seconds, clock_seconds = unpack_order(order)
        answers, verdicts = (socket.socket(fileno=number) for number in descriptors)
        with answers:
            try:
                compile_program = self._load(language, profile)
                pid = os.fork()
            except (ImportError, MemoryError, ValueError, OSError) as error:
                _send_verdict(verdicts, Verdict(unavailable=f"{type(error).__name__}: {error}"[:500]))
                return True
            if pid == 0:
                self._be_a_child(answers, compile_program, processor_seconds)
        os.setpgid(pid, pid)  # here, so that it is done before it is needed
        self._children[pid] = Child(verdicts, time.monotonic() + clock_seconds)
        return True

    def _load(self, language: str, profile: str) -> Compile:
        limit_memory(self._memory_bytes)  # what cannot be loaded within it is told, and not tried by a child
        compile_program = self._languages[language](profile)
        gc.freeze()  # a collection in a child would touch, and so copy, all that is shared
        return compile_program

    def _be_a_child(self, answers: socket.socket, compile_program: Compile, processor_seconds: int) -> NoReturn:
        # No path may leave here but by _exit: a child must never go on in the template's loop.
        status = BROKEN
        try:
            signal.set_wakeup_fd(-1)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            gc.enable()
            limit_resources(self._memory_bytes, processor_seconds)
            keep_only(answers.fileno())
            become_nobody()
            end_with(self._own_id)
            status = compile_one(answers, compile_program)
        finally:
            os._exit(status)


def is_asleep(pid: int) -> bool:
    """Tell whether a process waits for something else than a processor, where the system can tell that."""
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0] == "S"
    except FileNotFoundError:
        return False


def _kill(pid: int) -> None:
    try:
        os.killpg(pid, signal.SIGKILL)
    except PermissionError:  # macOS says so of a group that has ended
        return


def _send_verdict(verdicts: socket.socket, verdict: Verdict) -> None:
    """Say how a child ended, to a caller that may have gone."""
    with verdicts:
        try:
            verdicts.send(verdict.encoded(), socket.MSG_DONTWAIT)
        except OSError:
            return


def main(arguments: Sequence[str], languages: Mapping[str, Load]) -> None:
    """Serve the control socket whose number comes first, with so many bytes of memory, and packages in folders."""
    control, memory_bytes, *folders = arguments
    sys.path.extend(folders)
    gc.disable()  # loading leaves next to nothing to collect, and looking for it takes longer than the loop ever will
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    Template(socket.socket(fileno=int(control)), int(memory_bytes), languages).serve()


if __name__ == "__main__":
    main(sys.argv[1:], LANGUAGES)
