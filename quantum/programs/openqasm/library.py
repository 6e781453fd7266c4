"""Every gate that a program may use without defining it, by its name and language, and in which sets it stands.

1. In OpenQASM 2 a gate means what Qiskit's loader makes of it, which is what qelib1.inc of today says. In OpenQASM 3
   the gates of stdgates.inc have the phases of the specification; others have those of whoever writes them.
2. Three names of Braket count angles in radians that IonQ's own count in turns: `doubt` says so. Whoever includes
   stdgates.inc does not write Braket's dialect, and should define such a gate.
3. BRAKET is a language of its own for one gate only: Braket's U lacks the phase that the specification gives it.
   SPECIFIED is OPENQASM3 where the program itself shows that it counts on that phase.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from quantum.programs.openqasm import definitions as of
from quantum.programs.openqasm.definitions import Body, gate

OPENQASM2, OPENQASM3, BRAKET = "openqasm2", "openqasm3", "braket"
SPECIFIED = "openqasm3 by the letter"


@dataclass(slots=True, frozen=True)
class LibraryGate:
    """A gate that needs no definition: how many angles and qubits it takes, what it consists of, and who knows it.

    `sets` are of `builtin`, `qelib1`, `stdgates`, `qiskit`, `quantinuum` and `braket`. `doubt` is empty, or says why
    the name alone does not tell what is meant where `stdgates.inc` is included.
    """

    angles: int
    qubits: int
    body: Body
    sets: tuple[str, ...] = ()
    doubt: str = ""


Gates = Mapping[str, LibraryGate]


def lookup(name: str, language: str) -> LibraryGate | None:
    """Find a gate by its name, in one of LIBRARIES."""
    return LIBRARIES[language].get(name)


def names(language: str) -> frozenset[str]:
    """Name all gates of a language."""
    return frozenset(LIBRARIES[language])


def _of(angles: int, qubits: int, body: Body) -> LibraryGate:
    return LibraryGate(angles, qubits, body)


# What both languages mean by these names, phases included.
_PLAIN: Gates = {
    **{name: _of(0, 1, gate(name)) for name in ("x", "y", "z", "h", "s", "sdg", "t", "tdg", "sx")},
    **{name: _of(1, 1, gate(name)) for name in ("p", "rx", "ry", "rz")},
    **{f"c{name}": _of(0, 2, gate(name)) for name in ("x", "y", "z", "h")},
    **{f"c{name}": _of(1, 2, gate(name)) for name in ("p", "rx", "ry", "rz")},
    "id": _of(0, 1, of.nothing),
    "u1": _of(1, 1, gate("p")),
    "cu": _of(4, 2, of.cu),
    "swap": _of(0, 2, gate("swap", targets=2)),
    "ccx": _of(0, 3, gate("x")),
    "cswap": _of(0, 3, of.cswap),
    "CX": _of(0, 2, gate("x")),
}
_BEYOND_STDGATES: Gates = {
    "u": _of(3, 1, of.qiskit_u),
    "u0": _of(1, 1, of.nothing),
    "sxdg": _of(0, 1, gate("sxdg")),
    "csx": _of(0, 2, gate("sx")),
    "cu1": _of(1, 2, gate("p")),
    "cu3": _of(3, 2, of.qiskit_u),
    "rxx": _of(1, 2, gate("rxx", targets=2)),
    "rzz": _of(1, 2, gate("rzz", targets=2)),
    "rccx": _of(0, 3, of.rccx),
    "rc3x": _of(0, 4, of.rc3x),
    "c3x": _of(0, 4, gate("x")),
    "c3sqrtx": _of(0, 4, gate("sx")),
    "c4x": _of(0, 5, gate("x")),
}
_QISKIT: Gates = {
    "ryy": _of(1, 2, gate("ryy", targets=2)),
    "rzx": _of(1, 2, of.rzx),
    "r": _of(2, 1, of.rx_in_plane),
    "cs": _of(0, 2, gate("s")),
    "csdg": _of(0, 2, gate("sdg")),
    "ccz": _of(0, 3, gate("z")),
    "ecr": _of(0, 2, of.ecr),
    "dcx": _of(0, 2, of.dcx),
    "iswap": _of(0, 2, of.iswap),
    "xx_plus_yy": _of(2, 2, of.xx_plus_yy),
    "xx_minus_yy": _of(2, 2, of.xx_minus_yy),
    "c3sx": _of(0, 4, gate("sx")),
    "rcccx": _of(0, 4, of.rc3x),
}
_GLOBAL_PHASE: Gates = {"gphase": _of(1, 0, of.global_phase)}
_QELIB1: Gates = {
    **{name: gate for name, gate in _PLAIN.items() if name != "CX"},
    **_BEYOND_STDGATES,
    "u2": _of(2, 1, of.qiskit_u2),
    "u3": _of(3, 1, of.qiskit_u),
}
_STDGATES: Gates = {
    **_PLAIN,
    "phase": _of(1, 1, gate("p")),
    "cphase": _of(1, 2, gate("p")),
    "u2": _of(2, 1, of.stdgates_u2),
    "u3": _of(3, 1, of.stdgates_u3),
}
_QUANTINUUM: Gates = {
    "Rz": _of(1, 1, gate("rz")),
    "U1q": _of(2, 1, of.rx_in_plane),
    "ZZ": _of(0, 2, of.zz),
    "RZZ": _of(1, 2, gate("rzz", targets=2)),
    "Rxxyyzz": _of(3, 2, of.xx_yy_zz),
}
_TURNS = "counts angles in radians in Braket's programs and in turns in IonQ's"
_BRAKET: Gates = {
    **{name: _PLAIN[name] for name in ("h", "x", "y", "z", "s", "t", "rx", "ry", "rz", "cy", "cz", "swap", "cswap")},
    **{name: _QISKIT[name] for name in ("ecr", "iswap")},
    "i": _of(0, 1, of.nothing),
    "si": _of(0, 1, gate("sdg")),
    "ti": _of(0, 1, gate("tdg")),
    "v": _of(0, 1, gate("sx")),
    "vi": _of(0, 1, gate("sxdg")),
    "cv": _of(0, 2, gate("sx")),
    "cnot": _of(0, 2, gate("x")),
    "ccnot": _of(0, 3, gate("x")),
    "phaseshift": _of(1, 1, gate("p")),
    "cphaseshift": _of(1, 2, gate("p")),
    **{f"cphaseshift{state}": _of(1, 2, of.phase_of(state)) for state in ("00", "01", "10")},
    "xx": _of(1, 2, gate("rxx", targets=2)),
    "yy": _of(1, 2, gate("ryy", targets=2)),
    "xy": _of(1, 2, gate("xy", targets=2)),
    "pswap": _of(1, 2, of.pswap),
    "prx": _of(2, 1, of.rx_in_plane),
    "zz": LibraryGate(1, 2, gate("rzz", targets=2), doubt=_TURNS),
    "gpi": LibraryGate(1, 1, of.gpi, doubt=_TURNS),
    "gpi2": LibraryGate(1, 1, of.gpi2, doubt=_TURNS),
    "ms": LibraryGate(3, 2, of.ms, doubt=_TURNS),
}


def _library(**sets: Gates) -> Gates:
    """Put sets together; the first that has a name says what it means, which must be the same in all."""
    result: dict[str, LibraryGate] = {}
    for owner, gates in sets.items():
        for name, entry in gates.items():
            before = result.get(name, entry)
            result[name] = LibraryGate(before.angles, before.qubits, before.body, (*before.sets, owner), before.doubt)
    return MappingProxyType(result)


_OPENQASM3 = _library(
    builtin={"U": _of(3, 1, of.openqasm3_u), **_GLOBAL_PHASE},
    stdgates=_STDGATES,
    qiskit={**_BEYOND_STDGATES, **_QISKIT},
    braket=_BRAKET,
)
LIBRARIES: Mapping[str, Gates] = {
    OPENQASM2: _library(
        builtin={"U": _of(3, 1, of.qiskit_u), "CX": _PLAIN["CX"]},
        qelib1=_QELIB1,
        qiskit=_QISKIT,
        quantinuum=_QUANTINUUM,
        pennylane=_GLOBAL_PHASE,
    ),
    OPENQASM3: _OPENQASM3,
    SPECIFIED: _OPENQASM3,
    BRAKET: {**_OPENQASM3, "U": LibraryGate(3, 1, of.qiskit_u, ("builtin",))},
}
