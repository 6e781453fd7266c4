"""The path of a blob trigger, `container/{name}.{extension}`, and the parameters that it reads from a blob's name."""

import re
from dataclasses import dataclass
from typing import Self

from .settings import SettingError

_PARAMETER = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True)
class BlobPattern:
    """One container and a pattern of blob names; `prefix` is what all of them begin with."""

    text: str
    container: str
    prefix: str
    names: re.Pattern[str]

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a trigger's path; raises SettingError."""
        container, _, name = text.strip("/").partition("/")
        rest = _PARAMETER.sub("", text)
        if "{" in rest or "}" in rest or "{" in container:
            raise SettingError(f"the blob path {text} must be like container/{{name}}")
        literals = _PARAMETER.split(name or "{name}")
        pattern = "".join(f"(?P<{part}>.+)" if index % 2 else re.escape(part) for index, part in enumerate(literals))
        return cls(text, container, literals[0], re.compile(pattern, re.DOTALL))

    def match(self, name: str) -> dict[str, str] | None:
        """Read the parameters out of a blob's name; None where it does not match."""
        match_ = self.names.fullmatch(name)
        return None if match_ is None else match_.groupdict()
