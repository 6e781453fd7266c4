"""Finds the deployment: given outright, by QJOBS_URL and QJOBS_KEY, or a local stack in or above this folder."""

from __future__ import annotations

import json
import os
from contextlib import suppress
from dataclasses import dataclass, field
from ipaddress import ip_address
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from quantumjobs.errors import NoDeploymentError, UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping

ENDPOINTS = Path(".local", "endpoints.json")


@dataclass(frozen=True)
class Deployment:
    """Where the app is (`url` has no trailing slash and no `/api`), its function key, and who said so."""

    url: str
    key: str | None = field(repr=False)
    source: str

    def __post_init__(self) -> None:
        object.__setattr__(self, "url", _checked_url(self.url))
        object.__setattr__(self, "key", _checked_key(self.key))

    @property
    def is_loopback(self) -> bool:
        """Say whether the address is this machine, which no proxy leads to."""
        host = urlsplit(self.url).hostname or ""
        try:
            return ip_address(host).is_loopback
        except ValueError:
            return host == "localhost"

    @property
    def sends_key_in_clear(self) -> bool:
        """Say whether the key would cross a network unencrypted."""
        return self.key is not None and self.url.startswith("http://") and not self.is_loopback


def find_deployment(
    url: str | None = None,
    key: str | None = None,
    *,
    environ: Mapping[str, str] = os.environ,
    folder: Path | None = None,
) -> Deployment:
    """Decide which deployment is meant, the outright answer first.

    The key of a local stack is sent to that stack only, whatever else is given.
    """
    stated, source = (url, "as given") if url else (environ.get("QJOBS_URL"), "QJOBS_URL")
    if stated:
        deployment = Deployment(stated, key or environ.get("QJOBS_KEY"), source)
        return deployment if deployment.key else Deployment(deployment.url, _local_key(deployment.url, folder), source)
    local = local_stack(folder)
    if local is None:
        raise NoDeploymentError(
            "no deployment is known: give --url (or set QJOBS_URL), or run this in the folder of a started local stack"
        )
    return Deployment(local.url, key or local.key or environ.get("QJOBS_KEY"), local.source)


def local_stack(folder: Path | None = None) -> Deployment | None:
    """Read the nearest `.local/endpoints.json`, from the folder (default: the current one) upwards."""
    file = _endpoints_file(folder)
    if file is None:
        return None
    document = _read_endpoints(file)
    key = document.get("functionKey")
    return Deployment(document["api"], key if isinstance(key, str) else None, str(file))


def local_endpoints(folder: Path | None = None) -> Mapping[str, Any]:
    """Tell all that the nearest local stack says of itself; NoDeploymentError where there is none."""
    file = _endpoints_file(folder)
    if file is None:
        raise NoDeploymentError("no local stack runs in this folder or above: start one with `make start`")
    return _read_endpoints(file)


def _local_key(url: str, folder: Path | None) -> str | None:
    with suppress(UsageError):  # a broken file is of no concern to who named another place
        local = local_stack(folder)
        return local.key if local and local.url == url else None
    return None


def _endpoints_file(folder: Path | None) -> Path | None:
    start = (folder or Path.cwd()).resolve()
    files = (place / ENDPOINTS for place in (start, *start.parents))
    return next((file for file in files if file.is_file()), None)


def _read_endpoints(file: Path) -> dict[str, Any]:
    try:
        document = json.loads(file.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise UsageError(f"{file} cannot be read ({error}): start the local stack again, or give --url") from error
    if not isinstance(document, dict) or not isinstance(document.get("api"), str):
        raise UsageError(f"{file} names no 'api': start the local stack again, or give --url")
    return document


def _checked_url(url: str) -> str:
    """Refuse what is no plain base URL, without repeating it: it may contain a key."""
    try:
        parts = urlsplit(url.strip())
        has_host = bool(parts.hostname) and parts.port != 0  # reading them checks them
    except ValueError as error:
        raise UsageError("the URL is malformed: it should look like https://my-app.azurewebsites.net") from error
    if "@" in parts.netloc or parts.query or parts.fragment:
        raise UsageError("the URL must not carry a key: give the key by QJOBS_KEY or --key, and the URL without it")
    if parts.scheme not in {"http", "https"} or not has_host or any(map(str.isspace, url.strip())):
        raise UsageError("the URL must start with https:// (or http://) and a host: https://my-app.azurewebsites.net")
    return url.strip().rstrip("/").removesuffix("/api")


def _checked_key(key: str | None) -> str | None:
    stripped = (key or "").strip()
    if not stripped.isascii() or any(not "!" <= character <= "~" for character in stripped):
        raise UsageError("the key contains a character that no function key has: copy it again")
    return stripped or None
