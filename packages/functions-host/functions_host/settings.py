"""The host's settings, from the app's files and environment.

Three sources in order: the caller's overrides, `local.settings.json`, Azure's default. Of `host.json` only the
sections named here are read.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from .durable.task_hub import DurableSettings

_SPAN = re.compile(r"(?:(\d+)\.)?(\d{1,2}):(\d{2}):(\d{2})(?:\.(\d{1,7}))?")
_ENCODINGS = ("base64", "none")
_LEASE = "FUNCTIONS_HOST_QUEUE_LEASE_SECONDS"
_LISTS_BLOBS = "FUNCTIONS_HOST_LISTS_BLOBS"
_WITHHELD = "FUNCTIONS_HOST_WITHHOLD_TURNS_OF_EVERY"


class SettingError(ValueError):
    """A setting that the host cannot use; the message names it and its valid values."""


@dataclass(frozen=True)
class QueueSettings:
    """`extensions.queues` of host.json, with Azure's defaults, and the lease of a message."""

    max_polling_interval: timedelta = timedelta(minutes=1)
    visibility_timeout: timedelta = timedelta(0)
    batch_size: int = 16
    new_batch_threshold: int = 8
    max_dequeue_count: int = 5
    message_encoding: str = "base64"
    # Azure leases a message for 10 minutes; here messages of a killed host come back sooner, for a developer who waits.
    lease: timedelta = timedelta(seconds=30)


@dataclass(frozen=True)
class HostSettings:
    """How one app is served."""

    app: Mapping[str, str] = field(default_factory=dict)
    route_prefix: str = "api"
    queues: QueueSettings = field(default_factory=QueueSettings)
    blob_tries: int = 5
    lists_blobs: bool = True
    durable: DurableSettings = field(default_factory=DurableSettings)

    def resolve(self, text: str) -> str:
        """Replace `%NAME%` by the setting; raises SettingError for a name that is not set."""
        return re.sub(r"%([^%\s]+)%", lambda match: self._required(match[1]), text)

    def _required(self, name: str) -> str:
        if name not in self.app:
            raise SettingError(f"a binding names %{name}%, but the setting {name} is not set")
        return self.app[name]

    def is_disabled(self, function: str) -> bool:
        """Whether `AzureWebJobs.<function>.Disabled` switches a function off."""
        return self.app.get(f"AzureWebJobs.{function}.Disabled", "").lower() in {"1", "true"}


def read_settings(app_dir: Path, overrides: Mapping[str, str]) -> HostSettings:
    """Read an app's host.json and local.settings.json under these overrides; raises SettingError."""
    local = _section(_json(app_dir / "local.settings.json"), "Values")
    host = _json(app_dir / "host.json")
    extensions = _section(host, "extensions")
    prefix = _section(extensions, "http").get("routePrefix", "api")
    app = {name: str(value) for name, value in local.items()} | dict(overrides)
    return HostSettings(
        app=app,
        route_prefix=str(prefix).strip("/"),
        queues=replace(_queues(_section(extensions, "queues")), lease=_lease(app)),
        blob_tries=_number(_section(extensions, "blobs"), "poisonBlobThreshold", 5, 1),
        lists_blobs=_switch(app, _LISTS_BLOBS),
        durable=replace(_durable(_section(extensions, "durableTask")), withholds_turns_of_every=_withheld(app)),
    )


def _queues(section: Mapping[str, Any]) -> QueueSettings:
    batch_size = _number(section, "batchSize", 16, 1)
    encoding = str(section.get("messageEncoding", "base64")).lower()
    if encoding not in _ENCODINGS:
        raise SettingError(f"host.json: messageEncoding must be one of {', '.join(_ENCODINGS)}")
    return QueueSettings(
        max_polling_interval=_span(section, "maxPollingInterval", timedelta(minutes=1)),
        visibility_timeout=_span(section, "visibilityTimeout", timedelta(0)),
        batch_size=min(batch_size, 32),
        new_batch_threshold=_number(section, "newBatchThreshold", batch_size // 2, 0),
        max_dequeue_count=_number(section, "maxDequeueCount", 5, 1),
        message_encoding=encoding,
    )


def _lease(app: Mapping[str, str]) -> timedelta:
    text = app.get(_LEASE, "30")
    if not re.fullmatch(r"[1-9]\d{0,5}", text, re.ASCII):
        raise SettingError(f"{_LEASE} must be a whole number of seconds from 1 to 999999, not {text!r}")
    return timedelta(seconds=int(text))


def _switch(app: Mapping[str, str], name: str) -> bool:
    text = app.get(name, "true").lower()
    if text not in {"true", "false"}:
        raise SettingError(f"{name} must be true or false, not {text!r}")
    return text == "true"


def _withheld(app: Mapping[str, str]) -> int:
    text = app.get(_WITHHELD, "0")
    if not re.fullmatch(r"\d{1,6}", text, re.ASCII):
        raise SettingError(f"{_WITHHELD} must be a whole number from 0 (none) to 999999, not {text!r}")
    return int(text)


def _durable(section: Mapping[str, Any]) -> DurableSettings:
    default = DurableSettings()
    return DurableSettings(
        str(section.get("hubName", default.hub_name)),
        _number(section, "maxConcurrentActivityFunctions", default.max_concurrent_activities, 1),
        _number(section, "maxConcurrentOrchestratorFunctions", default.max_concurrent_orchestrators, 1),
        default_version=_version(section),
    )


def _version(section: Mapping[str, Any]) -> str | None:
    version = section.get("defaultVersion")
    if version is not None and not isinstance(version, str):
        raise SettingError(f'host.json: defaultVersion must be text, such as "1.0", not {version!r}')
    return version or None


def _number(section: Mapping[str, Any], name: str, default: int, least: int) -> int:
    value = section.get(name, default)
    if not isinstance(value, int) or value < least:
        raise SettingError(f"host.json: {name} must be a whole number of at least {least}, not {value!r}")
    return value


def _span(section: Mapping[str, Any], name: str, default: timedelta) -> timedelta:
    if name not in section:
        return default
    match = _SPAN.fullmatch(str(section[name]))
    if match is None:
        raise SettingError(f"host.json: {name} must be a time span hh:mm:ss, not {section[name]!r}")
    days, hours, minutes, seconds = (int(part or 0) for part in match.groups()[:4])
    fraction = float(f"0.{match[5] or 0}")
    return timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds + fraction)


def _section(parent: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    section = parent.get(name) or {}
    if not isinstance(section, dict):
        raise SettingError(f"{name} must be a JSON object, not {section!r}")
    return section


def _json(path: Path) -> Mapping[str, Any]:
    if not path.is_file():
        return {}
    try:
        content = json.loads(path.read_text(encoding="utf-8-sig"))
    except ValueError as error:
        raise SettingError(f"{path.name} is not JSON: {error}") from error
    if not isinstance(content, dict):
        raise SettingError(f"{path.name} must hold a JSON object")
    return content
