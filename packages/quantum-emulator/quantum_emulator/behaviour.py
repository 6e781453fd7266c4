"""The targets' present behaviour: patches from the admin endpoint, and counters of `next` n."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from email.utils import format_datetime
from random import Random

from quantum_emulator import errors
from quantum_emulator.errors import ProgramError
from quantum_emulator.targets import Target, Throttle, patched


class Behaviour:
    """The targets by id; `seed` makes the shares of failures repeat."""

    def __init__(self, targets: tuple[Target, ...], seed: int | None) -> None:
        self._initial = targets
        self._seed = seed
        self._targets: dict[str, Target] = {}
        self._tokens: dict[str, tuple[float, float]] = {}
        self.reset()

    def reset(self) -> None:
        """Restore the behaviour at the start."""
        self._targets = {target.id: target for target in self._initial}
        self._tokens.clear()

    def __iter__(self) -> Iterator[Target]:
        return iter(self._targets.values())

    def get(self, target_id: str) -> Target:
        """The target of that id, or `ServiceError`."""
        try:
            return self._targets[target_id]
        except KeyError:
            raise errors.target_not_found(target_id) from None

    def of(self, target_id: str) -> Target:
        """The target of that id; a removed one has no qubits, so its jobs fail."""
        return self._targets.get(target_id) or Target(target_id, target_id.partition(".")[0], 0, ())

    def patch(self, target_id: str, patch: object) -> Target:
        """Lay a JSON patch over a target; raises `InvalidSettingError`."""
        target = patched(self.get(target_id), patch)
        if target.id != target_id:
            raise errors.invalid_property("id", "a target keeps its id")
        self._targets[target_id] = target
        return target

    def admit(self, target_id: str, now: datetime) -> None:
        """Raise 429 if the target throttles this call."""
        target = self.of(target_id)
        throttle = target.throttle
        if throttle.next > 0:
            self._targets[target_id] = replace(target, throttle=replace(throttle, next=throttle.next - 1))
        elif throttle.per_second is None or self._has_token(target_id, throttle.per_second, now):
            return
        raise errors.throttled(target_id, retry_after(throttle, now))

    def _has_token(self, target_id: str, per_second: float, now: datetime) -> bool:
        most = max(1.0, per_second)
        tokens, since = self._tokens.get(target_id, (most, now.timestamp()))
        tokens = min(most, tokens + (now.timestamp() - since) * per_second)
        self._tokens[target_id] = (tokens - 1 if tokens >= 1 else tokens, now.timestamp())
        return tokens >= 1

    def failure_of(self, target_id: str, job_id: str) -> ProgramError | None:
        """Whether this job's execution is to fail; decrements the counter of `next`."""
        target = self.of(target_id)
        failure = target.failure
        if failure.next > 0:
            self._targets[target_id] = replace(target, failure=replace(failure, next=failure.next - 1))
        elif failure.probability <= 0 or self._chance(job_id) >= failure.probability:
            return None
        data = dict(failure.error_data)
        return ProgramError(str(data.pop("code", "ProviderError")), str(data.pop("message", "")), data)

    def _chance(self, job_id: str) -> float:
        source = Random() if self._seed is None else Random(f"{self._seed}:{job_id}")  # noqa: S311  # no secret
        return source.random()


def retry_after(throttle: Throttle, now: datetime) -> str | None:
    """The Retry-After header, in the configured form."""
    if throttle.retry_after_form == "none":
        return None
    if throttle.retry_after_form == "date":
        return format_datetime(now + timedelta(seconds=throttle.retry_after_seconds), usegmt=True)
    return f"{throttle.retry_after_seconds:g}"
