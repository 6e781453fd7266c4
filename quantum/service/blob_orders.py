"""Takes orders from uploads: a program uploaded as `orders/<target>/<name>.<extension>` starts a job.

The order's other fields (`shots`, `entryPoint`, …) are metadata of the blob, with names in any case; so is `format`
where the extension does not determine it. A whole order may be uploaded as `orders/<name>.order.json`, without
metadata, and a batch as `orders/<name>.batch.json`. Metadata that upload tools add is ignored.
"""

import base64
import re
from collections.abc import Mapping
from contextlib import suppress
from pathlib import PurePosixPath
from typing import Any

from quantum.contract.answer_to import ANSWER_WORDS
from quantum.contract.fields import Fault, unknown_fields
from quantum.contract.kinds import Limits, printable
from quantum.contract.orders import CONTENTS, INPUT, ORDER, Order, SubmittedOrder
from quantum.jobs.errors import InvalidOrderError, NotFoundError
from quantum.jobs.model import job_id
from quantum.orders.read import MAX_ORDER_BYTES, order_from, parse_order, part_in_text, part_of_order
from quantum.ports import Blob, Orchestrations
from quantum.programs.formats import EXTENSIONS, extension_of, format_of_file, row_of
from quantum.service.intake import Intake
from quantum.service.prepare import WHOLE_BYTES, too_large, whole
from quantum.service.uploads import By, id_of_blob
from quantum.telemetry.names import traceparent
from quantum.wire import strict_json

DRIVE = re.compile(r"[A-Za-z]:")
NOT_IN_A_NAME = re.compile(r"[^\w .:+()\[\]=,@#-]")
LONGEST_NAME = 128
WHOLE_ORDER, WHOLE_BATCH = ".order.json", ".batch.json"
PLAIN_TEXT = tuple(row.name for row in ORDER.values() if row.is_text)  # all other fields are JSON
OF_THE_PROGRAM = tuple(name for name in INPUT if name not in CONTENTS)
# Added by Hadoop's clients, `az storage fs`, AzCopy (--preserve-posix-properties), blobfuse and rclone.
OF_TOOLS = re.compile(r"hdi_\w+|posix_\w+|is_symlink|modtime|mtime", re.IGNORECASE)
FOLDER = "hdi_isfolder"
FIELDS = {field.lower(): field for field in (*ORDER, *OF_THE_PROGRAM) if field not in {"input", "target"}}


async def take_blob(
    path: str, intake: Intake, orchestrations: Orchestrations, *, replay_of: str | None = None, by: By = "event"
) -> str | None:
    """Take an order from a blob (`container/name`) and return its job's id; a repeated event leads to the same job.

    `replay_of` is the id of a poisoned order that was answered before. `by` says whether an event announced the upload,
    or the app found it or stored it.
    """
    try:
        blob = await intake.services.blobs.open(path)
    except NotFoundError:  # removed since the event: there is nothing to run, and no caller to answer
        return None
    if blob.size == 0 and blob.metadata.get(FOLDER) == "true":  # a marker of a folder, not an order
        return None
    source = source_of(path)
    id_ = job_id("blob", replay_of) if replay_of else await id_of_blob(intake.services, path, blob, by)
    if path.lower().endswith(WHOLE_BATCH):
        from quantum.service.queue_batches import take_batch_upload  # noqa: PLC0415  # orders do without batches

        await take_batch_upload(blob, id_, source, intake, orchestrations)
        return id_
    try:
        order = await read_order(path, blob, intake.services.limits)
        await intake.take(order, id_, source, orchestrations)
    except InvalidOrderError as error:
        await intake.refuse(id_, source, error, traceparent(blob.metadata.get("traceparent")))
    return id_


def source_of(path: str) -> dict[str, str]:
    """Return the `source` of an upload's job, as its caller sees it."""
    return {"door": "blob", "blob": path}


async def read_order(path: str, blob: Blob, limits: Limits) -> SubmittedOrder:
    """Make an order from a blob: its path names the target, its metadata the other fields."""
    name = path.partition("/")[2].replace("\\", "/")  # as Windows writes paths
    if name.lower().endswith(WHOLE_ORDER):
        return await _whole_order(blob, limits)
    target, file = _split_path(name)
    placed = {"target": target} | _name_from_file(file)
    try:
        return await _program(placed, file, blob, limits)
    except InvalidOrderError as error:
        raise error.about(part_of_order(placed | _readable(blob.metadata))) from error


async def part_in_blob(path: str, intake: Intake) -> Order | None:
    """Read the fields by which lists find an upload's order, and its `answerTo`, whatever else is wrong with it."""
    try:
        blob = await intake.services.blobs.open(path)
    except NotFoundError:
        return None
    name = path.partition("/")[2].replace("\\", "/")
    if name.lower().endswith(WHOLE_ORDER):
        return part_in_text(await blob.read()) if blob.size <= MAX_ORDER_BYTES else None
    try:
        target, file = _split_path(name)
    except InvalidOrderError:
        return None
    return part_of_order({"target": target} | _name_from_file(file) | _readable(blob.metadata))


