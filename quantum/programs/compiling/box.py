"""The compiler's box: what a child may take of the machine, and that it can see and touch next to nothing of it."""

import ctypes
import os
import resource
import signal
import sys
from contextlib import suppress
from pathlib import Path

MEMORY_MAP = Path("/proc/self/statm")
NOBODY = 65534
PR_SET_PDEATHSIG = 1


def limit_memory(memory_bytes: int) -> int:
    """Cap the address space of this process, and return the cap; what it holds in memory already does not count.

    A program that was started afresh had to load the same. Here several profiles may lie ready, and it needs but one.
    """
    hard = resource.getrlimit(resource.RLIMIT_AS)[1]
    limit = memory_bytes + _resident_bytes()
    memory = limit if hard == resource.RLIM_INFINITY else min(limit, hard)
    resource.setrlimit(resource.RLIMIT_AS, (memory, hard))
    return memory


def limit_resources(memory_bytes: int, processor_seconds: int) -> None:
    """Cap what a program can take, for good."""
    memory = limit_memory(memory_bytes)
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (processor_seconds, processor_seconds + 1))  # SIGXCPU first, then SIGKILL
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def keep_only(descriptor: int) -> None:
    """Close what was inherited, but for one descriptor and the three standard ones, which lead nowhere."""
    os.closerange(3, descriptor)
    os.closerange(descriptor + 1, os.sysconf("SC_OPEN_MAX"))


def end_with(parent: int) -> None:
    """End this process when its parent does, however that happens; only Linux can promise it."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(os.EX_SOFTWARE)  # it ended before it could be asked for


def become_nobody() -> None:
    """Give up being root, whom the limit on processes does not hold back; elsewhere the user stays who it is."""
    if os.geteuid() == 0:
        with suppress(OSError):  # a container may not let even root do that
            os.setgroups([])
            os.setgid(NOBODY)
            os.setuid(NOBODY)


def shut_the_box() -> None:
    """Let nothing be opened, written or started from here on, by Python, by qdk or by its native code.

    The kernel's limit on open files stops whatever asks for one, and sockets and pipes with it.
    """
    for limit in (resource.RLIMIT_NOFILE, resource.RLIMIT_FSIZE, resource.RLIMIT_NPROC):
        resource.setrlimit(limit, (0, 0))


def _resident_bytes() -> int:
    if not MEMORY_MAP.exists():  # macOS has no such file, and does not keep to the limit either
        return 0
    return int(MEMORY_MAP.read_text(encoding="ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE")
