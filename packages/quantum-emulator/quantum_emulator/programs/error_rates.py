"""The published error rates of the providers' machines and noise models, each with its source and date.

Every error here is depolarising: after a gate, with the probability of a fault, one of the Pauli operators other than
the identity, each equally likely; in front of a measurement's result, a flip. Machines have more (leakage, crosstalk,
idling, drift), for which no rates are in this table.
"""

from collections.abc import Mapping
from dataclasses import dataclass

IONQ_MODEL = "https://docs.ionq.com/guides/simulation-with-noise-models"
AZURE_IONQ = "https://github.com/MicrosoftDocs/quantum-docs articles/provider-ionq.md"
QUANTINUUM = "https://github.com/CQCL/quantinuum-hardware-specifications notebooks/Emulator parameters.csv"
HELIOS = "https://arxiv.org/abs/2511.05465"


@dataclass(frozen=True)
class Rates:
    """Probabilities of a fault: of a gate on one and on two qubits, of reading a 0 as 1 and a 1 as 0, of a fresh qubit.

    With `virtual_z`, turns about Z are bookkeeping and have no error.
    """

    one: float = 0.0
    two: float = 0.0
    reads: tuple[float, float] = (0.0, 0.0)
    fresh: float = 0.0
    virtual_z: bool = False
    source: str = ""
    dated: str = ""


def depolarised(one: float, two: float) -> tuple[float, float]:
    """Turn the strengths of depolarising channels, which replace the state by the mixed one, into faults."""
    return one * 3 / 4, two * 15 / 16


def infidelities(one: float, two: float) -> tuple[float, float]:
    """Turn average infidelities of gates into faults: (d + 1) / d times as many, for d states."""
    return one * 3 / 2, two * 5 / 4


def _ionq(one: float, two: float) -> Rates:
    """A model of IonQ's simulator: strengths of depolarising channels, and no error of reading."""
    return Rates(*depolarised(one, two), source=IONQ_MODEL, dated="2026-12-01, as read")


# What `noise` may name; IonQ's page has no rates of forte-enterprise-1.
MODELS: Mapping[str, Rates] = {
    "aria-1": _ionq(0.0005, 0.0133),
    "aria-2": _ionq(0.0006573333333333332, 0.01856),
    "forte-1": _ionq(0.0002666666666666667, 0.004949333333333333),
}
MODEL_QUBITS: Mapping[str, int] = {"aria-1": 25, "aria-2": 25, "forte-1": 29}

_H2_1 = Rates(3.4e-5, 1.36e-3, (0.0005, 0.0025), virtual_z=True, source=QUANTINUUM, dated="2024-05-20")
_H2_2 = Rates(8e-5, 1.4e-3, (0.0009, 0.0018), virtual_z=True, source=QUANTINUUM, dated="2024-12-06")
_HELIOS_1 = Rates(*infidelities(2.5e-5, 7.9e-4), (3.3e-4, 3.3e-4), virtual_z=True, source=HELIOS, dated="2025-11-10")

# Targets that are noisy in Azure. None of rigetti.qpu.cepheus-1-108q: we know no primary source of its rates.
TARGETS: Mapping[str, Rates] = {
    "ionq.qpu.aria-1": Rates(*infidelities(5e-4, 4e-3), (3.9e-3, 3.9e-3), source=AZURE_IONQ, dated="2026-08-13"),
    "ionq.qpu.forte-1": MODELS["forte-1"],
    "ionq.qpu.forte-enterprise-1": MODELS["forte-1"],  # Azure's page: the hardware and its performance are the same
    "quantinuum.sim.h2-1e": _H2_1,
    "quantinuum.qpu.h2-1": _H2_1,
    "quantinuum.sim.h2-2e": _H2_2,
    "quantinuum.qpu.h2-2": _H2_2,
    "quantinuum.sim.helios-1e": _HELIOS_1,
    "quantinuum.qpu.helios-1": _HELIOS_1,
}
