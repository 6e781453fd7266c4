"""The ports of the core: one Protocol per dependency, implemented by `quantum.adapters`.

Every method may raise the errors of `quantum.jobs.errors`; no return value contains a key or a SAS.
"""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import field
from datetime import datetime, timedelta
from io import BytesIO
from typing import TYPE_CHECKING, Literal, Protocol

from quantum.contract.fields import Fault
from quantum.contract.kinds import Limits
from quantum.jobs.first_runs import FirstRunStore
from quantum.jobs.limiter import Limiter, NoLimit
from quantum.jobs.lists import Listing
from quantum.jobs.model import Job, Part
from quantum.jobs.program import Compiled, Program
from quantum.jobs.recent_contents import RecentContents
from quantum.jobs.uploads import Search, Upload, UploadRecord
from quantum.telemetry.names import NoopTelemetry, Telemetry
from quantum.wire.records import record
from quantum.workspaces.profiles import Profile, SecretName
from quantum.workspaces.remote import ListedJob, NewSession, Quota, RemoteJob, Session, Target

if TYPE_CHECKING:  # a cold start does without batches and budgets
    from quantum.batches.model import Batch
    from quantum.budgets.ledger import Ledger
    from quantum.jobs.on_demand import OnDemand

COMPILER_PATIENCE_SECONDS = 30.0  # how long a caller who waits for the answer waits for the compiler


class Closes(Protocol):
    """A resource with open connections."""

    async def close(self) -> None:
        """Close the connections."""
        ...


@record
class Secret:
    """A secret's value and content type; `repr` does not show the value."""

    value: str = field(repr=False)
    content_type: str | None = None


class Vault(Closes, Protocol):
    """The deployment's own key vault, and those of profiles."""

    async def read(self, secret: SecretName) -> Secret:
        """Read a secret, or raise NotFoundError or UnauthorizedError."""
        ...

    async def write(self, name: str, value: str) -> None:
        """Store a secret in the deployment's own vault, replacing any of this name."""
        ...

    async def remove(self, name: str) -> None:
        """Remove a secret from the deployment's own vault; a missing one is no error."""
        ...

    async def check(self) -> None:
        """Raise if the deployment's own vault cannot be used; do nothing where it has none."""
        ...


class ProfileStore(Closes, Protocol):
    """The profiles that callers have added, without those of the settings."""

    async def find(self, name: str) -> Profile | None:
        """Read a profile."""
        ...

    def all(self) -> AsyncIterator[Profile]:
        """List the profiles by name."""
        ...

    async def claim(self, profile: Profile) -> bool:
        """Insert a new profile; return False where the name is taken."""
        ...

    async def replace(self, profile: Profile) -> None:
        """Replace the profile of this name."""
        ...

    async def remove(self, name: str) -> None:
        """Remove a profile; a missing one is no error."""
        ...


@record
class Blob:
    """A blob: size in bytes, ETag, metadata with lower-case names, content, and optional properties."""

    size: int
    etag: str
    metadata: Mapping[str, str]
    chunks: AsyncIterator[bytes]
    created: datetime | None = None
    md5: str | None = None

    async def read(self) -> bytes:
        """Read the whole content, with no second copy in memory; the caller has checked the size."""
        content = BytesIO()
        content.seek(self.size)
        content.write(b" ")  # allocates all of it at once: a growing buffer is copied
        content.seek(0)
        async for chunk in self.chunks:
            content.write(chunk)
        content.truncate()
        return content.getvalue()


class BlobStore(Closes, Protocol):
    """The app's own blobs; a path is `container/name`."""

    async def open(self, path: str) -> Blob:
        """Begin to read a blob, or raise NotFoundError."""
        ...

    async def write(self, path: str, content: bytes | AsyncIterator[bytes], *, size: int | None = None) -> None:
        """Write a whole blob, replacing any of this path."""
        ...

    async def part(self, path: str, start: int, length: int) -> tuple[bytes, int]:
        """Read `length` bytes from `start`, fewer at the end, and return them with the blob's size."""
        ...

    def names(self, container: str) -> AsyncIterator[str]:
        """List the names of a container's blobs; none where the container is missing."""
        ...

    async def remove(self, path: str) -> None:
        """Remove a blob; a missing one is no error."""
        ...

    async def check(self) -> None:
        """Raise if the store cannot be used."""
        ...


