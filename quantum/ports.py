"""What the core needs from the outside: one Protocol a dependency, implemented by `quantum.adapters`.

Every method may raise the errors of `quantum.jobs.errors`, and nothing that it returns holds a key or a SAS.
"""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from io import BytesIO
from typing import Literal, Protocol

from quantum.contract.fields import Fault
from quantum.contract.kinds import Limits
from quantum.jobs.lists import Listing
from quantum.jobs.model import Job
from quantum.jobs.program import Compiled, Program
from quantum.jobs.uploads import Search, Upload, UploadRecord
from quantum.telemetry.names import SilentTelemetry, Telemetry
from quantum.workspaces.profiles import Profile, SecretName
from quantum.workspaces.remote import NewSession, Quota, RemoteJob, Session, Target

COMPILER_PATIENCE_SECONDS = 30.0  # for a turn at the compiler, of somebody who waits for the answer


class Closes(Protocol):
    """Something that holds connections."""

    async def close(self) -> None:
        """Close the connections."""
        ...


@dataclass(frozen=True)
class Secret:
    """A secret's value, and what kind of content the vault says it is; its text form shows neither."""

    value: str = field(repr=False)
    content_type: str | None = None


class Vault(Closes, Protocol):
    """Key vaults: the deployment's own, and those that a profile names."""

    async def read(self, secret: SecretName) -> Secret:
        """Read a secret; NotFoundError where there is none, UnauthorizedError where the vault refuses."""
        ...

    async def write(self, name: str, value: str) -> None:
        """Keep a secret in the deployment's own vault, over whatever went by this name."""
        ...

    async def remove(self, name: str) -> None:
        """Remove a secret from the deployment's own vault; one that is gone already is no error."""
        ...

    async def check(self) -> None:
        """Raise what stands between us and the deployment's own vault; nothing where it has none."""
        ...


class ProfileStore(Closes, Protocol):
    """The profiles that callers have added; those of the settings are not in it."""

    async def find(self, name: str) -> Profile | None:
        """Read a profile."""
        ...

    def all(self) -> AsyncIterator[Profile]:
        """List the profiles by name."""
        ...

    async def claim(self, profile: Profile) -> bool:
        """Insert a profile that is not there yet; False where the name is taken."""
        ...

    async def replace(self, profile: Profile) -> None:
        """Write a profile over the one of its name."""
        ...

    async def remove(self, name: str) -> None:
        """Remove a profile; one that is gone already is no error."""
        ...


@dataclass(frozen=True)
class Blob:
    """A blob as it is read: size in bytes, ETag, metadata with lower-case names, content, and what else is known."""

    size: int
    etag: str
    metadata: Mapping[str, str]
    chunks: AsyncIterator[bytes]
    created: datetime | None = None
    md5: str | None = None

    async def read(self) -> bytes:
        """Read it whole, with no second copy in memory; the caller has looked at the size."""
        content = BytesIO()
        content.seek(self.size)
        content.write(b" ")  # makes room for all of it at once: a buffer that grows is copied on the way
        content.seek(0)
        async for chunk in self.chunks:
            content.write(chunk)
        content.truncate()
        return content.getvalue()


class BlobStore(Closes, Protocol):
    """The app's own blobs; a path is `container/name`."""

    async def open(self, path: str) -> Blob:
        """Begin to read a blob; NotFoundError where there is none."""
        ...

    async def write(self, path: str, content: bytes | AsyncIterator[bytes], *, size: int | None = None) -> None:
        """Write a blob whole, over whatever was there."""
        ...

    async def part(self, path: str, start: int, length: int) -> tuple[bytes, int]:
        """Read so many bytes of a blob from a place on, fewer or none past its end, and say how many it has in all."""
        ...

    def names(self, container: str) -> AsyncIterator[str]:
        """List the names of a container's blobs; none where there is no such container."""
        ...

    async def remove(self, path: str) -> None:
        """Remove a blob; one that is gone already is no error."""
        ...

    async def check(self) -> None:
        """Raise if the store cannot be used."""
        ...


class Workspace(Closes, Protocol):
    """An Azure Quantum workspace, by its data plane."""

    async def targets(self) -> Sequence[Target]:
        """List the targets of every provider in the workspace."""
        ...

    async def upload_input(
        self, job_id: str, content: AsyncIterator[bytes], size: int, media_type: str, encoding: str | None = None
    ) -> None:
        """Put a program where the workspace will read it; one that is there already is left as it is."""
        ...

    async def submit(self, job: Job, program: Program) -> RemoteJob:
        """Create the job under `job.remote_id`, or return it if it is there already."""
        ...

    async def job(self, job_id: str) -> RemoteJob:
        """Read a job; NotFoundError where there is none."""
        ...

    async def cancel(self, job_id: str) -> None:
        """Ask for a job to be cancelled; RefusedError where the provider will not."""
        ...

    async def open_output(self, job_id: str) -> tuple[RemoteJob, Blob]:
        """Read a job that has succeeded, and begin to read its output."""
        ...

    async def open_input(self, job_id: str) -> Blob:
        """Begin to read the program that a job was submitted with."""
        ...

    async def quotas(self) -> Sequence[Quota]:
        """List what every provider lets the workspace use."""
        ...

    async def open_session(self, new: NewSession) -> Session:
        """Open a session, or return it if it is there already, as it is."""
        ...

    async def session(self, session_id: str) -> Session:
        """Read a session; NotFoundError where there is none."""
        ...

    async def close_session(self, session_id: str) -> Session:
        """Close a session to new jobs; one that is over stays as it ended."""
        ...

    async def sessions(self, skip: int, top: int) -> tuple[Sequence[Session], bool]:
        """List sessions newest first, and say whether there are more."""
        ...

    async def session_jobs(self, session_id: str, skip: int, top: int) -> tuple[Sequence[RemoteJob], bool]:
        """List the jobs of a session newest first, and say whether there are more."""
        ...


