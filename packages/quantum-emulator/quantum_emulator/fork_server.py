"""The process in which programs run: it imports the simulators once and forks a fresh child for every program.

A fork of a warm process takes 4 ms, a cold start a second, and no child sees data of another.
Start it with a control socket's number as its one argument. Each message on that socket carries limits (`REQUEST`)
and one socket; on the latter come a header line and the program, and back go a reply and, last, one line with the
verdict on how the child ended. A child is killed at its time limit, when its caller
closes the socket, and when the emulator ends.
"""

import gc
import json
import os
import resource
import select
import signal
import socket
import struct
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from quantum_emulator.errors import ProgramError
from quantum_emulator.programs.formats import execute

REQUEST = struct.Struct("!dQ")  # seconds, mebibytes
# What the first circuit makes the simulators load and compute is then in the memory that every child inherits.
FIRST_RUN: dict[str, object] = {
    "format": "ionq.circuit.v1",
    "output": "ionq.quantum-results.v1",
    "shots": 1,
    "seed": 0,
    "qubits": 2,
    "exact": False,
    "seconds": 1.0,
    "max_bytes": 1000,
    "encoding": "",
}
FIRST_CIRCUIT = b'{"qubits": 2, "circuit": [{"gate": "h", "target": 0}, {"gate": "cnot", "control": 0, "target": 1}]}'
VERDICT_SECONDS = 10.0
MEMORY_MAP = Path("/proc/self/statm")


@dataclass
class Child:
    """A running program; `overdue` once it exceeded its time limit."""

    line: socket.socket
    deadline: float
    overdue: bool = False


class ForkServer:
    """One loop over the control socket, ends of children, deadlines, and callers that close their sockets."""

    def __init__(self, control: socket.socket) -> None:
        self._control = control
        self._children: dict[int, Child] = {}
        self._woken, waker = socket.socketpair()
        for end in (self._woken, waker):
            end.settimeout(0)
        self._waker = waker
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(waker.fileno())

    def serve(self) -> None:
        """Run until the other end of the control socket is closed; leave no child behind."""
        try:
            while self._turn():
                pass
        finally:
            for pid in self._children:
                os.kill(pid, signal.SIGKILL)

    def _turn(self) -> bool:
        ready = self._wait()
        if self._woken.fileno() in ready:
            self._woken.recv(4096)
        self._kill_where(ready)
        self._reap()
        return self._control.fileno() not in ready or self._accept()

    def _wait(self) -> set[int]:
        poller = select.poll()
        poller.register(self._control, select.POLLIN)
        poller.register(self._woken, select.POLLIN)
        for child in self._children.values():
            poller.register(child.line, 0)  # only callers that closed their sockets are reported
        nearest = min((child.deadline for child in self._children.values() if not child.overdue), default=None)
        timeout = None if nearest is None else max(0.0, nearest - time.monotonic()) * 1000 + 1
        return {number for number, _ in poller.poll(timeout)}

    def _kill_where(self, ready: set[int]) -> None:
        for pid, child in self._children.items():
            if not child.overdue and time.monotonic() >= child.deadline:
                child.overdue = True
                os.kill(pid, signal.SIGKILL)
            elif child.line.fileno() in ready:
                os.kill(pid, signal.SIGKILL)

    def _reap(self) -> None:
        # A child that is not reaped keeps its id, so a kill by id can never hit a stranger.
        while self._children:
            pid, status = os.waitpid(-1, os.WNOHANG)
            if pid == 0:
                return
            child = self._children.pop(pid)
            verdict = {"status": os.waitstatus_to_exitcode(status), "overdue": child.overdue}
            _tell(child.line, b"\n" + json.dumps(verdict).encode())

    def _accept(self) -> bool:
        message, numbers, _, _ = socket.recv_fds(self._control, REQUEST.size, 1)
        if not message:
            return False
        seconds, mebibytes = REQUEST.unpack(message)
        line = socket.socket(fileno=numbers[0])
        pid = os.fork()
        if pid == 0:
            self._be_a_child(line, mebibytes, seconds)
        self._children[pid] = Child(line, time.monotonic() + seconds)
        return True

    def _be_a_child(self, line: socket.socket, mebibytes: int, seconds: float) -> None:
        # Every path must end in _exit: a child must never continue in the server's loop.
        code = 1
        try:
            signal.set_wakeup_fd(-1)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            for other in (self._control, self._woken, self._waker, *(child.line for child in self._children.values())):
                other.close()
            confine(mebibytes, seconds)
            code = run_one(line)
        finally:
            os._exit(code)


def _tell(line: socket.socket, data: bytes) -> None:
    with line:
        try:
            line.settimeout(VERDICT_SECONDS)
            line.sendall(data)
        except OSError:
            return  # the caller closed its socket, or does not read: it needs no verdict


def confine(mebibytes: int, seconds: float) -> None:
    """Limit this process's memory (beyond its present use), processor time and files; discard its output."""
    if MEMORY_MAP.exists():  # macOS neither has it nor keeps to RLIMIT_AS
        pages = int(MEMORY_MAP.read_text(encoding="ascii").split()[0])
        memory = pages * os.sysconf("SC_PAGE_SIZE") + mebibytes * 2**20
        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    cpu = int(seconds * (os.cpu_count() or 1)) + 1
    resource.setrlimit(resource.RLIMIT_CPU, (cpu, cpu))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    nowhere = os.open(os.devnull, os.O_RDWR)
    for number in (0, 1, 2):
        os.dup2(nowhere, number)


def run_one(line: socket.socket) -> int:
    """Read a header line and a program from the socket, and write the result."""
    with line.makefile("rwb") as stream:
        header = json.loads(stream.readline())
        try:
            reply = execute(header, stream.read())
            stream.write(b'{"ok": true}\n')
            stream.write(reply)
        except ProgramError as fault:
            stream.write(json.dumps({"code": fault.code, "message": fault.message}).encode() + b"\n")
        except MemoryError:
            stream.write(b'{"memory": true}\n')
        except BaseException as fault:  # noqa: BLE001  # the simulators' panics are no Exceptions; each is the job's end
            stream.write(json.dumps({"code": "RuntimeError", "message": f"{type(fault).__name__}: {fault}"}).encode())
    return 0


def main() -> None:
    """Serve the control socket whose number is the first argument."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the emulator, which then closes the socket
    control = socket.socket(fileno=int(sys.argv[1]))
    execute(FIRST_RUN, FIRST_CIRCUIT)
    gc.freeze()
    control.sendall(b"ready")
    ForkServer(control).serve()


if __name__ == "__main__":
    main()