class Workspace(Closes, Protocol):
    """The data plane of an Azure Quantum workspace."""

    async def targets(self) -> Sequence[Target]:
        """List the targets of every provider in the workspace."""
        ...

    async def upload_input(
        self, job_id: str, content: AsyncIterator[bytes], size: int, media_type: str, encoding: str | None = None
    ) -> None:
        """Upload a program to the workspace's storage; an existing one stays unchanged."""
        ...

    async def submit(self, job: Job, program: Program, part: Part | None = None) -> RemoteJob:
        """Create the job `job.remote_id`, or one part of it, or return the existing one."""
        ...

    async def job(self, job_id: str) -> RemoteJob:
        """Read a job, or raise NotFoundError."""
        ...

    async def unfinished_jobs(self, skip: int, top: int) -> tuple[Sequence[ListedJob], bool]:
        """List the workspace's jobs in a state known to be unfinished, oldest first, and say whether there are more.

        The list may be stale, and lacks the jobs in states that only the workspace knows.
        """
        ...

    async def cancel(self, job_id: str) -> None:
        """Request a job's cancellation; RefusedError if the provider refuses."""
        ...

    async def open_output(self, job_id: str) -> tuple[RemoteJob, Blob]:
        """Read a successful job, and begin to read its output."""
        ...

    async def open_input(self, job_id: str) -> Blob:
        """Begin to read the program of a job."""
        ...

    async def quotas(self) -> Sequence[Quota]:
        """List the quotas of every provider."""
        ...

    async def open_session(self, new: NewSession) -> Session:
        """Open a session, or return the existing one unchanged."""
        ...

    async def session(self, session_id: str) -> Session:
        """Read a session, or raise NotFoundError."""
        ...

    async def close_session(self, session_id: str) -> Session:
        """Close a session to new jobs; a session that has ended stays unchanged."""
        ...

    async def sessions(self, skip: int, top: int) -> tuple[Sequence[Session], bool]:
        """List sessions, newest first, and say whether there are more."""
        ...

    async def session_jobs(self, session_id: str, skip: int, top: int) -> tuple[Sequence[RemoteJob], bool]:
        """List the jobs of a session, newest first, and say whether there are more."""
        ...


class Workspaces(Closes, Protocol):
    """The workspaces by name: the deployment's own, and one per profile, connected at its first use."""

    def profiles(self) -> Mapping[str, Profile]:
        """Return the profiles of the settings, by name."""
        ...

    async def get(self, name: str) -> Workspace:
        """Return the workspace of a profile, or the deployment's own for `default`; else UnknownWorkspaceError."""
        ...

    async def validate(self, profile: Profile, secret: str) -> None:
        """Call the workspace with a secret that is not stored yet, and raise any error of that call."""
        ...

    def forget(self, name: str) -> None:
        """Drop the cached profile and secret of a name, which have changed."""
        ...


@record
class Entry:
    """An index entry: a job, the digest of its order, and when housekeeping last woke it.

    `version` changes with each write; it is None for a job that is filed among the ended ones.
    """

    job: Job
    digest: str
    woken_at: str | None = None
    version: str | None = field(default=None, compare=False)


class JobIndex(Closes, Protocol):
    """The index of all jobs, by id and in lists."""

    async def claim(self, job: Job, digest: str) -> bool:
        """Insert a new job; return False where the id is taken."""
        ...

    async def find(self, job_id: str) -> Entry | None:
        """Read a job, with the latest cancellation request and its time."""
        ...

    async def record(self, job: Job) -> None:
        """Write the current state of a job."""
        ...

    async def request_cancel(self, job_id: str, at: str) -> None:
        """Record the caller's cancellation request and its time."""
        ...

    async def note_wake(self, job_id: str, at: str) -> None:
        """Record when housekeeping woke a job whose orchestration had stalled."""
        ...

    def open_entries(self, workspace: str | None = None) -> AsyncIterator[Entry]:
        """List the entries of all jobs that are not filed among the ended ones, newest first, a thousand per request.

        Some were never claimed: `find` has no entry for their ids, or one with another time of creation.
        """
        ...

    def open_jobs(self, workspace: str | None = None) -> AsyncIterator[Job]:
        """List the jobs of those entries."""
        ...

    async def close_id(self, job_id: str) -> None:
        """File one job among the ended ones, if it has ended."""
        ...

    async def close_entries(self, entries: Sequence[Entry]) -> None:
        """File the jobs that have ended, remove entries that were never claimed; leave what has changed since."""
        ...

    async def page(self, listing: Listing, top: int, continuation: str | None) -> tuple[Sequence[Job], str | None]:
        """Read a page of a list, with the cursor of the next; ValueError for a cursor of another list.

        It may have fewer than `top` jobs, or none, even if there is a next page.
        """
        ...

    async def check(self) -> None:
        """Raise if the index cannot be used."""
        ...


