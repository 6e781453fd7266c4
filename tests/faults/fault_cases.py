"""Every call that an order makes, by name; and faults that wait for such calls of certain orders."""

import re
from base64 import b64decode
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from tests.support.fault_proxy import Call

ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
MESSAGE = re.compile(rb"<MessageText>([^<]+)<")
BOUNDARY = re.compile(rb"(?:batch|changeset)_[0-9a-f-]{36}")  # of a transaction: no job's id
JOBS = r"/jobs\(PartitionKey="
SUBSCRIPTION = "00000000-0000-0000-0000-000000000001"

OPERATIONS = {  # name: service, method, what its path has
    "list_targets": ("workspace", "GET", r"/providerStatus\?"),
    "ask_for_sas": ("workspace", "POST", r"/storage/sasUri\?"),
    "create_job": ("workspace", "PUT", r"/jobs/[^/:]+\?"),
    "read_job": ("workspace", "GET", r"/jobs/[^/:]+\?"),
    "cancel_job": ("workspace", "POST", r"/jobs/[^/:]+:cancel\?"),
    "upload_input": ("linked", "PUT", r"/inputData\?"),
    "read_output": ("linked", "GET", r"/rawOutputData\?"),
    "keep_program": ("blob", "PUT", r"/programs/.+"),
    "read_program": ("blob", "GET", r"/programs/.+"),
    "keep_output": ("blob", "PUT", r"/results/.+/raw"),
    "keep_result": ("blob", "PUT", r"/results/.+/result\.json"),
    "read_result": ("blob", "GET", r"/results/.+/result\.json"),
    "find": ("table", "GET", r"/jobsopen\("),
    "find_claim": ("table", "GET", JOBS + "'id"),
    "note_open": ("table", "POST", r"/jobsopen$"),
    "claim": ("table", "POST", r"/jobs$"),
    "record": ("table", "PATCH", r"/jobsopen\("),
    "read_places": ("table", "GET", r"/places\("),
    "write_places": ("table", "PUT", r"/places\("),
    "first_place": ("table", "POST", r"/places$"),
    "send_answer": ("queue", "POST", r"/job-answers/messages"),
}
MADE_ONCE = ("/programs?", "/results?", "/Tables")  # containers and the table, by whoever misses them first
# What does nothing comes one after the other to one order; what acts, and does not say so, each to an order of its own.
REFUSALS = ("reset", "429", "429InSeconds", "429UntilDate", "500", "503", "503InSeconds", "401")
AMBIGUOUS = ("lostReply", "truncated", "corrupt", "stall")
ROUNDS = {"refusals": REFUSALS} | {fault: (fault,) * (1 if fault == "stall" else 2) for fault in AMBIGUOUS}


def operations_of(call: Call) -> list[str]:
    """Name the operations that a call may be."""
    return [
        name
        for name, (service, method, path) in OPERATIONS.items()
        if (service, method) == (call.service, call.method) and re.search(path, call.path.replace("%27", "'"))
    ]


def job_of(call: Call) -> str | None:
    """Find the job that a call is about, in its address or in what it says."""
    message = MESSAGE.search(call.body)
    body = b64decode(message[1]) if message else BOUNDARY.sub(b"", call.body)
    ids = (id_ for text in (call.path, body.decode(errors="replace")) for id_ in ID.findall(text))
    return next((id_ for id_ in ids if id_ != SUBSCRIPTION), None)


@dataclass
class Armed:
    """Faults that wait, each for one call of an operation about a job; `met` are those that have had theirs."""

    waiting: dict[tuple[str, str], list[str]] = field(default_factory=lambda: defaultdict(list))
    met: dict[tuple[str, str], list[str]] = field(default_factory=lambda: defaultdict(list))

    def arm(self, job_id: str, operation: str, faults: Sequence[str]) -> None:
        """Let the next calls of an operation about a job fail, each in the next of these ways."""
        self.waiting[job_id, operation] = list(faults)

    def __call__(self, call: Call) -> str | None:
        """Say how a call fails, if at all."""
        job = job_of(call) or ""
        for operation in operations_of(call):
            if faults := self.waiting.get((job, operation)):
                self.met[job, operation].append(faults[0])
                return faults.pop(0)
        return None
