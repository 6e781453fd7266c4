"""Takes orders from uploads: a program uploaded as `orders/<target>/<name>.<extension>` starts a job.

The order's other fields (`shots`, `entryPoint`, …) are metadata of the blob, with names in any case, and so is `format`
where the extension does not determine it. A whole order may be uploaded as `orders/<name>.order.json`; it takes no
metadata. Metadata that tools add on their own account is ignored.
"""

import base64
import re
from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import Any

from quantum.contract.fields import Fault, unknown_fields
from quantum.contract.kinds import Limits, printable
from quantum.contract.orders import CONTENTS, INPUT, ORDER, SubmittedOrder
from quantum.jobs.errors import InvalidOrderError, NotFoundError
from quantum.jobs.model import job_id
from quantum.orders.read import MAX_ORDER_BYTES, order_from, parse_order
from quantum.ports import Blob, Orchestrations
from quantum.programs.formats import EXTENSIONS, extension_of, format_of_file, row_of
from quantum.service.answers import answer, encode
from quantum.service.intake import Intake
from quantum.service.prepare import WHOLE_BYTES, too_large, whole
from quantum.service.uploads import By, id_of_blob
from quantum.telemetry.names import traceparent
from quantum.wire import strict_json

DRIVE = re.compile(r"[A-Za-z]:")
NOT_IN_A_NAME = re.compile(r"[^\w .:+()\[\]=,@#-]")
LONGEST_NAME = 128
WHOLE_ORDER = ".order.json"
PLAIN_TEXT = tuple(row.name for row in ORDER.values() if row.is_text)  # everything else is written as JSON
OF_THE_PROGRAM = tuple(name for name in INPUT if name not in CONTENTS)
# Hadoop's clients and `az storage fs`, AzCopy (--preserve-posix-properties), blobfuse and rclone add these unasked.
OF_TOOLS = re.compile(r"hdi_\w+|posix_\w+|is_symlink|modtime|mtime", re.IGNORECASE)
FOLDER = "hdi_isfolder"
FIELDS = {field.lower(): field for field in (*ORDER, *OF_THE_PROGRAM) if field not in {"input", "target"}}


async def take_blob(
    path: str, intake: Intake, orchestrations: Orchestrations, *, replay_of: str | None = None, by: By = "event"
) -> str | None:
    """Take an order from a blob (`container/name`) and give its job's id; announced again, it is the same job.

    `replay_of` is the id under which it was given up before, and has been answered. `by` says whether an event
    announced the upload, or the app looked for it or kept it.
    """
    try:
        blob = await intake.services.blobs.open(path)
    except NotFoundError:  # removed since it was announced: there is nothing to run, and nobody to tell
        return None
    if blob.size == 0 and blob.metadata.get(FOLDER) == "true":  # it stands for a folder, which orders nothing
        return None
    source = source_of(path)
    id_ = job_id("blob", replay_of) if replay_of else await id_of_blob(intake.services, path, blob, by)
    try:
        order = await read_order(path, blob, intake.services.limits)
        await intake.take(order, id_, source, orchestrations)
    except InvalidOrderError as error:
        caller = traceparent(blob.metadata.get("traceparent"))
        rejected = await intake.reject(id_, source, (await intake.complete(error)).failure, caller)
        await intake.services.answers.send(encode(answer(rejected, None)))
    return id_


def source_of(path: str) -> dict[str, str]:
    """Give the `source` of an upload's job, which its caller sees."""
    return {"door": "blob", "blob": path}


async def read_order(path: str, blob: Blob, limits: Limits) -> SubmittedOrder:
    """Make an order of a blob: its path names the target, its metadata the rest."""
    name = path.partition("/")[2].replace("\\", "/")  # as Windows writes paths
    if name.lower().endswith(WHOLE_ORDER):
        return await _whole_order(blob, limits)
    target, file = _placed(name)
    fields = _fields(_said(blob.metadata))
    program = {field: fields.pop(field) for field in OF_THE_PROGRAM if field in fields}
    if "format" not in program and format_of_file(file, b"") is None:
        known = ", ".join((*EXTENSIONS, WHOLE_ORDER))
        reason = f"the extension {extension_of(file)!r} is not known; known are {known}; or say the format in the"
        raise InvalidOrderError((Fault("input.format", f"{reason} metadata"),))
    content = await _content(program.get("format") or format_of_file(file, b"") or "", blob)
    program.setdefault("format", format_of_file(file, content, target))
    program["base64"] = base64.b64encode(content).decode()
    return order_from({"target": target} | _named(file) | fields | {"input": program}, limits)


async def _whole_order(blob: Blob, limits: Limits) -> SubmittedOrder:
    """Read an order that stands in the blob; what its metadata would add is refused, since nobody would follow it."""
    beside = [printable(FIELDS.get(name.lower(), name)) for name in _said(blob.metadata)]
    if beside:
        reason = "stands in the metadata of a whole order, where it is not read: write it into the order, or remove it"
        raise InvalidOrderError(tuple(Fault(name, reason) for name in beside))
    return parse_order(await whole(blob, MAX_ORDER_BYTES, ""), limits)


def _said(metadata: Mapping[str, str]) -> dict[str, str]:
    """What a caller said in metadata, without what tools added."""
    return {name: text for name, text in metadata.items() if not OF_TOOLS.fullmatch(name)}


def _placed(name: str) -> tuple[str, str]:
    """Split a path below the container into the target and the file."""
    parts = PurePosixPath(name).parts
    if len(parts) != 2:
        from_a_disk = next((part for part in parts if DRIVE.fullmatch(part)), None)
        hint = f"; leave {from_a_disk} and its folders out" if from_a_disk else ""
        raise InvalidOrderError((Fault("", f"a program goes to orders/<target>/<name>, not to orders/{name}{hint}"),))
    return parts[0].strip(), parts[1].strip()


def _named(file: str) -> dict[str, str]:
    """Name the order after its file, in letters that a name may have: the caller named a file, and no order."""
    known = extension_of(file)
    stem = file[: file.lower().rindex(known)] if known in EXTENSIONS else PurePosixPath(file).stem
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
    """Read an order's fields from metadata: texts as they are, everything else as JSON."""
    faults = unknown_fields(
        {name: text for name, text in metadata.items() if name.lower() not in FIELDS}, tuple(FIELDS.values())
    )
    values: dict[str, Any] = {}
    for name, text in metadata.items():
        field = FIELDS.get(name.lower())
        if field in {*PLAIN_TEXT, *OF_THE_PROGRAM}:
            values[field] = text
        elif field is not None:
            try:
                values[field] = strict_json.loads(text.encode())
            except strict_json.InvalidJsonError as error:
                faults.append(Fault(field, f"in the blob's metadata: {error}"))
    if faults:
        raise InvalidOrderError(tuple(faults))
    return values
