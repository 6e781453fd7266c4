"""`qjobs config`: profiles made, shown, used and removed."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from quantumjobs.cli import profiles
from quantumjobs.cli.codes import OK
from quantumjobs.cli.faults import CommandLineError
from quantumjobs.cli.inputs import shots
from quantumjobs.cli.tables import Cell, Column, Table
from quantumjobs.deployment import Deployment

if TYPE_CHECKING:
    from argparse import Namespace

    from quantumjobs.cli.screen import Screen

LISTED = (
    Column("in use"),
    Column("profile"),
    Column("url"),
    Column("signs in by", rank=1),
    Column("target", rank=2, is_name=True),
    Column("shots", rank=3, is_number=True),
    Column("workspace", rank=4, is_name=True),
)


def list_profiles(_: Namespace, screen: Screen) -> int:
    """Show the profiles, without their keys."""
    stored = profiles.load()
    shown = {name: _without_key(profile) for name, profile in sorted(stored.named.items())}
    rows = [_row(name, profile, is_current=name == stored.current) for name, profile in sorted(stored.named.items())]
    document = {"file": str(profiles.config_file()), "current": stored.current, "profiles": shown}
    screen.answer(document, Table(LISTED, rows), "there are no profiles yet; to make one: qjobs config set url URL")
    return OK


def _row(name: str, profile: dict[str, Any], *, is_current: bool) -> tuple[Cell, ...]:
    way = "Entra ID" if profile.get("auth") == "entra" else "key" if profile.get("key") else ""
    texts = (profile.get("url"), way, profile.get("target"))
    return (
        Cell("*" if is_current else ""),
        Cell.of(name),
        *map(Cell.of, texts),
        Cell.count(profile.get("shots")),
        Cell.of(profile.get("workspace")),
    )


def show(options: Namespace, screen: Screen) -> int:
    """Show what a profile says, its key hidden."""
    stored = profiles.load()
    name = options.name or options.profile or stored.current
    profile = _without_key(profiles.named(stored, name))
    rows = [(Cell.of(setting), Cell.of(value)) for setting, value in profile.items()]
    screen.answer({"profile": name, **profile}, Table((Column("setting"), Column("value")), rows))
    return OK


def set_value(options: Namespace, screen: Screen) -> int:
    """Set a value in a profile, which is made where there is none; the first one is in use at once."""
    stored = profiles.load()
    name = options.profile or stored.current
    value = _checked(options.setting, options.value if options.value is not None else sys.stdin.readline().strip())
    if not stored.named:
        stored.current = name
    stored.named.setdefault(name, {})[options.setting] = value
    profiles.save(stored)
    return _done(f"profile {name}: {options.setting} is set", name, screen)


def unset(options: Namespace, screen: Screen) -> int:
    """Take a value out of a profile."""
    stored = profiles.load()
    name = options.profile or stored.current
    profiles.named(stored, name).pop(options.setting, None)
    profiles.save(stored)
    return _done(f"profile {name}: {options.setting} is not set", name, screen)


def use(options: Namespace, screen: Screen) -> int:
    """Use a profile from now on."""
    stored = profiles.load()
    profiles.named(stored, options.name)
    stored.current = options.name
    profiles.save(stored)
    return _done(f"profile {options.name} is in use", options.name, screen)


def remove(options: Namespace, screen: Screen) -> int:
    """Remove a profile."""
    stored = profiles.load()
    profiles.named(stored, options.name)
    del stored.named[options.name]
    profiles.save(stored)
    return _done(f"profile {options.name} is removed", options.name, screen)


def _done(text: str, name: str, screen: Screen) -> int:
    if screen.form == "table":
        screen.line(text)
    else:
        screen.document({"profile": name})
    return OK


def _checked(setting: str, value: str) -> object:
    if setting == "shots":
        return shots(value)
    if setting == "auth" and value not in {"key", "entra"}:
        raise CommandLineError(f"{value!r} is no way to sign in", "", "set auth to key or entra")
    if setting in {"url", "key"}:
        url, key = (value, None) if setting == "url" else ("https://checked", value)
        checked = Deployment(url, key, "a profile")
        return checked.url if setting == "url" else checked.key
    return value


def _without_key(profile: dict[str, Any]) -> dict[str, Any]:
    return {name: "(hidden)" if name == "key" else value for name, value in profile.items()}
