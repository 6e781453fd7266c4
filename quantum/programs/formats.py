"""The table of program formats.

To add a format, add its row to FORMATS; if its bytes can be checked, write the function in `quantum.programs.checks`;
if its results have a new format, add that to `quantum.results.readers`. An unknown format is passed on unchanged.
"""

from collections.abc import Callable, Mapping, Sequence
from pathlib import PurePosixPath
from typing import Any

from quantum.contract.orders import Order
from quantum.jobs.program import Program
from quantum.programs import checks, providers
from quantum.programs.checks import Checked
from quantum.programs.openqasm.versions import language_of
from quantum.programs.providers import BASE, PROVIDERS, QIO, family_of
from quantum.wire.records import record

MIB = 1024 * 1024
RUN_QIR = frozenset({"ionq", "quantinuum", "rigetti"})
V2 = "microsoft.quantum-results.v2"
QUIL = "rigetti.quil.v1"


@record(kw_only=True)
class Format:
    """A format's row.

    The app compiles it to QIR if `is_compiled`. `takers` are rows of PROVIDERS. `output` is the format of the results
    that we request, None where the workspace chooses; `media_type` is the Content-Type that azure-quantum's own targets
    set; `max_size` is in bytes.
    """

    word: str
    what: str
    takers: frozenset[str]
    check: Callable[[bytes], Checked]
    max_size: int
    output: str | None
    media_type: str
    is_compiled: bool = False

    @property
    def submitted(self) -> str:
        """The format of the submitted program."""
        return "qir.v1" if self.is_compiled else self.word


def _compiled(word: str, what: str) -> Format:
    return Format(
        word=word,
        what=what,
        takers=RUN_QIR,
        check=checks.check_source,
        max_size=4 * MIB,
        output=V2,
        media_type="qir.v1",
        is_compiled=True,
    )


def _unknown(word: str) -> Format:
    return Format(
        word=word,
        what="a provider's own",
        takers=frozenset(),
        check=checks.check_nothing,
        max_size=100 * MIB,
        output=None,
        media_type="application/octet-stream",
    )


FORMATS: Mapping[str, Format] = {
    row.word: row
    for row in (
        _compiled("openqasm2", "OpenQASM 2"),
        _compiled("openqasm3", "OpenQASM 3"),
        _compiled("qsharp", "Q#, with `entryPoint` and `arguments`"),
        Format(
            word="qir.v1",
            what="QIR, as LLVM text or bitcode",
            takers=RUN_QIR,
            check=checks.check_qir,
            max_size=100 * MIB,
            output=V2,
            media_type="qir.v1",
        ),
        Format(
            word="ionq.circuit.v1",
            what="IonQ's JSON circuits",
            takers=frozenset({"ionq"}),
            check=checks.check_ionq,
            max_size=4 * MIB,
            output="ionq.quantum-results.v1",
            media_type="application/json",
        ),
        Format(
            word="honeywell.openqasm.v1",
            what="OpenQASM 2, which Quantinuum compiles",
            takers=frozenset({"quantinuum"}),
            check=checks.check_provider_qasm,
            max_size=4 * MIB,
            output="honeywell.quantum-results.v1",
            media_type="application/qasm",
        ),
        Format(
            word="quantinuum.openqasm.v1",
            what="the same, by its newer name",
            takers=frozenset({"quantinuum"}),
            check=checks.check_provider_qasm,
            max_size=4 * MIB,
            output="quantinuum.quantum-results.v1",
            media_type="application/qasm",
        ),
        Format(
            word=QUIL,
            what="Quil",
            takers=frozenset({"rigetti"}),
            check=checks.check_source,
            max_size=4 * MIB,
            output="rigetti.quil-results.v1",
            media_type="text/plain",
        ),
        Format(
            word="pasqal.pulser.v1",
            what="Pulser's JSON pulse sequences",
            takers=frozenset({"pasqal"}),
            check=checks.check_pulser,
            max_size=4 * MIB,
            output="pasqal.pulser-results.v1",
            media_type="application/json",
        ),
        Format(
            word="microsoft.qio.v2",
            what="optimisation problems as JSON, plain or gzip",
            takers=frozenset({QIO}),
            check=checks.check_qio,
            max_size=100 * MIB,
            output="microsoft.qio-results.v2",
            media_type="application/json",
        ),
    )
}

