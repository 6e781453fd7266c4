"""The bridge to Microsoft's Python worker library, which indexes `function_app.py` and runs its functions.

The host sees the app through this class only: the bindings that the worker reports, and invocations.
The worker's registry is global to the process, so one `Worker` runs at a time.
"""

import asyncio
import importlib
import json
import logging
import os
import re
import sys
import traceback
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import azure_functions_runtime as runtime

from . import protos
from .values import (
    Bytes,
    Http,
    HttpAnswer,
    Input,
    Json,
    Output,
    Text,
    from_typed_data,
    to_metadata,
    to_typed_data,
)

__all__ = [
    "AppIndexError",
    "Bytes",
    "Completed",
    "Failed",
    "Function",
    "Http",
    "HttpAnswer",
    "Input",
    "Json",
    "Output",
    "Text",
    "Worker",
]

SCRIPT = "function_app"
_running: list["Worker"] = []


class AppIndexError(Exception):
    """The app cannot be served; the message names the function, where known, and the reason, in one line."""


@dataclass(frozen=True)
class Function:
    """One function of the app, as the worker reports it."""

    name: str
    id: str
    bindings: tuple[dict[str, Any], ...]

    @property
    def trigger(self) -> dict[str, Any]:
        """The binding that starts the function."""
        return next(binding for binding in self.bindings if binding["type"].endswith("Trigger"))


@dataclass(frozen=True)
class Completed:
    """A function that returned; each value is `str`, `bytes`, `Json`, `HttpAnswer`, a number or None."""

    return_value: Output
    outputs: dict[str, Output]


@dataclass(frozen=True)
class Failed:
    """A function that raised: `ValueError: …` and its traceback."""

    message: str
    stack_trace: str


class Worker:
    """Indexes one app and invokes its functions; sync functions run on the worker's own thread pool."""

    def __init__(self) -> None:
        self.functions: Mapping[str, Function] = {}
        self._app_dir = Path()
        self._former_settings: dict[str, str | None] = {}

    async def start(self, app_dir: Path, settings: Mapping[str, str] | None = None) -> None:
        """
        Put the settings into the environment, where apps read them, and index the app.

        Raises AppIndexError, or RuntimeError while another worker runs in this process.
        """
        if _running:
            raise RuntimeError("one app a process: stop the running host before starting another")
        _running.append(self)
        try:
            self._enter(app_dir, settings or {})
            self.functions = await self._index()
        except BaseException:
            await self.stop()
            raise

    def _enter(self, app_dir: Path, settings: Mapping[str, str]) -> None:
        app_dir = app_dir.absolute()
        if not (app_dir / f"{SCRIPT}.py").is_file():
            raise AppIndexError(f"there is no {SCRIPT}.py in {app_dir}")
        self._app_dir = app_dir
        self._former_settings = {name: os.environ.get(name) for name in settings}
        os.environ.update(settings)
        sys.path.insert(0, str(app_dir))
        # A script module from a former app would be served again under this app's name.
        sys.modules.pop(SCRIPT, None)
        importlib.invalidate_caches()
        runtime.start_threadpool_executor()

    async def _index(self) -> Mapping[str, Function]:
        # The worker logs a traceback for a missing module; the caller gets the reason as an error instead.
        with _muted(logging.getLogger("azure.functions")):
            answer = await runtime.worker_init_request(
                _request(
                    "worker_init_request",
                    capabilities={},
                    function_app_directory=str(self._app_dir),
                )
            )
        self._check(answer.result)
        answer = await runtime.functions_metadata_request(_request("functions_metadata_request"))
        self._check(answer.result)
        functions = [_function(metadata) for metadata in answer.function_metadata_results or ()]
        for function in functions:
            loaded = await runtime.function_load_request(_request("function_load_request", function_id=function.id))
            self._check(loaded.result)
        if not functions:
            raise AppIndexError(f"{SCRIPT}.py registers no function")
        return {function.name: function for function in functions}

    def _check(self, result: protos.StatusResult) -> None:
        if result.status != protos.StatusResult.Success:
            raise AppIndexError(_one_line(result.exception, self._app_dir))

    async def invoke(
        self, function: Function | str, inputs: Mapping[str, Input], metadata: Mapping[str, Any] | None = None
    ) -> Completed | Failed:
        """Run a function to its end; `metadata` is the trigger's, besides its payload."""
        if isinstance(function, str):
            function = self.functions[function]
        request = _request(
            "invocation_request",
            invocation_id=str(uuid.uuid4()),
            function_id=function.id,
            input_data=[
                protos.ParameterBinding(name=name, data=to_typed_data(value)) for name, value in inputs.items()
            ],
            trigger_metadata={name: to_metadata(value) for name, value in (metadata or {}).items()},
            trace_context=SimpleNamespace(trace_parent="", trace_state="", attributes={}),
            retry_context=SimpleNamespace(retry_count=0, max_retry_count=0, exception=None),
        )
        try:
            return _outcome(await runtime.invocation_request(request))
        except (asyncio.CancelledError, KeyboardInterrupt):
            raise
        except BaseException as error:  # noqa: BLE001 - see below
            # The worker does not catch these; sys.exit, or a native module's panic, must not end the host.
            return Failed(f"{type(error).__name__}: {error}", "".join(traceback.format_exception(error)))

    async def stop(self) -> None:
        """Wait for the functions on threads, undo the settings, and let the process take another app."""
        if self not in _running:
            return
        # A function on a thread may need this loop to finish, so the loop must not block on it.
        await asyncio.to_thread(runtime.stop_threadpool_executor)
        self._leave()
        _running.remove(self)

    def _leave(self) -> None:
        for name, value in self._former_settings.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
        sys.modules.pop(SCRIPT, None)
        if str(self._app_dir) in sys.path:
            sys.path.remove(str(self._app_dir))


@contextmanager
def _muted(log: logging.Logger) -> Iterator[None]:
    before, log.disabled = log.disabled, True
    try:
        yield
    finally:
        log.disabled = before


def _request(kind: str, **fields: Any) -> SimpleNamespace:
    return SimpleNamespace(
        request=SimpleNamespace(**{kind: SimpleNamespace(**fields)}),
        properties={"host": "127.0.0.1", "protos": protos},
    )


def _function(metadata: Any) -> Function:
    bindings = tuple(json.loads(text) for text in metadata.raw_bindings)
    return Function(metadata.name, metadata.function_id, bindings)


def _outcome(answer: protos.InvocationResponse) -> Completed | Failed:
    if answer.result.status != protos.StatusResult.Success:
        return Failed(answer.result.exception.message, answer.result.exception.stack_trace)
    outputs = {output.name: from_typed_data(output.data) for output in answer.output_data}
    return Completed(from_typed_data(answer.return_value), outputs)


def _one_line(exception: protos.RpcException, app_dir: Path) -> str:
    reason = " ".join(exception.message.partition(" Current sys.path:")[0].split())
    frames = re.findall(r'File "(.+?)", line (\d+)', exception.stack_trace)
    ours = [(Path(file), line) for file, line in frames if Path(file).is_relative_to(app_dir)]
    return f"{reason} ({ours[-1][0].relative_to(app_dir)}:{ours[-1][1]})" if ours else reason
