"""Cross-field validation of an order's `input`: its format, its one content, and what overrides the format's row."""

import re
from collections.abc import Mapping
from difflib import get_close_matches
from typing import Any

from quantum.contract.fields import Fault, faults_in
from quantum.contract.kinds import Limits
from quantum.contract.orders import CONTENTS, INPUT, OF_A_PROVIDER
from quantum.programs.formats import FORMATS
from quantum.storage import INPUTS_CONTAINER

BLOB_NAME = re.compile(r"\w[\w .+()=@,-]*(/\w[\w .+()=@,-]*)*")  # so no segment is "." or ".."
COMPILED = tuple(word for word, row in FORMATS.items() if row.is_compiled)


def input_faults(data: Mapping[str, Any], limits: Limits) -> list[Fault]:
    """Name everything that is wrong with an order's `input`."""
    faults = faults_in(data, INPUT, limits, prefix="input.")
    faults += format_faults(data.get("format"))
    contents = [field for field in CONTENTS if field in data]
    if len(contents) != 1:
        faults.append(Fault("input", "needs exactly one of text, base64 and blob"))
    blob = data.get("blob")
    if isinstance(blob, str) and blob.strip() and not is_blob_reference(blob):
        slashes = "; write / in place of \\" if "\\" in blob else ""
        faults.append(
            Fault("input.blob", f"must be {INPUTS_CONTAINER}/<name>, a blob in this app's own storage{slashes}")
        )
    if data.get("format") in COMPILED:
        overrides = [field for field in ("contentType", "contentEncoding") if field in data]
        faults += [Fault(f"input.{field}", f"{data['format']} is compiled here; leave it out") for field in overrides]
    return faults


def format_faults(word: Any) -> list[Fault]:
    """Refuse what is no format: neither a word that we know nor one of the form of a provider's own."""
    if isinstance(word, str) and (word in FORMATS or OF_A_PROVIDER.fullmatch(word)):
        return []
    near = get_close_matches(word[:64], FORMATS, n=1, cutoff=0.5) if isinstance(word, str) else []
    hint = f"; did you mean {near[0]!r}?" if near else ""
    problem = "is missing" if word is None else "is not a format that is known here"
    return [Fault("input.format", f"{problem}; known are {', '.join(FORMATS)}{hint}")]


def is_blob_reference(text: str) -> bool:
    """Whether a caller may point at this blob: in our own container for inputs, by a plain name."""
    container, _, name = text.partition("/")
    return container == INPUTS_CONTAINER and len(name) <= 512 and BLOB_NAME.fullmatch(name) is not None
