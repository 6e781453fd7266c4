"""The catalogue of formats, providers and targets, for the page of formats and its route."""

from collections.abc import Sequence
from typing import Any

from quantum.contract.kinds import Limits
from quantum.contract.orders import ORDER, WITHOUT_SHOTS
from quantum.programs.formats import EXTENSIONS, FORMAT_OF_EXTENSION, FORMATS, JSON_OF, Format, formats_of
from quantum.programs.providers import PROVIDERS, Provider
from quantum.programs.shot_limits import most_shots
from quantum.workspaces.remote import Target


def catalogue(limits: Limits, targets: Sequence[Target]) -> dict[str, Any]:
    """List formats, providers and, where the workspace reported them, its targets, as JSON."""
    return {
        "formats": [_format(row) for row in FORMATS.values()],
        "providers": [_provider(family, row, limits) for family, row in PROVIDERS.items()],
        "targets": [{"id": target.id, "formats": formats_of(target.id)} for target in targets],
    }


def extensions_of(word: str) -> list[str]:
    """Return the file extensions of a format."""
    qasm = EXTENSIONS[:1] if word in ("openqasm2", "openqasm3") else ()
    json = (".json",) if word in JSON_OF.values() else ()
    return [*qasm, *(extension for extension, format_word in FORMAT_OF_EXTENSION.items() if format_word == word), *json]


def _format(row: Format) -> dict[str, Any]:
    return {
        "format": row.word,
        "description": row.what,
        "compiled": row.is_compiled,
        "submittedAs": row.submitted,
        "outputFormat": row.output,
        "contentType": row.media_type,
        "maxBytes": row.max_size,
        "extensions": extensions_of(row.word),
        "providers": [family for family in PROVIDERS if family in row.takers],
    }


def _provider(family: str, row: Provider, limits: Limits) -> dict[str, Any]:
    formats = formats_of(family)
    needs_shots = ORDER["shots"].is_required and formats != (WITHOUT_SHOTS,)
    return {
        "id": family,
        "name": row.name,
        "targets": list(row.targets),
        "formats": list(formats),
        "profile": row.profile,
        "shots": {
            "required": needs_shots,
            "max": limits.max_shots,
            "providerDefault": row.shots,
            "note": row.shots_note,
            "atOnce": {target: most for target in row.targets if (most := most_shots(target, limits))},
        },
        "params": [
            {"name": param.name, "type": param.kind, "description": param.what, "sentAs": ".".join(param.path)}
            for param in row.params
        ],
    }
