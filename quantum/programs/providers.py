"""The table of known providers: their targets, own formats, shots and parameters.

Nothing is refused for an unknown provider. Names and defaults are those of
learn.microsoft.com/azure/quantum and of azure-quantum-python 3.13, autumn 2026.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from quantum.contract.fields import Fault
from quantum.contract.reuse import ReuseRule
from quantum.wire.records import record

BASE, ADAPTIVE = "Base", "Adaptive_RI"
QIO = "microsoft.qio"

Path = tuple[str, ...]


@record
class Param:
    """A parameter of a provider; `sent_as` is its path in the job's `inputParams`."""

    name: str
    kind: str
    what: str
    sent_as: Path = ()

    @property
    def path(self) -> Path:
        """Its path in `inputParams`."""
        return self.sent_as or (self.name,)


@record
class Provider:
    """A provider's row.

    `own_formats` are the prefixes of its own formats; an unknown format with such a prefix may be a new one.
    `shots` is the provider's documented default, if any; an order always states its own.
    """

    name: str
    own_formats: tuple[str, ...]
    targets: tuple[str, ...]
    params: tuple[Param, ...] = ()
    shots: int | None = None
    shots_note: str = ""
    profile: str = BASE


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_list_of(item: Callable[[Any], bool]) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, list) and all(item(part) for part in value)


def _is_substitutions(value: Any) -> bool:
    vectors = _is_list_of(_is_list_of(_is_number))
    return isinstance(value, dict) and all(vectors(part) for part in value.values())


FLAG, WHOLE, NUMBER, TEXT, OBJECT = "true or false", "a whole number", "a number", "text", "an object"
NUMBERS, SUBSTITUTIONS = "a list of numbers", "an object of lists of lists of numbers, by memory region"
KINDS: Mapping[str, Callable[[Any], bool]] = {
    FLAG: lambda value: isinstance(value, bool),
    WHOLE: _is_whole,
    NUMBER: _is_number,
    TEXT: lambda value: isinstance(value, str),
    OBJECT: lambda value: isinstance(value, dict),
    NUMBERS: _is_list_of(_is_number),
    SUBSTITUTIONS: _is_substitutions,
}

PROVIDERS: Mapping[str, Provider] = {
    "ionq": Provider(
        "IonQ",
        ("ionq.",),
        ("ionq.simulator", "ionq.qpu.aria-1", "ionq.qpu.forte-1", "ionq.qpu.forte-enterprise-1"),
        (
            Param(
                "errorMitigation",
                OBJECT,
                '`{"debias": true}` or `{"debias": false}`; on hardware it changes the price',
                ("error-mitigation",),
            ),
            Param(
                "noiseModel",
                TEXT,
                "noise of the simulator: `ideal`, `aria-1`, `forte-1`, …",
                ("noise", "model"),
            ),
            Param("noiseSeed", WHOLE, "seed of the simulator's noise", ("noise", "seed")),
        ),
        shots=500,
        shots_note="debiasing needs at least 500",
    ),
    "quantinuum": Provider(
        "Quantinuum",
        ("quantinuum.", "honeywell."),
        (
            *("quantinuum.sim.h2-1sc", "quantinuum.sim.h2-1e", "quantinuum.sim.h2-2sc", "quantinuum.sim.h2-2e"),
            *("quantinuum.sim.helios-1sc", "quantinuum.sim.helios-1e"),
            *("quantinuum.qpu.h2-1", "quantinuum.qpu.h2-2", "quantinuum.qpu.helios-1"),
        ),
        (
            Param(
                "errorParams", OBJECT, 'noise of the emulators, such as `{"p1": 4e-5, "p2": 3e-3}`', ("error-params",)
            ),
            Param("tketOptLevel", WHOLE, "how far TKET optimises the circuit; 2 without it", ("tket-opt-level",)),
        ),
        profile=ADAPTIVE,
    ),
    "rigetti": Provider(
        "Rigetti",
        ("rigetti.",),
        ("rigetti.sim.qvm", "rigetti.qpu.cepheus-1-108q"),
        (
            Param("skipQuilc", FLAG, "take the program as it is, without quilc: for native Quil and Quil-T"),
            Param("substitutions", SUBSTITUTIONS, "values of the program's parameters; it runs once for each set"),
        ),
        shots=1,
        shots_note="with `substitutions`, for each set of values",
    ),
    "pasqal": Provider(
        "Pasqal",
        ("pasqal.",),
        (
            *("pasqal.sim.emu-tn", "pasqal.sim.emu-sv", "pasqal.sim.emu-mps", "pasqal.sim.emu-free"),
            *("pasqal.qpu.fresnel", "pasqal.qpu.fresnel-can1"),
        ),
        (Param("runs", WHOLE, "what older programs say instead of shots"),),
        shots=1,
    ),
    QIO: Provider(
        "Microsoft optimisation (retired by Azure; kept for workspaces and emulators that offer it)",
        ("microsoft.qio.",),
        (
            *("microsoft.paralleltempering.cpu", "microsoft.paralleltempering-parameterfree.cpu"),
            *("microsoft.simulatedannealing.cpu", "microsoft.simulatedannealing-parameterfree.cpu"),
            *("microsoft.tabu.cpu", "microsoft.tabu-parameterfree.cpu", "microsoft.qmc.cpu"),
            *("microsoft.populationannealing.cpu", "microsoft.substochasticmontecarlo.cpu"),
        ),
        (
            Param("timeout", WHOLE, "seconds that the solver may take"),
            Param("seed", WHOLE, "seed of the solver"),
            Param("number_of_solutions", WHOLE, "how many solutions to return, 1 to 10"),
            Param("sweeps", NUMBER, "sweeps of the solver"),
            Param("restarts", WHOLE, "restarts of the solver"),
            Param("replicas", WHOLE, "replicas of parallel tempering"),
            Param("all_betas", NUMBERS, "inverse temperatures of parallel tempering, one a replica"),
            Param("beta_start", NUMBER, "first inverse temperature of simulated annealing"),
            Param("beta_stop", NUMBER, "last inverse temperature of simulated annealing"),
            Param("tabu_tenure", WHOLE, "tenure of tabu search"),
        ),
        shots_note="a solver knows no shots: an order may leave them out",
    ),
}

