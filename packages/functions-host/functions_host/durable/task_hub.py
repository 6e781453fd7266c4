"""The task hub: start orchestrations, send them events, read their status."""

import asyncio
import unicodedata
import uuid
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Any

from functions_host.clock import Clock
from functions_host.journal import Journal

from . import records
from .app_functions import DurableSettings, Invoker
from .dispatcher import Dispatcher
from .errors import (
    InstanceEndedError,
    InstanceExistsError,
    InstanceNotFoundError,
    InvalidInstanceIdError,
    UnknownOrchestratorError,
)
from .history import EventType, event
from .records import Message, NewInstance
from .status import Filter, Page, ids_of, list_statuses, status_of

__all__ = ["DurableSettings", "Filter", "TaskHub"]

LONGEST_INSTANCE_ID = 100


class TaskHub:
    """All orchestrations of one app, on one journal and one clock."""

    def __init__(self, worker: Invoker, journal: Journal, clock: Clock, settings: DurableSettings) -> None:
        self.settings = settings
        self._journal = journal
        self._clock = clock
        self._dispatcher = Dispatcher(worker, journal, clock, settings)

    @property
    def backlog(self) -> int:
        """The number of activities that wait for a place."""
        return self._dispatcher.backlog

    async def start(self) -> None:
        """Resume what the journal holds."""
        self._dispatcher.start()

    async def stop(self) -> None:
        """Stop within a few seconds; the next start resumes unfinished work."""
        await self._dispatcher.stop()

    async def start_instance(
        self, name: str, instance_id: str | None = None, input_json: str | None = None, version: str | None = None
    ) -> str:
        """
        Start an orchestration and return its id; an ended instance of that id is replaced.

        Raises UnknownOrchestratorError, InvalidInstanceIdError, InstanceExistsError.
        """
        orchestrators = self._dispatcher.functions.orchestrators
        if name not in orchestrators:
            raise UnknownOrchestratorError(
                f"The function '{name}' doesn't exist, is disabled, or is not an orchestrator function. "
                f"The following are the known orchestrator functions: {_quoted(orchestrators)}."
            )
        instance_id = _valid(instance_id or uuid.uuid4().hex)
        new = NewInstance(
            instance_id,
            uuid.uuid4().hex,
            name,
            input_json,
            self._clock.now(),
            self._dispatcher.next_number(),
            self.settings.version(version),
        )
        with self._clock.busy():
            status = await self._journal.post(partial(records.create_instance, new=new))
            if status is not None:
                raise InstanceExistsError(f"An Orchestration instance with the status {status} already exists.")
            self._dispatcher.queue_if_live(instance_id)
        return instance_id

    async def raise_event(self, instance_id: str, name: str, input_json: str | None = None) -> None:
        """Send an external event; raises InstanceNotFoundError or InstanceEndedError."""
        await self._send(instance_id, EventType.EVENT_RAISED, Name=name, Input=input_json)

    async def terminate(self, instance_id: str, reason: str = "") -> None:
        """End an instance now; raises InstanceNotFoundError or InstanceEndedError."""
        await self._send(instance_id, EventType.EXECUTION_TERMINATED, Input=reason)

    async def suspend(self, instance_id: str, reason: str = "") -> None:
        """Suspend an instance until it is resumed; raises as `terminate` does."""
        await self._send(instance_id, EventType.EXECUTION_SUSPENDED, Reason=reason)

    async def resume(self, instance_id: str, reason: str = "") -> None:
        """Resume a suspended instance; raises as `terminate` does."""
        await self._send(instance_id, EventType.EXECUTION_RESUMED, Reason=reason)

    def withhold_turns(self, of_every: int) -> None:
        """Withhold the turns of about one instance in `of_every`, as a fault for tests."""
        self._dispatcher.withholding.begin(of_every)

    @property
    def withheld(self) -> Sequence[str]:
        """The instances with a withheld turn."""
        return self._dispatcher.withholding.withheld

    def release_turns(self) -> None:
        """Run all turns that were withheld."""
        self._dispatcher.release()

    async def purge(self, selection: str | Filter) -> int:
        """Delete an instance, or all that match, if they have ended; return how many."""
        ids = [selection] if isinstance(selection, str) else ids_of(self._journal, selection)
        return await self._journal.post(partial(records.purge_instances, instance_ids=ids))

    def status(self, instance_id: str, **show: bool) -> dict[str, Any] | None:
        """Return an instance's status; options: `show_input`, `show_history`, `show_outputs`."""
        return status_of(self._journal, instance_id, **show)

    def list(self, selection: Filter, **paging: Any) -> Page:
        """Return a page of instances; options: `page_size`, `continuation`, `show_input`."""
        return list_statuses(self._journal, selection, **paging)

    async def wait_for(
        self, instance_id: str, condition: Callable[[dict[str, Any]], bool] | None = None
    ) -> dict[str, Any]:
        """
        Wait, without polling, until the status meets the condition (by default, until the instance ended).

        Raises InstanceNotFoundError.
        """
        condition = condition or (lambda status: status["runtimeStatus"] in records.FINISHED)
        while not condition(status := self._existing(instance_id)):
            await self._dispatcher.change_of(instance_id)
        return status

    async def wait_for_end(self, instance_id: str, timeout: float) -> dict[str, Any] | None:
        """Wait at most so many seconds for an instance to end; None if it still runs."""
        try:
            async with asyncio.timeout(timeout):
                return await self.wait_for(instance_id)
        except TimeoutError:
            return None

    def _existing(self, instance_id: str) -> dict[str, Any]:
        status = self.status(instance_id)
        if status is None:
            raise InstanceNotFoundError(f"No instance with ID '{instance_id}' found.")
        return status

    async def _send(self, instance_id: str, kind: EventType, **fields: Any) -> None:
        live = self._dispatcher.live(instance_id)
        if live is None:
            status = self._existing(instance_id)
            raise InstanceEndedError(f"Instance '{instance_id}' has ended: {status['runtimeStatus']}.")
        message = Message(self._dispatcher.next_number(), instance_id, event(kind, self._clock.now(), **fields))
        recorded = self._journal.post(partial(records.add_message, message=message))
        self._dispatcher.deliver(live, message)
        if not await recorded:
            raise InstanceEndedError(f"Instance '{instance_id}' has ended.")


def _valid(instance_id: str) -> str:
    if instance_id.startswith("@"):
        raise InvalidInstanceIdError("Orchestration instance ids must not start with @.")
    if any(character in "/\\#?" or unicodedata.category(character) == "Cc" for character in instance_id):
        raise InvalidInstanceIdError("Orchestration instance ids must not contain /, \\, #, ?, or control characters.")
    if len(instance_id) > LONGEST_INSTANCE_ID:
        raise InvalidInstanceIdError(f"Instance ID lengths must not exceed {LONGEST_INSTANCE_ID} characters.")
    return instance_id


def _quoted(names: Iterable[str]) -> str:
    return ", ".join(f"'{name}'" for name in names)
