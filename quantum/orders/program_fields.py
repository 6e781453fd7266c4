"""What an order may say of its program's format and bytes, and what is wrong with that."""

import re
from collections.abc import Mapping
from difflib import get_close_matches
from typing import Any

from quantum.jobs.model import Fault
from quantum.programs.formats import FORMATS, OF_A_PROVIDER

MEDIA_TYPE = re.compile(r"[A-Za-z0-9][A-Za-z0-9.+-]{0,63}(/[A-Za-z0-9][A-Za-z0-9.+-]{0,63})?")
COMPILED = tuple(word for word, row in FORMATS.items() if row.is_compiled)


def stated_faults(given: Mapping[str, Any]) -> list[Fault]:
    """What is wrong with what an order says of its program's bytes and results in place of the format's own."""
    faults = []
    if "outputFormat" in given and not _is_word(given["outputFormat"]):
        faults.append(
            Fault("input.outputFormat", 'must be a format of results, such as "microsoft.quantum-results.v1"')
        )
    if "contentType" in given and not _is_media_type(given["contentType"]):
        faults.append(Fault("input.contentType", 'must be a media type, such as "application/json"'))
    if given.get("contentEncoding", "gzip") != "gzip":
        faults.append(Fault("input.contentEncoding", 'must be "gzip"'))
    if given.get("format") in COMPILED:
        stated = [field for field in ("contentType", "contentEncoding") if field in given]
        faults += [Fault(f"input.{field}", f"{given['format']} is compiled here; leave it out") for field in stated]
    return faults


def _is_media_type(text: Any) -> bool:
    return isinstance(text, str) and MEDIA_TYPE.fullmatch(text) is not None


def _is_word(word: Any) -> bool:
    return isinstance(word, str) and OF_A_PROVIDER.fullmatch(word) is not None


def format_faults(word: Any) -> list[Fault]:
    """Refuse what is no format: neither a word that we know nor one of the form of a provider's own."""
    if isinstance(word, str) and (word in FORMATS or _is_word(word)):
        return []
    near = get_close_matches(word[:64], FORMATS, n=1, cutoff=0.5) if isinstance(word, str) else []
    hint = f"; did you mean {near[0]!r}?" if near else ""
    problem = "is missing" if word is None else "is not a format that is known here"
    return [Fault("input.format", f"{problem}; known are {', '.join(FORMATS)}{hint}")]
