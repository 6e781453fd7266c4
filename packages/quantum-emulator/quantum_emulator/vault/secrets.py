"""The secrets of a vault, with their versions; removed ones are kept and block their names, as in Key Vault."""

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
    """What Key Vault answers where it cannot do as asked."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status, self.code = status, code


class Secrets:
    """A vault's content: in memory, and in a file that its owner alone can read, where there is one."""

    def __init__(self, file: Path | None) -> None:
        self._file = file
        kept = json.loads(file.read_text()) if file and file.exists() else {"live": {}, "removed": {}}
        self._live, self._removed = (
            {name: [Version(**version) for version in versions] for name, versions in kept[part].items()}
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
        made = Version(uuid4().hex, value, created, content_type)
        self._live.setdefault(name, []).append(made)
        self._keep()
        return made

    def get(self, name: str, version: str = "") -> Version:
        """Read a version, the last one where none is named."""
        found = [it for it in self._live.get(name, ()) if version in ("", it.id)]
        if not found:
            raise VaultError(404, "SecretNotFound", f"A secret with (name/id) {name} was not found in this key vault.")
        return found[-1]

    def remove(self, name: str) -> Version:
        """Set a secret aside, with all its versions."""
        last = self.get(name)
        self._removed[name] = self._live.pop(name)
        self._keep()
        return last

    def removed(self, name: str) -> Version:
        """Read what was set aside."""
        if name not in self._removed:
            raise VaultError(404, "SecretNotFound", f"Deleted Secret not found: {name}")
        return self._removed[name][-1]

    def purge(self, name: str) -> None:
        """Forget what was set aside; its name is free again."""
        self.removed(name)
        del self._removed[name]
        self._keep()

    def _keep(self) -> None:
        if self._file is None:
            return
        parts = {"live": self._live, "removed": self._removed}
        content = {
            part: {name: [asdict(it) for it in kept] for name, kept in all_.items()} for part, all_ in parts.items()
        }
        write_privately(self._file, json.dumps(content))
