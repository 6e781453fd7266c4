"""The app's keys: function, master and system, as in Azure."""

import hmac
import json
import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from pathlib import Path

from starlette.requests import HTTPConnection

from embedded_server.files import write_privately

from .state import usable


@dataclass(frozen=True, repr=False)
class Keys:
    """`function` opens functions, `system` the webhooks and the durable API, `master` all of them."""

    function: str
    master: str
    system: str

    def open_function(self, auth_level: str, request: HTTPConnection) -> bool:
        """Whether a request may start a function of this authorisation level."""
        match auth_level.upper():
            case "ANONYMOUS":
                return True
            case "ADMIN":
                return _offers(request, self.master)
            case _:
                return _offers(request, self.function, self.master)

    def open_system(self, request: HTTPConnection) -> bool:
        """Whether a request may use a webhook or the durable API."""
        return _offers(request, self.system, self.master)


def load_keys(state_dir: Path, settings: Mapping[str, str]) -> Keys:
    """Read this app's keys, or create them; `FUNCTIONS_KEY` and `FUNCTIONS_SYSTEM_KEY` set two of them."""
    path = state_dir / "keys.json"
    with usable(path, "move it away, and the next start makes new keys"):
        keys = _read(path) if path.exists() else _create(path)
    function, system = settings.get("FUNCTIONS_KEY"), settings.get("FUNCTIONS_SYSTEM_KEY")
    return Keys(function or keys.function, keys.master, system or keys.system)


def _read(path: Path) -> Keys:
    stored = json.loads(path.read_text(encoding="utf-8"))
    names = {field.name for field in fields(Keys)}
    if (
        not isinstance(stored, dict)
        or stored.keys() != names
        or not all(isinstance(it, str) and it for it in stored.values())
    ):
        raise ValueError(f"it must hold the keys {', '.join(sorted(names))}")
    return Keys(**stored)


def _create(path: Path) -> Keys:
    keys = Keys(*(secrets.token_urlsafe(32) for _ in range(3)))
    # Atomic: a host that is killed half-way must not leave a file that the next one cannot read.
    write_privately(path, json.dumps(asdict(keys)))
    return keys


def _offers(request: HTTPConnection, *keys: str) -> bool:
    offered = request.headers.get("x-functions-key") or request.query_params.get("code") or ""
    return any(hmac.compare_digest(offered.encode(), key.encode()) for key in keys)
