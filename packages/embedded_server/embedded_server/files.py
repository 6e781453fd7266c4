"""Files that their owner alone can read, written whole or not at all."""

import os
from pathlib import Path


def write_privately(file: Path, content: str | bytes) -> None:
    """Replace the file at once: a reader, or a process killed half-way, leaves and sees the old or the new content."""
    draft = file.with_name(f".{file.name}.{os.getpid()}")
    draft.unlink(missing_ok=True)
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as handle:
        handle.write(content.encode() if isinstance(content, str) else content)
    draft.replace(file)
