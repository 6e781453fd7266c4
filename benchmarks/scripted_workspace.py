"""A workspace for the sizes: accepts inputs of any size, and writes as many output bytes as a job asks for.

Only the operations that the app uses, without execution: the emulator runs programs, and limits their size.
"""

import asyncio
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import uvicorn
from azure.storage.blob import ContainerSasPermissions, generate_container_sas
from azure.storage.blob.aio import BlobServiceClient
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

MIB = 1024 * 1024
ROOT_PATH = "/subscriptions/{s}/resourceGroups/{g}/providers/Microsoft.Quantum/workspaces/{w}"
SHOT = b"[0,1],"
HEAD = b'{"DataFormat":"microsoft.quantum-results.v2","Results":[{"Histogram":[{"Outcome":[0,1],"Count":100}],"Shots":['
TAIL = b"[0,1]]}]}"


class ScriptedWorkspace:
    """Its jobs have succeeded when they are created; `storage` is set before the first request."""

    def __init__(self) -> None:
        """Begin without jobs."""
        self.storage = ""
        self.url = ""
        self._jobs: dict[str, dict[str, Any]] = {}

    def app(self) -> Starlette:
        """Return the routes."""
        return Starlette(
            routes=[
                Route(f"{ROOT_PATH}/providerStatus", self.list_targets),
                Route(f"{ROOT_PATH}/storage/sasUri", self.sign, methods=["POST"]),
                Route(f"{ROOT_PATH}/jobs/{{id}}", self.create, methods=["PUT"]),
                Route(f"{ROOT_PATH}/jobs/{{id}}", self.read),
            ]
        )

    async def list_targets(self, _: Request) -> JSONResponse:
        """Offer one target."""
        target = {"id": "ionq.simulator", "currentAvailability": "Available", "averageQueueTime": 0}
        return JSONResponse({"value": [{"id": "ionq", "currentAvailability": "Available", "targets": [target]}]})

    async def sign(self, request: Request) -> JSONResponse:
        """Create a container, and sign its address."""
        name = (await request.json())["containerName"]
        async with BlobServiceClient.from_connection_string(self.storage) as service:
            container = service.get_container_client(name)
            if not await container.exists():
                await container.create_container()
            return JSONResponse({"sasUri": f"{container.url}?{self._sas(service, name)}"})

    async def create(self, request: Request) -> JSONResponse:
        """Create a job, and write its output."""
        document = await request.json()
        job_id = request.path_params["id"]
        async with BlobServiceClient.from_connection_string(self.storage, max_block_size=4 * MIB) as service:
            container = f"job-{job_id}"
            blob = service.get_blob_client(container, "outputData")
            size = document["inputParams"]["outputBytes"]
            await blob.upload_blob(pieces(size), length=size)
            output = f"{blob.url}?{self._sas(service, container)}"
        self._jobs[job_id] = document | {"id": job_id, "status": "Succeeded", "outputDataUri": output}
        return JSONResponse(self._jobs[job_id])

    async def read(self, request: Request) -> JSONResponse:
        """Answer a job."""
        job = self._jobs.get(request.path_params["id"])
        return JSONResponse(job or {"error": {"code": "NotFound", "message": "none"}}, 200 if job else 404)

    def _sas(self, service: BlobServiceClient, container: str) -> str:
        rights = ContainerSasPermissions.from_string("racwl")
        key, until = service.credential.account_key, datetime.now(UTC) + timedelta(hours=1)
        return generate_container_sas(str(service.account_name), container, key, permission=rights, expiry=until)


def pieces(size: int) -> Iterator[bytes]:
    """Write an output of exactly so many bytes, in pieces: valid results, unless too small for one."""
    body = size - len(HEAD) - len(TAIL)
    if body < 0:
        yield b"0" * size
        return
    yield HEAD
    shots, blanks = divmod(body, len(SHOT))
    whole, rest = divmod(shots, MIB)
    yield from (SHOT * MIB for _ in range(whole))
    yield SHOT * rest + b" " * blanks + TAIL


@asynccontextmanager
async def scripted_workspace() -> AsyncIterator[ScriptedWorkspace]:
    """Serve a workspace inside this event loop, on a free port of the loopback interface."""
    workspace = ScriptedWorkspace()
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        workspace.url = f"http://127.0.0.1:{bound.getsockname()[1]}/"
        config = uvicorn.Config(workspace.app(), log_level="warning", lifespan="off")
        server = uvicorn.Server(config)
        serving = asyncio.create_task(server.serve(sockets=[bound]))
        try:
            yield workspace
        finally:
            server.should_exit = True
            await serving
