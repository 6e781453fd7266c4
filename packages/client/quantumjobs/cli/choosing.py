"""Which jobs a command means: by id, by the unique beginning of one, by @last, or by filters."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, cast

from quantumjobs.cli import profiles
from quantumjobs.cli.faults import AmbiguousIdError, CommandLineError, NoSuchIdError

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Iterable, Iterator

    from quantumjobs.calls import JobFilter
    from quantumjobs.cli.client import CommandClient
    from quantumjobs.jobs import JobView

WHOLE_ID = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}", re.IGNORECASE)
LAST = "@last"
RECENT_PAGES, PAGE = 5, 200  # among so many jobs the beginning of an id is looked for
FILTERS = ("phase", "target", "provider", "workspace", "tag", "name", "since", "until", "order")


def one_id(client: CommandClient, text: str) -> str:
    """Find the job that an id, the beginning of one, or @last means."""
    if WHOLE_ID.fullmatch(text):
        return text
    if text != LAST:
        return fitting(
            text, ((job.id, f"{job.phase} {job.name or ''}") for job in _recent(client)), "job", "qjobs list"
        )
    last = profiles.last_job(client.deployment.url)
    if last is None:
        raise NoSuchIdError(
            "there is no @last: no job was sent to this deployment from here", "look for the job: qjobs list"
        )
    return last


def all_ids(client: CommandClient, texts: Iterable[str]) -> list[str]:
    """Find the jobs that several ids mean, each once."""
    return list(dict.fromkeys(one_id(client, text) for text in texts))


def fitting(text: str, words_by_id: Iterable[tuple[str, str]], what: str, look: str) -> str:
    """Find the one id that begins so; each comes with a word on it, for whoever has to choose."""
    matches = {id_: word for id_, word in words_by_id if id_.lower().startswith(text.lower())}
    if text in matches:
        return text
    if not matches:
        raise NoSuchIdError(
            f"no {what} of late has an id that begins with {text!r}", f"give the whole id; to look for it: {look}"
        )
    if len(matches) > 1:
        each = "\n".join(f"{id_}  {word}".rstrip() for id_, word in matches.items())
        raise AmbiguousIdError(
            f"{len(matches)} {what}s have an id that begins with {text!r}", each, "give more of the id"
        )
    return next(iter(matches))


def filters_of(options: Namespace) -> JobFilter:
    """Pick out the filters of the command line."""
    chosen = {name: getattr(options, name, None) for name in FILTERS}
    return cast("JobFilter", {name: value for name, value in chosen.items() if value is not None})


def chosen(client: CommandClient, options: Namespace) -> list[JobView | str]:
    """Choose jobs by ids, or by filters: then those that have not ended, unless a phase is named."""
    filters = filters_of(options)
    if bool(options.ids) == bool(filters):
        what = "both ids and filters are there" if filters else "no job is named"
        raise CommandLineError(what, "", "give ids or @last, or choose jobs by --tag, --name or another filter")
    if options.ids:
        return list(all_ids(client, options.ids))
    return [job for job in client.list(page_size=PAGE, **filters) if "phase" in filters or not job.is_final]


def _recent(client: CommandClient) -> Iterator[JobView]:
    continuation = None
    for _ in range(RECENT_PAGES):
        page = client.list_page(top=PAGE, continuation=continuation)
        yield from page.jobs
        continuation = page.continuation
        if continuation is None:
            return