# Targets that Azure has taken away, and what to do instead; they are refused, even where a workspace lists them.
# The estimator: azure-quantum-python removed it in 2.3.0 (pull request 654, January 2025), and Azure's documentation
# names no such target any more (MicrosoftDocs/quantum-docs@bdaf6226, August 2026).
RETIRED: Mapping[str, str] = {
    "microsoft.estimator": "is no longer a target of Azure Quantum (azure-quantum removed it in January 2025); "
    'estimate on your own machine: pip install "qdk[qre]", and its module qdk.qre'
}

# The targets of one provider, Microsoft, that solve optimisation problems and nothing else.
SOLVERS = tuple(
    f"microsoft.{solver}"
    for solver in (
        *("paralleltempering", "simulatedannealing", "populationannealing", "substochasticmontecarlo"),
        *("tabu", "qmc"),
    )
)


def provider_of(target: str) -> str:
    """Return a target's provider: the part of its name before the first full stop."""
    return target.partition(".")[0].lower()


def is_hardware(target: str) -> bool:
    """Say whether a target is a quantum computer; one that is not known as a simulator or a solver counts as one."""
    words = target.lower().split(".")
    return family_of(target) != QIO and not {"sim", "simulator"} & set(words)


def reuse_notes(targets: Sequence[str], rule: ReuseRule | None) -> tuple[str, ...]:
    """Say on which targets of an order its `reuseResult` has no effect."""
    real = [] if rule is None or rule.hardware else [target for target in targets if is_hardware(target)]
    return tuple(
        f'reuseResult has no effect on {target}, which is hardware: say {{"hardware": true}} to reuse its results, too.'
        for target in real
    )


def provider_named(text: str) -> str:
    """The provider as jobs and quotas name it, by its own name or that of a row of PROVIDERS, in letters of any case.

    `microsoft.qio` is a row of its own, for its formats and parameters; its targets are `microsoft`'s.
    """
    name = text.lower()
    return provider_of(name) if name in PROVIDERS else name


def family_of(target: str) -> str:
    """Return the key of a target's row in PROVIDERS, where there is one."""
    return QIO if target.lower().startswith((*SOLVERS, QIO)) else provider_of(target)


def documented_params(target: str) -> tuple[Param, ...]:
    """Return the known parameters of a target's provider."""
    provider = PROVIDERS.get(family_of(target))
    return provider.params if provider else ()


def param_faults(targets: Sequence[str], params: Mapping[str, Any]) -> list[Fault]:
    """Validate the types of known parameters, and report duplicates; unknown names are passed on."""
    faults = {}
    for param in (param for target in targets for param in documented_params(target)):
        spellings = (param.name, *(param.sent_as if len(param.sent_as) == 1 else ()))
        values = {name: params[name] for name in spellings if name in params}
        for name, value in values.items():
            if not KINDS[param.kind](value):
                faults[name] = Fault(f"params.{name}", f"must be {param.kind}")
        if param.name in params and param.sent_as and param.sent_as[0] in params:
            faults[param.name] = Fault(f"params.{param.name}", f"stands for {param.sent_as[0]!r}, which is there too")
    return list(faults.values())


def provider_params(target: str, params: Mapping[str, Any]) -> dict[str, Any]:
    """Convert an order's parameters to the provider's own names."""
    result = dict(params)
    for param in documented_params(target):
        if param.sent_as and param.name in params:
            value = result.pop(param.name)
            if len(param.path) == 1:
                result[param.path[0]] = value
            else:
                result[param.path[0]] = result.get(param.path[0], {}) | {param.path[1]: value}
    return result