class BatchStore(Closes, Protocol):
    """The batches, by id and newest first; their requests and tables are blobs."""

    async def claim(self, batch: "Batch") -> bool:
        """Insert a new batch; return False where the id is taken."""
        ...

    async def find(self, batch_id: str) -> "Batch | None":
        """Read a batch, with the latest requests to cancel or pause it."""
        ...

    async def record(self, batch: "Batch") -> None:
        """Write the current state of a batch."""
        ...

    async def request_cancel(self, batch_id: str, at: str) -> None:
        """Record the caller's cancellation request and its time."""
        ...

    async def request_pause(self, batch_id: str, at: str | None) -> None:
        """Record that its caller paused the batch at a time, or with None that it may go on."""
        ...

    async def page(self, top: int, continuation: str | None) -> "tuple[Sequence[Batch], str | None]":
        """Read a page of the list, newest first, with the cursor of the next; ValueError for one that is refused."""
        ...

    def open_batches(self) -> "AsyncIterator[Batch]":
        """List the batches that are not closed; some were never claimed, and `find` has none of their ids."""
        ...

    async def close_batch(self, batch: "Batch") -> None:
        """Take a batch from the open ones."""
        ...


class Uploads(Closes, Protocol):
    """The container of uploads, and the records of those that were accepted."""

    async def page(self, cursor: str | None) -> tuple[Sequence[Upload], str | None]:
        """List a page of uploads by name, with the cursor of the next; ValueError for a cursor that is refused."""
        ...

    async def record(self, record: UploadRecord, number: int) -> bool:
        """Insert a record under its path, creation time and `number`; return False where that key is taken."""
        ...

    async def records(self, path: str) -> Sequence[UploadRecord]:
        """Read the records of a path, by creation time and number."""
        ...

    async def search(self, since: datetime) -> Search:
        """Read the state of the search; the first call ever starts it at `since`."""
        ...

    async def save(self, search: Search) -> None:
        """Write the state of the search."""
        ...


class MessageQueue(Closes, Protocol):
    """A queue for outgoing messages."""

    async def send(self, message: bytes, *, after: int = 0) -> None:
        """Send a message that becomes visible after `after` seconds, and expires if the queue's messages do."""
        ...

    async def check(self) -> None:
        """Raise if the queue cannot be used."""
        ...


class AnswerQueues(Closes, Protocol):
    """The queues that orders name for their answers, each by its name without the prefix of all of them."""

    async def send(self, name: str, message: bytes, keep: timedelta) -> None:
        """Send one message, which is gone after so long; a queue that is not there is made first."""
        ...

    async def remove_unused(self, most: int) -> int:
        """Remove queues that are empty and were not used for a while; look closely at so many at most."""
        ...


class Compiler(Closes, Protocol):
    """Compiles source text to QIR."""

    async def compile(
        self,
        source: str,
        language: str,
        *,
        profile: str,
        entry_point: str | None,
        arguments: Sequence[object],
        patience: float = COMPILER_PATIENCE_SECONDS,
    ) -> Compiled | tuple[Fault, ...]:
        """Compile a program, or return all faults; CompilerBusyError if no turn is free within `patience` seconds."""
        ...


# `ended`: completed; `died`: failed or terminated
type State = Literal["unknown", "running", "ended", "died"]


@record
class InstanceStatus:
    """The status of an orchestration: its state, its last move, and the end of the pause that it then announced.

    `moved_at` is None where the engine does not report it, and for a suspended orchestration, which is not expected to
    move.
    """

    state: State
    moved_at: datetime | None = None
    pauses_until: datetime | None = None


class Orchestrations(Protocol):
    """The durable engine."""

    async def start(self, job: Job) -> None:
        """Start the job's orchestration unless it is running."""
        ...

    async def start_batch(self, batch_id: str) -> None:
        """Start the batch's orchestration unless it is running."""
        ...

    async def start_watcher(self, workspace: str) -> None:
        """Start the watcher of a workspace unless it is running; a failure does no harm."""
        ...

    async def state(self, job_id: str) -> State:
        """Return the state of the orchestration with this id."""
        ...

    async def status(self, job_id: str) -> InstanceStatus:
        """Return the status of the orchestration with this id."""
        ...

    async def purge(self, before: datetime, prefixes: Sequence[str]) -> None:
        """Purge orchestrations that ended before a moment and whose id has one of the prefixes: a page of each."""
        ...

    async def wake(self, job_id: str) -> None:
        """End the current pause of an orchestration; a hint that may be lost without harm."""
        ...


@record
class Services:
    """All services that doors and activities use.

    `endpoints` are additional endpoints that a caller's workspace may have; `recent` has contents of `blobs`.
    """

    workspaces: Workspaces
    profiles: ProfileStore
    vault: Vault
    blobs: BlobStore
    uploads: Uploads
    index: JobIndex
    batches: BatchStore
    first_runs: FirstRunStore
    answers: MessageQueue
    answer_queues: AnswerQueues
    orders: MessageQueue
    compiler: Compiler
    ledger: "OnDemand[Ledger]"
    limits: Limits
    now: Callable[[], datetime]
    limiter: Limiter = field(default_factory=NoLimit)
    telemetry: Telemetry = field(default_factory=NoopTelemetry)
    endpoints: tuple[str, ...] = ()
    recent: RecentContents = field(default_factory=RecentContents)
    signs_in: bool = False  # whether App Service authentication, or a stand-in, says who asks
