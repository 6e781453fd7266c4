"""The targets of the workspace and their behaviour, which a JSON patch replaces.

Names, qubits and formats are those of the service's documentation (autumn 2026); prices are round figures for
tests of cost, not real ones.
"""

import types
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, is_dataclass, replace
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

QIR = ("qir.v1",)
IONQ = ("ionq.circuit.v1", *QIR)
QUANTINUUM = ("honeywell.openqasm.v1", "quantinuum.openqasm.v1", *QIR)
RIGETTI = ("rigetti.quil.v1", *QIR)
PASQAL = ("pasqal.pulser.v1",)
QIO = ("microsoft.qio.v2",)


@dataclass(frozen=True)
class Failure:
    """Which executions fail in spite of a valid program: the `next` n, or a share of all."""

    next: int = 0
    probability: float = 0.0
    error_data: Mapping[str, Any] = field(
        default_factory=lambda: {"code": "ProviderError", "message": "The provider could not run the job."}
    )


@dataclass(frozen=True)
class Throttle:
    """Which calls about the target's jobs get 429: the `next` n, or those above a rate."""

    next: int = 0
    per_second: float | None = None
    retry_after_seconds: float = 1.0
    retry_after_form: Literal["seconds", "date", "none"] = "seconds"


@dataclass(frozen=True)
class Items:
    """Whether the target takes several entry points in one job, and which of them fails on purpose, from 0."""

    accepted: bool = True
    failing: int | None = None


@dataclass(frozen=True)
class Target:
    """One target; times are in seconds of the emulator's clock."""

    id: str
    provider: str
    num_qubits: int | None
    formats: tuple[str, ...]
    exact: bool = False
    queue_seconds: float = 0.0
    execution_seconds: float = 0.0
    cancel_seconds: float = 0.0
    refuse_cancel_when_executing: bool = False
    availability: Literal["Available", "Degraded", "Unavailable"] = "Available"
    average_queue_time: int | None = None
    vocabulary: Literal["V1", "V2"] = "V1"
    price_per_shot: float = 0.0
    quota: int | None = None
    max_shots: int | None = None
    noise: Literal["asked", "published"] = "asked"
    items: Items = Items()
    failure: Failure = Failure()
    throttle: Throttle = Throttle()

    @property
    def reported_queue_time(self) -> int:
        """The queue time in providerStatus, in seconds: the true one unless another is set."""
        return round(self.queue_seconds) if self.average_queue_time is None else self.average_queue_time


# `max_shots` of the Qiskit backends in azure-quantum 3.13.0; the service documents no limits, nor how it refuses more.
MOST_SHOTS = {"ionq": 10_000, "quantinuum": 10_000, "rigetti": 10_000}


def _qpu(name: str, qubits: int, formats: tuple[str, ...], queue: float, price: float) -> Target:
    provider = name.partition(".")[0]
    target = Target(name, provider, qubits, formats, queue_seconds=queue, execution_seconds=2.0, price_per_shot=price)
    return replace(target, max_shots=MOST_SHOTS.get(provider))


