"""Queries of the status API: status, history, lists of instances."""

import base64
import json
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from functions_host.journal import Journal

from . import records
from .history import moment, stamp, to_status_api, to_text

PAGE_SIZE = 1_000
_MEANT = """
SELECT * FROM instances WHERE (:from IS NULL OR created_at >= :from) AND (:to IS NULL OR created_at <= :to)
AND (:statuses IS NULL OR status IN (SELECT value FROM json_each(:statuses)))
AND substr(instance_id, 1, length(:prefix)) = :prefix
"""


@dataclass(frozen=True)
class Filter:
    """A filter of instances; an empty field does not restrict."""

    created_from: datetime | None = None
    created_to: datetime | None = None
    statuses: Sequence[str] = ()
    prefix: str = ""


@dataclass(frozen=True)
class Page:
    """A page of a list, and the continuation token."""

    statuses: list[dict[str, Any]]
    continuation: str | None


def status_of(
    journal: Journal,
    instance_id: str,
    *,
    show_input: bool = True,
    show_history: bool = False,
    show_outputs: bool = False,
) -> dict[str, Any] | None:
    """Return an instance's status in the status API's form; None if there is no such instance."""
    row = records.load_instance(journal.rows, instance_id)
    if row is None:
        return None
    status = _payload(row, show_input=show_input)
    if show_history:
        events = [json.loads(text) for text in records.load_history(journal.rows, instance_id)]
        status["historyEvents"] = to_status_api(events, outputs=show_outputs, inputs=show_input)
    return status


def list_statuses(
    journal: Journal,
    filter_: Filter,
    *,
    page_size: int = PAGE_SIZE,
    continuation: str | None = None,
    show_input: bool = False,
) -> Page:
    """Return a page of instances in the order of their ids; raises ValueError for an unknown token."""
    after = base64.urlsafe_b64decode(continuation.encode()).decode() if continuation else ""
    rows = journal.rows(
        _MEANT + "AND instance_id > :after ORDER BY instance_id LIMIT :limit",
        {**_values(filter_), "after": after, "limit": page_size + 1},
    )
    more = len(rows) > page_size
    last = rows[page_size - 1]["instance_id"] if more else ""
    token = base64.urlsafe_b64encode(last.encode()).decode() if more else None
    return Page([_payload(row, show_input=show_input) for row in rows[:page_size]], token)


def ids_of(journal: Journal, filter_: Filter) -> list[str]:
    """Return the ids of all instances that match."""
    return [row["instance_id"] for row in journal.rows(_MEANT, _values(filter_))]


def _values(filter_: Filter) -> dict[str, Any]:
    return {
        "from": stamp(filter_.created_from) if filter_.created_from else None,
        "to": stamp(filter_.created_to) if filter_.created_to else None,
        "statuses": to_text(list(filter_.statuses)) if filter_.statuses else None,
        "prefix": filter_.prefix,
    }


def _payload(row: sqlite3.Row, *, show_input: bool) -> dict[str, Any]:
    return {
        "name": row["name"],
        "instanceId": row["instance_id"],
        "runtimeStatus": row["status"],
        "input": _value(row["input"]) if show_input else None,
        "customStatus": _value(row["custom_status"]),
        "output": _value(row["output"]),
        "createdTime": _to_the_second(row["created_at"]),
        "lastUpdatedTime": _to_the_second(row["updated_at"]),
    }


def _value(text: str | None) -> Any:
    return None if text is None else json.loads(text)


def _to_the_second(text: str) -> str:
    return moment(text).strftime("%Y-%m-%dT%H:%M:%SZ")
