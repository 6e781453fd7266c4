"""The timer trigger: runs by its schedule and the host's clock, and once for times that passed while it was down."""

import asyncio
import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any, ClassVar

from starlette.routing import BaseRoute

from functions_host.ncrontab import Schedule
from functions_host.services import Services
from functions_host.waiting import background
from functions_host.worker import Function, Json


class TimerTrigger:
    """Runs one waiter per function; a run waits for the one before it to end."""

    kind: ClassVar[str] = "timerTrigger"

    def __init__(self, functions: Sequence[Function], services: Services) -> None:
        self._services = services
        self._schedules = {
            function.name: Schedule.parse(services.settings.resolve(function.trigger["schedule"]))
            for function in functions
        }
        self._functions = functions
        self._tasks: list[asyncio.Task[None]] = []
        self._running: set[asyncio.Task[None]] = set()

    def describe(self, function: Function) -> str:
        """Describe when this function starts."""
        return f"timer {self._services.settings.resolve(function.trigger['schedule'])}"

    def routes(self) -> Sequence[BaseRoute]:
        """List no routes."""
        return []

    async def start(self) -> None:
        """Wait for every schedule."""
        self._tasks = [background(self._run(function)) for function in self._functions]

    async def stop(self) -> None:
        """Start nothing more, and wait for running functions."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await asyncio.gather(*self._running, return_exceptions=True)

    async def _run(self, function: Function) -> None:
        clock = self._services.clock
        planned = self._status(function).get("Next")
        past_due = planned is not None and datetime.fromisoformat(planned) < clock.now()
        if past_due or function.trigger.get("runOnStartup"):
            await self._ring(function, past_due=past_due)
        while True:
            following = self._schedules[function.name].next_after(clock.now())
            await self._remember(function, following)
            # A timer must not advance a virtual clock: there is always a next one.
            await clock.wait_until(following, drives=False)
            await self._ring(function, past_due=False)

    async def _ring(self, function: Function, *, past_due: bool) -> None:
        task = background(self._fire(function, past_due=past_due))
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        # Stopping cancels the waiting, never a function in the middle.
        await asyncio.shield(task)

    async def _fire(self, function: Function, *, past_due: bool) -> None:
        info = {
            "Schedule": {"AdjustForDST": True},
            "ScheduleStatus": self._status(function),
            "IsPastDue": past_due,
        }
        began = self._services.clock.now()
        await self._services.invoker.run(function, Json(json.dumps(info)))
        await self._remember(function, self._schedules[function.name].next_after(began), last=began)

    def _status(self, function: Function) -> dict[str, Any]:
        if function.trigger.get("useMonitor") is False:
            return {}
        text = self._services.journal.receipt(f"timer:{function.name}")
        status: dict[str, Any] = json.loads(text) if text else {}
        return status if status.get("Schedule") == function.trigger["schedule"] else {}

    async def _remember(self, function: Function, following: datetime, last: datetime | None = None) -> None:
        now = self._services.clock.now().isoformat()
        status = {
            "Schedule": function.trigger["schedule"],
            "Last": last.isoformat() if last else self._status(function).get("Last"),
            "Next": following.isoformat(),
            "LastUpdated": now,
        }
        await self._services.journal.keep_receipt(f"timer:{function.name}", json.dumps(status))