DEFAULT_TARGETS = (
    Target("ionq.simulator", "ionq", 29, IONQ, exact=True),
    _qpu("ionq.qpu.aria-1", 25, IONQ, queue=30.0, price=0.03),
    _qpu("ionq.qpu.forte-1", 36, IONQ, queue=60.0, price=0.08),
    _qpu("ionq.qpu.forte-enterprise-1", 36, IONQ, queue=60.0, price=0.08),
    Target("quantinuum.sim.h2-1sc", "quantinuum", 56, QUANTINUUM),
    Target("quantinuum.sim.h2-1e", "quantinuum", 32, QUANTINUUM),
    Target("quantinuum.sim.h2-2sc", "quantinuum", 56, QUANTINUUM),
    Target("quantinuum.sim.h2-2e", "quantinuum", 32, QUANTINUUM),
    Target("quantinuum.sim.helios-1sc", "quantinuum", 98, QUANTINUUM),
    Target("quantinuum.sim.helios-1e", "quantinuum", 32, QUANTINUUM),
    _qpu("quantinuum.qpu.h2-1", 56, QUANTINUUM, queue=90.0, price=0.13),
    _qpu("quantinuum.qpu.h2-2", 56, QUANTINUUM, queue=90.0, price=0.13),
    _qpu("quantinuum.qpu.helios-1", 98, QUANTINUUM, queue=120.0, price=0.13),
    Target("rigetti.sim.qvm", "rigetti", 30, RIGETTI, max_shots=MOST_SHOTS["rigetti"]),
    _qpu("rigetti.qpu.cepheus-1-108q", 108, RIGETTI, queue=20.0, price=0.0009),
    Target("pasqal.sim.emu-free", "pasqal", 12, PASQAL),
    Target("pasqal.sim.emu-tn", "pasqal", 100, PASQAL),
    Target("pasqal.sim.emu-sv", "pasqal", 25, PASQAL),
    Target("pasqal.sim.emu-mps", "pasqal", 80, PASQAL),
    _qpu("pasqal.qpu.fresnel", 100, PASQAL, queue=120.0, price=0.8),
    _qpu("pasqal.qpu.fresnel-can1", 100, PASQAL, queue=120.0, price=0.8),
    *(
        Target(f"microsoft.{solver}.cpu", "microsoft", None, QIO)
        for solver in (
            *("paralleltempering", "paralleltempering-parameterfree", "simulatedannealing"),
            *("simulatedannealing-parameterfree", "tabu", "tabu-parameterfree", "qmc"),
            *("populationannealing", "substochasticmontecarlo"),
        )
    ),
)


class InvalidSettingError(ValueError):
    """A configuration or a patch has an unknown name or an invalid value."""


def camel(name: str) -> str:
    """`queue_seconds` as JSON says it: `queueSeconds`."""
    head, *rest = name.split("_")
    return head + "".join(part.capitalize() for part in rest)


def patched[T](value: T, patch: object, where: str = "") -> T:
    """Return the dataclass `value` with a JSON patch laid over it; raise `InvalidSettingError` naming the fault."""
    if not isinstance(patch, Mapping):
        raise InvalidSettingError(f"{where or 'a target'} must be an object")
    hints = get_type_hints(type(value))
    names = {camel(item.name): item.name for item in fields(value)}  # type: ignore[arg-type]  # T is a dataclass
    changes: dict[str, Any] = {}
    for key, new in patch.items():
        path = f"{where}.{key}" if where else str(key)
        if key not in names:
            raise InvalidSettingError(f"{path} is unknown; there are {', '.join(sorted(names))}")
        old = getattr(value, names[key])
        is_group = is_dataclass(old)
        changes[names[key]] = patched(old, new, path) if is_group else _checked(new, hints[names[key]], path)
    return replace(value, **changes)  # type: ignore[type-var]  # as above


def described(value: object) -> dict[str, Any]:
    """The dataclass as JSON, in camel case."""
    return {
        camel(item.name): described(part) if is_dataclass(part := getattr(value, item.name)) else part
        for item in fields(value)  # type: ignore[arg-type]  # only dataclasses are described
    }


def _checked(new: Any, hint: Any, path: str) -> Any:
    origin = get_origin(hint)
    if origin is Literal:
        if new not in get_args(hint):
            raise InvalidSettingError(f"{path} must be one of {', '.join(get_args(hint))}")
        return new
    if origin is tuple and isinstance(new, list) and all(isinstance(part, str) for part in new):
        return tuple(new)
    allowed = get_args(hint) if origin in (types.UnionType, Union) else (origin or hint,)
    is_number = float in allowed and isinstance(new, int) and not isinstance(new, bool)
    right = is_number or (isinstance(new, allowed) and (not isinstance(new, bool) or bool in allowed))
    if not right or (isinstance(new, int | float) and new < 0):
        expected = " or ".join(getattr(kind, "__name__", str(kind)) for kind in allowed)
        raise InvalidSettingError(f"{path} must be {expected}, and not negative")
    return new
