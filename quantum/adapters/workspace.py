"""An Azure Quantum workspace over its REST data plane, on azure-core's pipeline.

The API is 2026-01-15-preview, as azure-quantum-python 3.13 uses it. A SAS is requested at the moment of use and
never leaves this file.
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any
from urllib.parse import quote, urlsplit

from azure.core.exceptions import ResourceExistsError
from azure.core.pipeline.transport import AioHttpTransport
from azure.core.rest import HttpRequest
from azure.storage.blob import ContentSettings
from azure.storage.blob.aio import BlobClient

from quantum.adapters.access import UNAUTHORIZED, Access, access_of
from quantum.adapters.azure_errors import translated
from quantum.adapters.blobs import TRANSFER, blob_from
from quantum.adapters.retry_budget import BUDGET, CONNECTION
from quantum.adapters.small_blobs import PIECE, SmallBlobs, linked
from quantum.adapters.workspace_addresses import Recent, with_blob, without_query
from quantum.adapters.workspace_answers import (
    expected_form,
    read_job,
    read_listed_job,
    read_quota,
    read_session,
    read_target,
)
from quantum.adapters.workspace_pipeline import pipeline
from quantum.contract.workspaces import DEFAULT
from quantum.jobs.errors import NotFoundError, ServiceError, UnauthorizedError
from quantum.jobs.lifecycle import UNFINISHED_STATUSES, Phase, phase_of
from quantum.jobs.model import Job, Part
from quantum.jobs.program import Program
from quantum.jobs.tags import tag_texts
from quantum.ports import Blob, Secret
from quantum.programs.formats import input_params, row_of
from quantum.settings import SignInSettings, WorkspaceSettings
from quantum.workspaces.profiles import Credential, Profile
from quantum.workspaces.remote import ListedJob, NewSession, Quota, RemoteJob, Session, Target

API_VERSION = "2026-01-15-preview"
WHAT = "The quantum workspace"
STORAGE = "The workspace's storage"
UNFINISHED = "(" + " or ".join(f"State eq '{status}'" for status in UNFINISHED_STATUSES) + ")"  # as the SDK filters


class AzureQuantumWorkspace:
    """The Workspace port on Azure Quantum."""

    def __init__(
        self, settings: WorkspaceSettings, client_id: str | None = None, *, access: Access | None = None
    ) -> None:
        """Connect to a workspace, by default with the key of the settings or the app's own identity."""
        self._path = quote(settings.path)
        self._access = access or _own_access(settings, client_id)
        self._storage = AioHttpTransport(**CONNECTION)
        self._small = SmallBlobs()
        self._containers: Recent[str] = Recent()
        self._ended: Recent[Mapping[str, Any]] = Recent()
        self._client = pipeline(settings.endpoint, self._access.policy)

    async def targets(self) -> Sequence[Target]:
        """List the targets of every provider: `GET providerStatus`."""
        providers = await self._call("GET", "providerStatus")
        with expected_form():
            return tuple(read_target(provider, data) for provider in providers["value"] for data in provider["targets"])

    async def upload_input(
        self, job_id: str, content: AsyncIterator[bytes], size: int, media_type: str, encoding: str | None = None
    ) -> None:
        """Upload a program to the job's container, which the service creates; an existing one stays unchanged."""
        container = await self._container(job_id)
        url = with_blob(container, "inputData")
        self._containers.keep(job_id, container)
        if size <= PIECE:
            kinds = {"type": media_type, "encoding": encoding}
            headers = {f"x-ms-blob-content-{kind}": text for kind, text in kinds.items() if text}
            account, path = linked(url)
            await self._small.create(account, path, b"".join([chunk async for chunk in content]), headers, STORAGE)
            return
        with translated(STORAGE):
            blob = self._blob(url)
            try:
                kind = ContentSettings(content_type=media_type, content_encoding=encoding)
                await blob.upload_blob(content, length=size, content_settings=kind)
            except ResourceExistsError:
                return

    async def submit(self, job: Job, program: Program, part: Part | None = None) -> RemoteJob:
        """Create the job, or one part of it: `PUT jobs/{id}`; an existing one is returned unchanged.

        It is always read first: an earlier attempt may have succeeded though its response was lost.
        """
        remote_id = part.remote_id if part else job.remote_id
        order = replace(job.order, shots=part.shots) if part else job.order
        try:
            return await self.job(remote_id)
        except NotFoundError:
            container = self._containers.take(remote_id) or await self._container(remote_id)
        body = {
            "name": f"{job.order.name} {job.id}",
            "itemType": "Job",
            "providerId": job.target.partition(".")[0],
            "target": job.target,
            "containerUri": container,
            "inputDataUri": without_query(with_blob(container, "inputData")),
            "inputDataFormat": program.format,
            "inputParams": input_params(order, program, job.target),
            "tags": tag_texts(job.order.tags),
        }
        output = program.output or row_of(program.format).output
        body |= _without_none({"outputDataFormat": output, "priority": job.order.priority, "sessionId": job.session_id})
        # No in-process retry: after a lost response, the job is read before it is put again.
        return read_job(await self._call("PUT", f"jobs/{remote_id}", body, retry_on_methods=[]))

    async def job(self, job_id: str) -> RemoteJob:
        """Read a job: `GET jobs/{id}`."""
        details = await self._call("GET", f"jobs/{job_id}")
        job = read_job(details)
        if phase_of(job.status) is Phase.COLLECTING:
            self._ended.keep(job_id, details)
        return job

    async def unfinished_jobs(self, skip: int, top: int) -> tuple[Sequence[ListedJob], bool]:
        """List unfinished jobs, oldest first: `GET jobs` with a filter; new jobs come after those already listed."""
        query = {"filter": UNFINISHED, "orderby": "CreationTime asc", "skip": skip, "top": top}
        items, more = await self._page("jobs", query)
        with expected_form():
            return [read_listed_job(data) for data in items], more

    async def cancel(self, job_id: str) -> None:
        """Request a job's cancellation: `POST jobs/{id}:cancel`, answered with 200 or 204."""
        await self._call("POST", f"jobs/{job_id}:cancel")

    async def open_output(self, job_id: str) -> tuple[RemoteJob, Blob]:
        """Read a job, and begin to read its output with a fresh address and SAS.

        Where this process has just seen the job's end, the address of that response is fresh.
        """
        if (details := self._ended.take(job_id)) is not None:
            with suppress(ServiceError):
                return await self._open_from(job_id, details, "outputDataUri", "The job's output")
        return await self._open(job_id, "outputDataUri", "The job's output")

    async def open_input(self, job_id: str) -> Blob:
        """Begin to read the program of a job."""
        _, program = await self._open(job_id, "inputDataUri", "The job's program")
        return program

    async def _open(self, job_id: str, name: str, what: str) -> tuple[RemoteJob, Blob]:
        return await self._open_from(job_id, await self._call("GET", f"jobs/{job_id}"), name, what)

    async def _open_from(self, job_id: str, details: Mapping[str, Any], name: str, what: str) -> tuple[RemoteJob, Blob]:
        url = details.get(name)
        if not url:
            raise NotFoundError(f"{WHAT} names no {name} of the job.")
        if "sig=" not in urlsplit(url).query:
            url = with_blob(await self._container(job_id), url.rpartition("/")[2])
        with expected_form():
            account, path = linked(url)
        return read_job(details), blob_from(await self._small.read(account, path, what), lambda: self._blob(url), what)

    async def quotas(self) -> Sequence[Quota]:
        """List the quotas of all providers: `GET quotas`, every page."""
        quotas: list[Quota] = []
        more = True
        while more:
            items, more = await self._page("quotas", {"skip": len(quotas)} if quotas else {})
            with expected_form():
                quotas += [read_quota(data) for data in items]
        return quotas

    async def open_session(self, new: NewSession) -> Session:
        """Open a session: `PUT sessions/{id}`; an existing one is returned unchanged."""
        try:
            return await self.session(new.id)
        except NotFoundError:
            body = {"name": new.name, "itemType": "Session", "target": new.target, "tags": tag_texts(new.tags)}
            body |= {"providerId": new.target.partition(".")[0]}
            body |= _without_none({"jobFailurePolicy": new.job_failure_policy, "priority": new.priority})
        return read_session(await self._call("PUT", f"sessions/{quote(new.id)}", body, retry_on_methods=[]))

    async def session(self, session_id: str) -> Session:
        """Read a session: `GET sessions/{id}`."""
        return read_session(await self._call("GET", f"sessions/{quote(session_id)}"))

    async def close_session(self, session_id: str) -> Session:
        """Close a session to new jobs: `POST sessions/{id}:close`; idempotent."""
        return read_session(await self._call("POST", f"sessions/{quote(session_id)}:close"))

    async def sessions(self, skip: int, top: int) -> tuple[Sequence[Session], bool]:
        """List sessions, newest first: `GET sessions`."""
        order = {"orderby": "CreationTime desc", "skip": skip, "top": top}
        items, more = await self._page("sessions", order)
        return [read_session(data) for data in items], more

    async def session_jobs(self, session_id: str, skip: int, top: int) -> tuple[Sequence[RemoteJob], bool]:
        """List the jobs of a session, newest first: `GET sessions/{id}/jobs`."""
        order = {"orderby": "CreationTime desc", "skip": skip, "top": top}
        items, more = await self._page(f"sessions/{quote(session_id)}/jobs", order)
        return [read_job(data) for data in items], more

    async def _page(self, path: str, query: Mapping[str, Any]) -> tuple[list[Any], bool]:
        """Read a page of a list, and say whether there is another."""
        answer = await self._call("GET", path, query=query)
        with expected_form():
            return (items := list(answer["value"])), bool(answer.get("nextLink")) and bool(items)

    def _blob(self, url: str) -> BlobClient:
        with expected_form():
            return BlobClient.from_blob_url(url, transport=self._storage, **TRANSFER)

    async def close(self) -> None:
        """Close the connections."""
        await self._client.close()
        await self._storage.close()
        await self._small.close()
        await self._access.close()

    async def _container(self, job_id: str) -> str:
        """Request the job's container with a fresh SAS: `POST storage/sasUri`."""
        answer = await self._call("POST", "storage/sasUri", {"containerName": f"job-{job_id}"})
        with expected_form():
            return str(answer["sasUri"])

    async def _call(self, method: str, path: str, body: Mapping[str, Any] | None = None, **options: Any) -> Any:
        try:
            return await self._ask(method, path, body, **options)
        except UnauthorizedError as error:
            raise await self._classified(error) from error

    async def _classified(self, error: UnauthorizedError) -> ServiceError:
        """Distinguish a transient rejection from an invalid credential: after two 401, one more request decides.

        An error of the sign-in itself needs no such proof.
        """
        label = self._access.label
        if error.code == UNAUTHORIZED:
            return error
        facts: dict[str, Any] = {"status": error.status, "request_id": error.request_id}
        why = f"the workspace answered HTTP {error.status}" if error.status else "there was no token for it"
        if error.status == 401 and BUDGET.spend() and await self._rejects_again():
            return label.invalid(why, **facts)
        return label.transient(why, **facts)

    async def _rejects_again(self) -> bool:
        try:
            await self._ask("GET", "providerStatus", retry_total=0)
        except ServiceError as error:
            return error.status == 401
        return False

    async def _ask(
        self,
        method: str,
        path: str,
        body: Mapping[str, Any] | None = None,
        *,
        query: Mapping[str, Any] | None = None,
        **options: Any,
    ) -> Any:
        params, url = {"api-version": API_VERSION, **(query or {})}, self._client.format_url(f"{self._path}/{path}")
        request = HttpRequest(method, url, params=params, json=body)
        with translated(WHAT), expected_form():
            response = await self._client.send_request(request, **options)
            response.raise_for_status()
            return response.json() if response.content else {}


def _own_access(settings: WorkspaceSettings, client_id: str | None) -> Access:
    """Make the authentication of the deployment's own workspace."""

    async def key() -> Secret | None:
        return Secret(settings.api_key) if settings.api_key else None

    who = Credential("apiKey") if settings.api_key else Credential("developerDefault", client_id=client_id)
    own = Profile(DEFAULT, settings.endpoint, settings.path, who)
    return access_of(own, key, SignInSettings())


def _without_none(fields: Mapping[str, str | None]) -> dict[str, str]:
    return {name: value for name, value in fields.items() if value is not None}