FORMAT_OF_EXTENSION = {
    ".qs": "qsharp",
    ".ll": "qir.v1",
    ".bc": "qir.v1",
    ".quil": "rigetti.quil.v1",
    ".json": "ionq.circuit.v1",
}
JSON_OF = {
    "pasqal": "pasqal.pulser.v1",
    QIO: "microsoft.qio.v2",
}  # the meaning of `.json` for providers other than IonQ
EXTENSIONS = (".qasm", *FORMAT_OF_EXTENSION)


def row_of(word: str) -> Format:
    """Return the row of a format, or a row that passes an unknown format on."""
    return FORMATS.get(word) or _unknown(word)


def extension_of(name: str) -> str:
    """Return a program file's extension in lower case, without a `.txt` that Windows has appended."""
    extensions = [extension.lower().strip() for extension in PurePosixPath(name).suffixes[-2:]]
    if extensions[-1:] == [".txt"] and extensions[0] in EXTENSIONS:
        return extensions[0]
    return extensions[-1] if extensions else ""


def format_of_file(name: str, content: bytes, target: str = "") -> str | None:
    """Determine a program file's format by its extension, for OpenQASM also by its version, for JSON by its target."""
    extension = extension_of(name)
    if extension == ".qasm":
        return language_of(content.decode(errors="replace"))
    if extension == ".json":
        return JSON_OF.get(family_of(target), FORMAT_OF_EXTENSION[extension])
    return FORMAT_OF_EXTENSION.get(extension)


def provider_of(target: str) -> str:
    """Return a target's provider: the part of its name before the first full stop."""
    return providers.provider_of(target)


def profile_for(targets: Sequence[str]) -> str:
    """Return the QIR profile that all of these targets can run.

    Targets without branches on measurements get the base profile, others the adaptive one. An unknown provider gets
    Base, which every target runs.
    """
    rows = (PROVIDERS.get(family_of(target)) for target in targets)
    profiles = {row.profile if row else BASE for row in rows}
    return profiles.pop() if len(profiles) == 1 else BASE


def takes(target: str, word: str) -> bool:
    """Say whether a target may accept a format; an unknown provider may accept any.

    An unknown format with a provider's own prefix may be a new one.
    """
    family = family_of(target)
    if family not in PROVIDERS:
        return True
    if word in FORMATS:
        return family in FORMATS[word].takers
    return word.startswith(PROVIDERS[family].own_formats)


def formats_of(target: str) -> tuple[str, ...]:
    """Return the formats that a target, or a provider, is known to accept; none for an unknown provider."""
    return tuple(word for word, row in FORMATS.items() if family_of(target) in row.takers)


def input_params(order: Order, program: Program, target: str = "") -> dict[str, Any]:
    """Make the job's `inputParams`, in the form of azure-quantum's own targets, with the caller's `params`.

    `target` is the job's current one, where that is not the order's first.
    """
    target = target or order.target
    params_of_provider = providers.provider_params(target, order.params)
    if program.format == "microsoft.qio.v2":  # its solvers read everything under one name, and have no shots
        return params_of_provider if "params" in params_of_provider else {"params": params_of_provider}
    params: dict[str, Any] = {"shots": order.shots}
    if program.format == "qir.v1":
        params |= {"entryPoint": program.entry_point or order.entry_point or "ENTRYPOINT__main"}
        params |= {"arguments": [] if program.is_compiled else list(order.arguments)}
        params |= {"target_profile": program.profile or profile_for((target,))}
    return {**params_of_provider, **params}
