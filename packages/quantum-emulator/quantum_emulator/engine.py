"""Advances jobs as time passes: starts due ones, runs them in the sandbox, writes their output, ends them.

With `settle`, the clock alone decides: `settle()` first does everything that is due,
waiting for executions however long they really take, and stamps each event with its due instant.
Without it a background task does the same as real time passes, and events carry the time at which they happened.
An execution interrupted by the end of the process runs again at the next start under the same record, with the same
seed: the ledger says `executionResumed`, never a second `executionStarted`.
"""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import datetime, timedelta

from quantum_emulator import errors, jobs
from quantum_emulator.behaviour import Behaviour
from quantum_emulator.clock import Clock
from quantum_emulator.errors import ProgramError, ServiceError
from quantum_emulator.events import Events
from quantum_emulator.jobs import Job
from quantum_emulator.lifecycle import FINAL, State
from quantum_emulator.programs.run import Run
from quantum_emulator.sandbox import Sandbox, SandboxLostError
from quantum_emulator.settings import Settings
from quantum_emulator.storage import Storage
from quantum_emulator.store import Store

log = logging.getLogger(__name__)

type Result = bytes | ProgramError

MOST_VARIABLES = 10_000  # of a problem for a solver, which has no qubits
ATTEMPTS = 3  # of one execution, when it loses the fork server or the storage
PAUSE_SECONDS = 0.5
LATE_SECONDS = 0.2  # how often to check executions that exceed their target's duration


