"""What compiling by qdk begins with: a context, which knows a target's profile and has qdk's library in it."""

from functools import lru_cache
from typing import Any

import qdk.qsharp


@lru_cache(maxsize=2)  # each takes some 70 MiB; a machine's targets rarely have more than two profiles
def context_for(profile: str) -> Any:
    """Make a context, with its library read; a child gets a copy of it, so it stays as it is."""
    return qdk.Context(target_profile=qdk.TargetProfile.from_str(profile))
