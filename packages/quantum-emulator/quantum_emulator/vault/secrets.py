"""The secrets of a vault, with their versions; deleted ones stay recoverable and block their names, as in Key Vault."""

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from uuid import uuid4

from embedded_server.files import write_privately


@dataclass(frozen=True)
class Version:
    """One value of a secret; times are seconds since 1970."""

    id: str
    value: str = field(repr=False)
    created: int
    content_type: str | None = None


class VaultError(Exception):
    """An error response of Key Vault."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status, self.code = status, code


class Secrets:
    """A vault's content: in memory, and optionally in a file that only its owner can read."""

    def __init__(self, file: Path | None) -> None:
        self._file = file
        stored = json.loads(file.read_text()) if file and file.exists() else {"live": {}, "removed": {}}
        self._live, self._removed = (
            {name: [Version(**version) for version in versions] for name, versions in stored[part].items()}
            for part in ("live", "removed")
        )

    @property
    def names(self) -> list[str]:
        """The names of the secrets that are there."""
        return sorted(self._live)

    def put(self, name: str, value: str, created: int, content_type: str | None) -> Version:
        """Add a version."""
        if name in self._removed:
            raise VaultError(409, "Conflict", f"Secret {name} is currently in a deleted but recoverable state.")
        version = Version(uuid4().hex, value, created, content_type)
        self._live.setdefault(name, []).append(version)
        self._keep()
        return version

    def get(self, name: str, version: str = "") -> Version:
        """Read a version, by default the last one."""
        versions = [it for it in self._live.get(name, ()) if version in ("", it.id)]
        if not versions:
            raise VaultError(404, "SecretNotFound", f"A secret with (name/id) {name} was not found in this key vault.")
        return versions[-1]

    def remove(self, name: str) -> Version:
        """Soft-delete a secret, with all its versions."""
        last = self.get(name)
        self._removed[name] = self._live.pop(name)
        self._keep()
        return last

    def removed(self, name: str) -> Version:
        """Read a soft-deleted secret."""
        if name not in self._removed:
            raise VaultError(404, "SecretNotFound", f"Deleted Secret not found: {name}")
        return self._removed[name][-1]

    def purge(self, name: str) -> None:
        """Purge a soft-deleted secret; its name is free again."""
        self.removed(name)
        del self._removed[name]
        self._keep()

    def _keep(self) -> None:
        if self._file is None:
            return
        parts = {"live": self._live, "removed": self._removed}
        content = {
            part: {name: [asdict(it) for it in stored] for name, stored in all_.items()} for part, all_ in parts.items()
        }
        write_privately(self._file, json.dumps(content))
