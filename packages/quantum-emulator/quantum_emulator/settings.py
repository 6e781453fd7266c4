"""The emulator's settings, and the configuration file; errors name the setting."""

import json
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Literal
from zlib import crc32

from quantum_emulator import sessions
from quantum_emulator.programs.error_rates import TARGETS
from quantum_emulator.targets import DEFAULT_TARGETS, InvalidSettingError, Target, patched


@dataclass(frozen=True)
class Limits:
    """Limits of one execution, beyond the simulators' own memory, and of concurrent executions."""

    seconds: float = 60.0
    memory_mebibytes: int = 2048
    concurrent: int = 2
    input_bytes: int = 64 * 1024 * 1024
    shots: int = 1_000_000


def utc_now() -> datetime:
    """The clock of the machine."""
    return datetime.now(UTC)


@dataclass(frozen=True)
class Settings:
    """`storage` is a connection string with an account key; `state` None keeps everything in memory.

    `key` None accepts any key, but not a request without one; `token_key` verifies signed tokens, None accepts no
    tokens. `workspace` None serves every workspace, else only that path
    (`subscription/group/name`). With `settle` every response depends on `now()` alone: a request first
    waits for the executions that are due by then, and an execution takes exactly its target's `execution_seconds`.
    `events` is the webhook for events about outputs; its address may hold a key. `body_seconds` is how long a request's
    body may take to come.
    """

    storage: str
    state: Path | None = None
    key: str | None = None
    token_key: str | None = field(default=None, repr=False)
    workspace: str | None = None
    targets: tuple[Target, ...] = DEFAULT_TARGETS
    seed: int | None = None
    limits: Limits = Limits()
    session_idle: timedelta = sessions.IDLE
    body_seconds: float = 30.0
    events: str | None = field(default=None, repr=False)
    settle: bool = False
    now: Callable[[], datetime] = utc_now

    def seed_for(self, job_id: str) -> int:
        """The seed of a job's execution: fixed by the job's id where a seed is set."""
        return secrets.randbits(31) if self.seed is None else (self.seed + crc32(job_id.encode())) % 2**31


def load(settings: Settings, path: Path) -> Settings:
    """Lay the JSON file at `path` over `settings`."""
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise InvalidSettingError(f"{path}: {error}") from error
    return configured(settings, document)


def configured(settings: Settings, document: object) -> Settings:
    """Lay a JSON object over `settings`: each of its names is one of `_READERS`."""
    if not isinstance(document, Mapping):
        raise InvalidSettingError("the configuration must be an object")
    for name, value in document.items():
        if name not in _READERS:
            raise InvalidSettingError(f"{name} is unknown; there are {', '.join(sorted(_READERS))}")
        settings = _READERS[name](settings, value)
    return settings


def _read_workspace(settings: Settings, value: Any) -> Settings:
    try:
        parts = [str(value[name]) for name in ("subscriptionId", "resourceGroup", "name")]
    except (KeyError, TypeError) as error:
        raise InvalidSettingError("workspace must have subscriptionId, resourceGroup and name") from error
    return replace(settings, workspace="/".join(parts).lower())


def _read_targets(settings: Settings, value: Any) -> Settings:
    if not isinstance(value, Mapping):
        raise InvalidSettingError("targets must be an object of patches by target id")
    targets = {target.id: target for target in settings.targets}
    for name, patch in value.items():
        provider = name.partition(".")[0]
        base = targets.get(name) or Target(name, provider, 20, ("qir.v1",))
        targets[name] = patched(base, patch, f"targets.{name}")
    return replace(settings, targets=tuple(targets.values()))


def _read_noise(settings: Settings, value: Any) -> Settings:
    if not isinstance(value, bool):
        raise InvalidSettingError("noise must be true or false")
    word: Literal["asked", "published"] = "published" if value else "asked"
    return replace(settings, targets=tuple(replace(t, noise=word) if t.id in TARGETS else t for t in settings.targets))


def _read_idle(settings: Settings, value: Any) -> Settings:
    if not isinstance(value, int | float) or value <= 0:
        raise InvalidSettingError("sessionIdleSeconds must be a number above 0")
    return replace(settings, session_idle=timedelta(seconds=value))


def _read_limits(settings: Settings, value: Any) -> Settings:
    return replace(settings, limits=patched(settings.limits, value, "limits"))


def _reader(name: str, kind: type) -> Callable[[Settings, Any], Settings]:
    def read(settings: Settings, value: Any) -> Settings:
        if not isinstance(value, kind):
            raise InvalidSettingError(f"{name} must be {kind.__name__}")
        changes: dict[str, Any] = {name: value}
        return replace(settings, **changes)

    return read


_READERS: dict[str, Callable[[Settings, Any], Settings]] = {
    "key": _reader("key", str),
    "tokenKey": _reader("token_key", str),
    "seed": _reader("seed", int),
    "events": _reader("events", str),
    "settle": _reader("settle", bool),
    "noise": _read_noise,
    "workspace": _read_workspace,
    "sessionIdleSeconds": _read_idle,
    "limits": _read_limits,
    "targets": _read_targets,
}