class Workspaces(Closes, Protocol):
    """The workspaces by name: the deployment's own, and one for each profile, connected when it is first used."""

    def known(self) -> Mapping[str, Profile]:
        """The profiles of the settings, by name."""
        ...

    async def named(self, name: str) -> Workspace:
        """Give the workspace of a profile, or the deployment's own for `default`; else UnknownWorkspaceError."""
        ...

    async def validate(self, profile: Profile, secret: str) -> None:
        """Make a real call with a secret that is kept nowhere yet; raises what it raises."""
        ...

    def forget(self, name: str) -> None:
        """Read a profile and its secret anew at its next use: somebody has changed them."""
        ...


@dataclass(frozen=True)
class Entry:
    """A job in the index, the digest of the order that it was claimed with, and when housekeeping last woke it."""

    job: Job
    digest: str
    woken_at: str | None = None


class JobIndex(Closes, Protocol):
    """The jobs that we know, by id and in lists."""

    async def claim(self, job: Job, digest: str) -> bool:
        """Insert a job that is not there yet; False where the id is taken."""
        ...

    async def find(self, job_id: str) -> Entry | None:
        """Read a job, with `cancel_requested` as last asked, and when."""
        ...

    async def record(self, job: Job) -> None:
        """Write where a job is now."""
        ...

    async def request_cancel(self, job_id: str, at: str) -> None:
        """Note that the caller wants the job cancelled, and when that was."""
        ...

    async def note_wake(self, job_id: str, at: str) -> None:
        """Note that housekeeping woke a job whose orchestration was silent, and when that was."""
        ...

    def open_ids(self, workspace: str | None = None) -> AsyncIterator[str]:
        """List the ids that may belong to jobs that have not ended, of one workspace or all; never fewer than those."""
        ...

    async def close_id(self, job_id: str) -> None:
        """Take the id of a job that has ended, or was never claimed, off that list; one that has not stays on it."""
        ...

    async def page(self, listing: Listing, top: int, continuation: str | None) -> tuple[Sequence[Job], str | None]:
        """Read a page of a list, with the token of the next; ValueError for a token that is none of this list's.

        It may have fewer jobs than asked for, or none, though there is a next.
        """
        ...

    async def check(self) -> None:
        """Raise if the index cannot be used."""
        ...


class Uploads(Closes, Protocol):
    """The uploads of a deployment."""

    async def page(self, cursor: str | None) -> tuple[Sequence[Upload], str | None]:
        """List a page of uploads by name, with the cursor of the next; ValueError for a cursor that is refused."""
        ...

    async def record(self, record: UploadRecord, number: int) -> bool:
        """Insert a record as an upload's first, second … of one path and creation time; False where that is taken."""
        ...

    async def records(self, path: str) -> Sequence[UploadRecord]:
        """Read the records of a path, oldest upload first, and those of one creation time in their order."""
        ...

    async def search(self, since: datetime) -> Search:
        """Read how far the search has come; the first call of all begins it with this `since`, which then stays."""
        ...

    async def keep(self, search: Search) -> None:
        """Write how far the search has come."""
        ...


class MessageQueue(Closes, Protocol):
    """A queue that we send messages to."""

    async def send(self, message: bytes, *, after: int = 0) -> None:
        """Send one message, to be seen after so many seconds; it stays until somebody takes it."""
        ...

    async def check(self) -> None:
        """Raise if the queue cannot be used."""
        ...


class Compiler(Closes, Protocol):
    """Turns source text into QIR."""

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
        """Compile a program, or say everything that is wrong; CompilerBusyError if its turn is not within patience."""
        ...


# An orchestration that `ended` did so of its own accord; one that `died` was ended by an error, or by somebody.
type State = Literal["unknown", "running", "ended", "died"]


@dataclass(frozen=True)
class Standing:
    """How an orchestration stands: its state, when it last moved, and the end of the pause that it then announced.

    `moved_at` is None where the engine does not tell, and where nobody expects a move: somebody has suspended it.
    """

    state: State
    moved_at: datetime | None = None
    pauses_until: datetime | None = None


class Orchestrations(Protocol):
    """The durable engine, as a door sees it."""

    async def start(self, job: Job) -> None:
        """Start the job's orchestration unless one with its id runs."""
        ...

    async def state(self, job_id: str) -> State:
        """What has become of the orchestration with this id."""
        ...

    async def standing(self, job_id: str) -> Standing:
        """How the orchestration with this id stands."""
        ...

    async def purge(self, before: datetime, prefixes: Sequence[str]) -> None:
        """Forget orchestrations that ended before a moment, of ids that begin so: as many as a page has of each."""
        ...

    async def wake(self, job_id: str) -> None:
        """End the current pause of a waiting orchestration; a hint, lost without harm."""
        ...


@dataclass(frozen=True)
class Services:
    """Everything that doors and activities use of the outside.

    `endpoints` are the addresses that a caller's workspace may have beside Azure Quantum's own.
    """

    workspaces: Workspaces
    profiles: ProfileStore
    vault: Vault
    blobs: BlobStore
    uploads: Uploads
    index: JobIndex
    answers: MessageQueue
    orders: MessageQueue
    compiler: Compiler
    limits: Limits
    now: Callable[[], datetime]
    telemetry: Telemetry = field(default_factory=SilentTelemetry)
    endpoints: tuple[str, ...] = ()