class Engine:
    """All moves of jobs that no caller requests."""

    def __init__(
        self,
        settings: Settings,
        clock: Clock,
        store: Store,
        storage: Storage,
        behaviour: Behaviour,
        sandbox: Sandbox,
        events: Events,
    ) -> None:
        self._settings = settings
        self._clock = clock
        self._store = store
        self._storage = storage
        self._behaviour = behaviour
        self._sandbox = sandbox
        self._events = events
        self._running: dict[tuple[str, str], asyncio.Task[Result]] = {}
        self._turn = asyncio.Lock()
        self._woken = asyncio.Event()

    @asynccontextmanager
    async def started(self) -> AsyncIterator[None]:
        """Resume interrupted executions, and run until the context ends."""
        for job in self._store.unfinished():
            if job.state is not State.QUEUED:
                self._store.note(job, "executionResumed", self._clock.now())
                self._launch(job)
        ticker = None if self._settings.settle else asyncio.create_task(self._follow_time())
        try:
            yield
        finally:
            await _cancelled(*([ticker] if ticker else []), *self._running.values())

    async def settle(self) -> None:
        """With `settle`, do everything that is due; without, do nothing."""
        if self._settings.settle:
            await self._advance()

    def wake(self) -> None:
        """Check again what is due, after a change of a job or the clock."""
        self._woken.set()

    async def stop(self, job: Job) -> None:
        """End the execution of a deleted job, if it runs."""
        task = self._running.pop((job.workspace, job.id), None)
        if task is not None:
            await _cancelled(task)

    async def clear(self) -> None:
        """End every execution."""
        await _cancelled(*self._running.values())
        self._running.clear()

    async def _follow_time(self) -> None:
        while True:
            self._woken.clear()
            await self._advance()
            now = self._clock.now()
            due = self._store.next_due(now)
            pauses = [] if due is None else [due - now.timestamp()]
            if self._running:
                pauses.append(LATE_SECONDS)
            with suppress(TimeoutError):
                await asyncio.wait_for(self._woken.wait(), min(pauses, default=None))

    async def _advance(self) -> None:
        async with self._turn:
            now = self._clock.now()
            while await self._step(now):
                pass

    async def _step(self, now: datetime) -> bool:
        """Move every job that is due once; False when none could be moved."""
        due = self._store.due(now)
        queued = [job for job in due if job.state is State.QUEUED]
        for job in queued:
            self._start(job, now)
        moved = [await self._end(job, now) for job in due if job.state is not State.QUEUED]
        return bool(queued) or any(moved)

    def _start(self, job: Job, now: datetime) -> None:
        lasts = timedelta(seconds=self._behaviour.of(job.target).execution_seconds)
        at = job.starts_at if self._settings.settle else now
        job = jobs.start(job, at, lasts, self._settings.seed_for(job.id))
        self._store.save(job, "executionStarted", at, {"seed": job.seed})
        self._launch(job)

    def _launch(self, job: Job) -> None:
        task = asyncio.create_task(self._execute(job), name=f"execution of {job.id}")
        task.add_done_callback(lambda _task: self.wake())
        self._running[job.workspace, job.id] = task

    async def _end(self, job: Job, now: datetime) -> bool:
        if self._is_stopped(job, now):
            await self.stop(job)
            at = job.stops_at if self._settings.settle and job.stops_at else now
            self._store.save(jobs.stop(job, at), "jobCancelled", at)
            return True
        task = self._running.get((job.workspace, job.id))
        if task is None or not (self._settings.settle or task.done()):
            return False
        await asyncio.wait([task])
        # Meanwhile a caller may have cancelled the job, or deleted it: the stored state decides.
        current = self._store.job(job.workspace, job.id)
        if current is not None and current.state not in FINAL and not self._is_stopped(current, now):
            at = current.ends_at if self._settings.settle and current.ends_at else now
            await self._close(current, _result_of(task), at)
        return True

    def _is_stopped(self, job: Job, now: datetime) -> bool:
        """Whether a cancellation has taken effect; with `settle`, only if it did before the execution's end."""
        if job.stops_at is None or job.ends_at is None or job.stops_at > now:
            return False
        return job.stops_at <= job.ends_at or not self._settings.settle

    async def _close(self, job: Job, result: Result, at: datetime) -> None:
        if isinstance(result, bytes):
            result = await self._stored(job, result, at)
        self._running.pop((job.workspace, job.id), None)
        # The upload took a while, in which a caller may have renamed the job or asked for its cancellation.
        current = self._store.job(job.workspace, job.id)
        if current is not None:
            ended = self._ended(current, result, at)
            self._store.save(ended, "executionEnded", at, {"state": ended.state, "error": ended.error})
            if isinstance(result, bytes):
                self._events.tell(ended, len(result), at)

    async def _stored(self, job: Job, output: bytes, at: datetime) -> Result:
        ended = self._ended(job, output, at)
        try:
            await self._storage.write_output(ended.container, ended.output_blob, output)
        except ServiceError as error:
            return errors.output_unwritable(error.message)
        return output

    def _ended(self, job: Job, result: Result, at: datetime) -> Job:
        if isinstance(result, ProgramError):
            return jobs.fail(job, at, result)
        return jobs.finish(job, at, jobs.charge(job.charged_shots, self._behaviour.of(job.target).price_per_shot))

    async def _execute(self, job: Job) -> Result:
        failure = self._behaviour.failure_of(job.target, job.id)
        if failure is not None:
            return failure
        for _ in range(ATTEMPTS):
            try:
                return await self._run(job)
            except ProgramError as error:
                return error
            except (SandboxLostError, ServiceError) as error:
                log.warning("the execution of %s starts again: %s", job.id, error or type(error).__name__)
                await asyncio.sleep(PAUSE_SECONDS)
        return errors.simulation_failed("The emulator could not execute the program.")

    async def _run(self, job: Job) -> bytes:
        run = self._run_of(job)
        program = await self._storage.read_input(job.input_container, job.input_blob, run.max_bytes)
        return await self._sandbox.run({**vars(run), "encoding": program.encoding}, program.data)

    def _run_of(self, job: Job) -> Run:
        target, params, limits = self._behaviour.of(job.target), job.input_params, self._settings.limits
        shots, arguments, items = job.shots, params.get("arguments") or [], params.get("items") or []
        if type(shots) is not int or not 1 <= shots <= limits.shots:
            raise errors.input_unreadable(f"'shots' must be a whole number from 1 to {limits.shots}.")
        if not isinstance(arguments, list):
            raise errors.input_unreadable("'arguments' must be a list.")
        if items and not target.items.accepted:
            raise errors.input_unreadable(f"{job.target} takes no 'items': send each as a job of its own.")
        own_output = job.output_format == "ionq.quantum-results.v1"
        return Run(
            format=str(job.submitted["inputDataFormat"]),
            output=job.output_format,
            shots=shots,
            seed=job.seed or 0,
            qubits=MOST_VARIABLES if target.num_qubits is None else target.num_qubits,
            exact=target.exact and own_output,
            seconds=limits.seconds,
            max_bytes=limits.input_bytes,
            entry_point=params.get("entryPoint"),
            arguments=tuple(arguments),
            items=jobs.read_items(items),
            failing_item=target.items.failing,
            params=params,
            target=job.target,
            noisy=target.noise == "published",
        )


def _result_of(task: asyncio.Task[Result]) -> Result:
    """The result of an execution; an error in the emulator ends the job, not the emulator."""
    fault = None if task.cancelled() else task.exception()
    if task.cancelled() or fault is not None:
        log.error("an execution broke", exc_info=fault)
        return errors.simulation_failed(f"The emulator failed: {fault!r}")
    return task.result()


async def _cancelled(*tasks: "asyncio.Task[Result] | asyncio.Task[None]") -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
