"""Profiles: what one would else repeat on every command line, kept by name in a file that only its owner can read."""

from __future__ import annotations

import json
import os
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from quantumjobs.cli.faults import CommandLineError

if TYPE_CHECKING:
    from argparse import Namespace

DEFAULT = "default"
BATCH_OF = "batch of "  # before the URL, in the file that keeps the last job of each deployment


@dataclass
class Profiles:
    """All profiles, and the name of the one in use."""

    current: str = DEFAULT
    named: dict[str, dict[str, Any]] = field(default_factory=dict)


def config_file() -> Path:
    """Name the file: QJOBS_CONFIG, or one in the user's folder of settings."""
    if stated := os.environ.get("QJOBS_CONFIG"):
        return Path(stated)
    base = os.environ.get("APPDATA") if os.name == "nt" else os.environ.get("XDG_CONFIG_HOME")
    return Path(base or Path.home() / ".config") / "quantumjobs" / "config.json"


def load() -> Profiles:
    """Read the profiles; no file is no profile."""
    file = config_file()
    try:
        document = json.loads(file.read_text("utf-8"))
    except FileNotFoundError:
        return Profiles()
    except (OSError, ValueError) as error:
        raise CommandLineError(
            f"the profiles cannot be read: {file}", str(error), "correct the file, or remove it"
        ) from error
    named = document.get("profiles") if isinstance(document, dict) else None
    if not isinstance(named, dict) or not all(isinstance(one, dict) for one in named.values()):
        raise CommandLineError(
            f"the profiles cannot be read: {file}", "it has no 'profiles'", "correct the file, or remove it"
        )
    return Profiles(str(document.get("current") or DEFAULT), named)


def save(profiles: Profiles) -> None:
    """Write the profiles so that nobody else can read them."""
    file = config_file()
    file.parent.mkdir(parents=True, exist_ok=True)
    beside = file.with_suffix(f".{os.getpid()}.new")
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
        json.dump({"current": profiles.current, "profiles": profiles.named}, stream, indent=2)
        stream.write("\n")
    beside.replace(file)


def named(profiles: Profiles, name: str) -> dict[str, Any]:
    """Find a profile, or say which there are."""
    if name not in profiles.named:
        there = ", ".join(sorted(profiles.named)) or "none yet"
        raise CommandLineError(
            f"there is no profile {name!r}",
            f"there are: {there}",
            f"make it: qjobs config set url URL --profile {name}",
        )
    return profiles.named[name]


def apply(options: Namespace) -> None:
    """Fill in what the command line leaves open: the deployment, and a default target, shots and workspace.

    A profile that is named for this command stands above QJOBS_URL; the one in use, below.
    """
    options.sign_in = None
    stated = options.profile or os.environ.get("QJOBS_PROFILE")
    profiles = load()
    profile = named(profiles, stated) if stated else profiles.named.get(profiles.current, {})
    if profile.get("url") and not options.url and (stated or not os.environ.get("QJOBS_URL")):
        options.url, options.key = profile["url"], options.key or profile.get("key")
        options.sign_in = profile.get("scope") if profile.get("auth") == "entra" else None
    options.defaults = {name: profile[name] for name in ("target", "shots", "workspace") if profile.get(name)}


def state_file() -> Path:
    """Name the file that keeps the last job of each deployment."""
    base = os.environ.get("LOCALAPPDATA") if os.name == "nt" else os.environ.get("XDG_STATE_HOME")
    return Path(base or Path.home() / ".local" / "state") / "quantumjobs" / "last.json"


def last_job(url: str) -> str | None:
    """Tell the last job that was sent to a deployment from here."""
    last_id = _last().get(url)
    return last_id if isinstance(last_id, str) else None


def last_batch(url: str) -> str | None:
    """Tell the last batch that was sent to a deployment from here."""
    return last_job(f"{BATCH_OF}{url}")


def remember_batch(url: str, batch_id: str) -> None:
    """Keep the last batch of a deployment beside its last job."""
    remember(f"{BATCH_OF}{url}", batch_id)


def remember(url: str, job_id: str) -> None:
    """Keep the last job of a deployment; where it cannot be kept, nothing is lost but @last."""
    with suppress(OSError):
        file = state_file()
        file.parent.mkdir(parents=True, exist_ok=True)
        beside = file.with_suffix(f".{os.getpid()}.new")
        beside.write_text(json.dumps({**_last(), url: job_id}), "utf-8")
        beside.replace(file)


def _last() -> dict[str, object]:
    with suppress(OSError, ValueError):
        document = json.loads(state_file().read_text("utf-8"))
        return document if isinstance(document, dict) else {}
    return {}
