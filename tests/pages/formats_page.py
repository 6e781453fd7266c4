"""`python -m tests.pages.formats_page`: writes `docs/formats.md` from the tables that the app itself goes by."""

import sys
from pathlib import Path
from typing import Any

from quantum.contract.kinds import Limits
from quantum.programs.providers import RETIRED
from quantum.service.catalogue import catalogue

PAGE = Path(__file__).parents[2] / "docs" / "formats.md"
COMMAND = ".venv/bin/python -m tests.pages.formats_page"

BEGIN = f"""\
# Formats, targets and parameters

What programs may come in, who runs them, and what comes back. `GET /api/formats` and `qjobs formats` tell the same,
and which target of the workspace takes which. This page is written from the app's own tables by `{COMMAND}`.

"""

PROGRAMS = """
An order names its `format` in `input`. What is *compiled* we turn into QIR here; everything else goes to the workspace
untouched, with the content type of the table. An order for a target that cannot take its format is refused with the
formats that it can. Two kinds of words are passed on though we do not know them: any of a provider that we do not
know, such as `acme.pulses.v3` for `acme.qpu`, and those that begin as a known provider's own do.

What the table says can be said otherwise in `input`: `outputFormat` (the form of the results that the workspace is
asked for), `contentType` and `contentEncoding` (`gzip`). Bytes that are declared to be of another kind are not looked
at. `microsoft.qio.v2` may be gzip without being declared.

OpenQASM 3 returns what it declares as `output`. In a program that declares none, all of its classical bits are made its
output, in the order of their declaration; other variables are not returned. These are the registers of the result.

A file is known by its extension, in `qjobs submit` and in the blob door. In the blob door `.json` is what its target
reads, and the metadata `format` says what no extension tells, such as `quantinuum.openqasm.v1`. Which OpenQASM a
`.qasm` is, its version line says, wherever it stands outside of comments; without one, `qelib1.inc` or `qreg` and
`creg` do.

Texts are UTF-8. A byte order mark is dropped, any line ends are taken, and base64 may have line breaks and either of
its alphabets. UTF-16, text of Windows-1252, base64 of base64 and Python's `b'…'` are refused with what to do.

What is a whole request to IonQ's own service, as `qiskit-ionq` writes it, is refused: send what is under `input`. So is
a Quil program whose gates use a parameter that has no value in `substitutions`, for a machine would take it for 0.
"""

RESULTS = """\
## Results

Whatever the provider writes becomes one result:

| field | |
|---|---|
| `counts` | shots by outcome; null where the output could not be read, or is no measurement |
| `probabilities` | share of each outcome |
| `sampled` | false where the provider gave probabilities and the counts were worked out from them |
| `registers` | `name` (where there is one) and `bits` of each part of an outcome; empty where outcomes are no bits |
| `parts` | the same for each program, where the output has several; `counts` then adds them up |
| `solutions` | what a solver found, best first: `configuration` and `cost`; a result of its own kind, without counts |
| `warnings` | shots that broke and are not counted, several programs added up, output that could not be read |
| `rawBlob` | where the output is kept as it came |

Bits read from left to right as qubit 0, 1, 2, …, the same for every provider; where a program measures into registers,
as bit 0, 1, 2, … of each register, and registers follow each other with a blank between them. A lost qubit is `-`.
Of a program in OpenQASM all bits are there, in the order and width of their declarations: one that nothing measures is
0, one that is measured twice holds the last outcome. What the compiler left out since it changes nothing, such as a
delay, stands in the job's `warnings`.
Values that are no bits stand as they are, with commas between them, and are no registers: a program that returns a
number returns one though it is 0 or 1 in every shot.

Of QIR that comes from elsewhere an outcome is in the order and the nesting in which the module records it, for nothing
else is known. `pytket-qir` records each register as a whole number in its adaptive profiles (bit 0 is its lowest bit,
and registers come in the order of their names), and loses the first of two measurements of a qubit in its base ones.
Exporters of Qiskit record the last bit of a register first: `qiskit-qir` within each register, the provider of
`azure-quantum` over all of them, as Qiskit prints counts.

The raw output is always kept: `GET /api/jobs/{id}/result/raw`, or `qjobs result ID --raw`. One answer holds 16 MiB; of
a larger output `Range: bytes=0-` gives the first part. An output that cannot be read, that is empty, over 16 MiB, or
holds more than 100,000 outcomes, is a job that succeeded, without counts and with a warning.
"""