async def _program(placed: Mapping[str, str], file: str, blob: Blob, limits: Limits) -> SubmittedOrder:
    """Make an order of a program file in a target's folder, and of its metadata."""
    target, fields = placed["target"], _fields(_caller_metadata(blob.metadata))
    program = {field: fields.pop(field) for field in OF_THE_PROGRAM if field in fields}
    if "format" not in program and format_of_file(file, b"") is None:
        extension = ", ".join((*EXTENSIONS, WHOLE_ORDER, WHOLE_BATCH))
        reason = f"the extension {extension_of(file)!r} is not known; known are {extension}; or say the format in the"
        raise InvalidOrderError((Fault("input.format", f"{reason} metadata"),))
    content = await _content(program.get("format") or format_of_file(file, b"") or "", blob)
    program.setdefault("format", format_of_file(file, content, target))
    program["base64"] = base64.b64encode(content).decode()
    return order_from({**placed, **fields, "input": program}, limits)


async def _whole_order(blob: Blob, limits: Limits) -> SubmittedOrder:
    """Parse a blob that is a whole order; metadata is refused, since it would have no effect."""
    require_no_metadata(blob, "order")
    return parse_order(await whole(blob, MAX_ORDER_BYTES, ""), limits)


def require_no_metadata(blob: Blob, what: str) -> None:
    """Raise InvalidOrderError for metadata of the caller, which would have no effect on a whole order or batch."""
    extra = [printable(FIELDS.get(name.lower(), name)) for name in _caller_metadata(blob.metadata)]
    if extra:
        where = f"stands in the metadata of a whole {what}, where it is not read"
        reason = f"{where}: write it into the {what}, or remove it"
        raise InvalidOrderError(tuple(Fault(name, reason) for name in extra))


def _caller_metadata(metadata: Mapping[str, str]) -> dict[str, str]:
    """Return the caller's own metadata, without that of upload tools."""
    return {name: text for name, text in metadata.items() if not OF_TOOLS.fullmatch(name)}


def _split_path(name: str) -> tuple[str, str]:
    """Split a blob name into the target and the file."""
    parts = PurePosixPath(name).parts
    if len(parts) != 2:
        drive = next((part for part in parts if DRIVE.fullmatch(part)), None)
        hint = f"; leave {drive} and its folders out" if drive else ""
        raise InvalidOrderError((Fault("", f"a program goes to orders/<target>/<name>, not to orders/{name}{hint}"),))
    return parts[0].strip(), parts[1].strip()


def _name_from_file(file: str) -> dict[str, str]:
    """Name the order after its file, in letters that a name may have."""
    extension = extension_of(file)
    stem = file[: file.lower().rindex(extension)] if extension in EXTENSIONS else PurePosixPath(file).stem
    name = NOT_IN_A_NAME.sub("-", stem).replace("..", "--").lstrip(" .:+()[]=,@#-")[:LONGEST_NAME]
    return {"name": name} if name else {}


async def _content(word: str, blob: Blob) -> bytes:
    limit = min(row_of(word).max_size, WHOLE_BYTES)
    if blob.size == 0:
        raise InvalidOrderError((Fault("input", "is empty"),))
    if blob.size > limit:
        raise InvalidOrderError((too_large("input", blob.size, limit),))
    return await blob.read()


def _fields(metadata: Mapping[str, str]) -> dict[str, Any]:
    """Parse an order's fields from metadata: texts unchanged, everything else as JSON."""
    faults = unknown_fields(
        {name: text for name, text in metadata.items() if name.lower() not in FIELDS}, tuple(FIELDS.values())
    )
    values: dict[str, Any] = {}
    for name, text in metadata.items():
        if field := FIELDS.get(name.lower()):
            try:
                values[field] = _value(field, text)
            except strict_json.InvalidJsonError as error:
                faults.append(Fault(field, f"in the blob's metadata: {error}"))
    if faults:
        raise InvalidOrderError(tuple(faults))
    return values


def _value(field: str, text: str) -> Any:
    """Read a field's value; the words of one that is a text or something else are texts, too."""
    is_text = field in PLAIN_TEXT or field in OF_THE_PROGRAM or (field == "answerTo" and text in ANSWER_WORDS)
    return text if is_text else strict_json.loads(text.encode())


def _readable(metadata: Mapping[str, str]) -> dict[str, Any]:
    """Read those of the order's fields that can be read, whatever is wrong with others."""
    values: dict[str, Any] = {}
    for name, text in metadata.items():
        if field := FIELDS.get(name.lower()):
            with suppress(strict_json.InvalidJsonError):
                values[field] = _value(field, text)
    return values
