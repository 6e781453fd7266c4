"""What the app and the compiler's template say to each other, and how a boxed child ends; loads nothing else.

The template is started with the number of a control socket, the bytes of memory that a program has, and the folders
in which packages are. Each order on the control socket brings two sockets. On the first the child reads the request,
to the end, and writes its answer: a line of JSON, `{"faults": […]}` or `{"entryPoint", "qubits"}`, the latter followed
by the QIR. On the second, which no child has, the template says once how it ended: a `Verdict` as JSON. Whoever closes
the second one ends the child.
"""

import json
import struct
from dataclasses import asdict, dataclass

ORDER = struct.Struct("!16s16sId")  # language, profile, seconds of a processor, seconds on the clock
LARGEST_VERDICT = 2**12  # fits into the buffer of any socket

TOO_DEEP = 64  # exit statuses of a child, beside 0
OUT_OF_MEMORY = 65
BROKEN = 66


@dataclass(frozen=True)
class Verdict:
    """How a child ended: its exit status, or the signal that ended it as a negative number.

    `processor_seconds` is what it used. `late` says that the clock ended it, and `asleep` that it was not even trying
    to get on then. `unavailable` says why there was no child.
    """

    status: int = 0
    processor_seconds: float = 0.0
    late: bool = False
    asleep: bool = False
    unavailable: str = ""

    def encoded(self) -> bytes:
        """Give it as it goes over the socket."""
        return json.dumps(asdict(self)).encode()


def pack_order(language: str, profile: str, processor_seconds: int, clock_seconds: float) -> bytes:
    """Ask for a child for a program in this language, with these limits."""
    return ORDER.pack(language.encode(), profile.encode(), processor_seconds, clock_seconds)


def unpack_order(order: bytes) -> tuple[str, str, int, float]:
    """Read what `pack_order` wrote."""
    language, profile, processor_seconds, clock_seconds = ORDER.unpack(order)
    return language.rstrip(b"\0").decode(), profile.rstrip(b"\0").decode(), processor_seconds, clock_seconds