DIVIDED = """
A target may take fewer shots at once. `GET /api/formats` has the limits that are known, and the setting
`TARGET_SHOTS` adds others. An order with more stays one job: its shots are divided into the fewest parts, at most 20,
and each part is a job of the workspace. The job's view lists its `parts`. The result has the sum of all counts, and
`fromParts` says what each part gave; `GET /api/jobs/{id}/result/raw?part=2` or `qjobs result ID --raw --part 2` gives
the output of one. If a part fails, the others are cancelled and the job fails; what ran is billed. An order with a
seed or with `substitutions` cannot be divided and is refused. The reasons are in [decision
27](decisions/0027-parts-of-a-job.md). Not run in Azure.
"""


def page() -> str:
    """The whole page."""
    catalogue_ = catalogue(Limits(), ())
    return BEGIN + _formats(catalogue_["formats"]) + PROGRAMS + _providers(catalogue_["providers"]) + RESULTS


def _formats(rows: list[dict[str, Any]]) -> str:
    head = ("format", "what it is", "compiled", "sent as", "results asked for", "at most", "extension", "providers")
    cells = [
        (
            f"`{row['format']}`",
            row["description"],
            "yes" if row["compiled"] else "",
            f"`{row['contentType']}`",
            f"`{row['outputFormat']}`",
            f"{row['maxBytes'] >> 20} MiB",
            " ".join(f"`{extension}`" for extension in row["extensions"]),
            ", ".join(row["providers"]),
        )
        for row in rows
    ]
    return _table(head, cells)


def _providers(rows: list[dict[str, Any]]) -> str:
    shots = [
        (
            f"`{row['id']}`",
            row["name"],
            " ".join(f"`{target}`" for target in row["targets"]),
            ", ".join(f"`{word}`" for word in row["formats"]),
            row["profile"] if "qir.v1" in row["formats"] else "",
        )
        for row in rows
    ]
    limits = [(row["name"].partition(" (")[0], *_shots(row["shots"])) for row in rows]
    params = [
        (row["name"].partition(" (")[0], f"`{param['name']}`", param["type"], param["description"], _sent(param))
        for row in rows
        for param in row["params"]
    ]
    return (
        "\n## Targets\n\nAll targets of a provider take the same formats; the workspace says which of them it has.\n\n"
        + _table(("provider", "name", "targets", "formats", "QIR profile"), shots)
        + "".join(f"\n`{target}` {reason}.\n" for target, reason in RETIRED.items())
        + "\n## Shots\n\n`shots` is said by the order, at most `MAX_SHOTS` of the deployment.\n\n"
        + _table(("provider", "in an order", "the provider's own default", ""), limits)
        + DIVIDED
        + "\n## Parameters\n\n`params` are passed on to the provider. Known names of a wrong type are refused; names "
        "that are not known here\nare passed on as they are, since providers add some.\n\n"
        + _table(("provider", "name", "type", "what it does", "sent as"), params)
        + "\n"
    )


def _shots(shots: dict[str, Any]) -> tuple[str, str, str]:
    required = f"required, 1 to {shots['max']:,}" if shots["required"] else "may be left out"
    return required, str(shots["providerDefault"] or "not documented"), shots["note"]


def _sent(param: dict[str, Any]) -> str:
    return "" if param["sentAs"] == param["name"] else f"`{param['sentAs']}`"


def _table(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    lines = [head, tuple("---" for _ in head), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
    sys.stdout.write(f"wrote {PAGE}\n")
