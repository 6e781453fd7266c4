"""The constructs of the languages, each with a sample and what it must give: a table, which the page and a test read.

`want` is the one outcome that a sample gives, or a distribution, or after a `!` a text that the refusal must hold.
"""

from collections.abc import Mapping
from dataclasses import dataclass

H2 = 'OPENQASM 2.0;\ninclude "qelib1.inc";\n'
H3 = 'OPENQASM 3.0;\ninclude "stdgates.inc";\n'
BELL = {"00": 0.5, "11": 0.5}


@dataclass(frozen=True)
class Construct:
    """One construct; `adaptive` ones need a target that branches."""

    language: str
    name: str
    text: str
    want: str | Mapping[str, float]
    adaptive: bool = False
    arguments: tuple[object, ...] = ()

    @property
    def exact(self) -> Mapping[str, float]:
        """The distribution that is expected."""
        return {self.want: 1.0} if isinstance(self.want, str) else self.want


def _two(name: str, body: str, want: str | Mapping[str, float], *, adaptive: bool = False) -> Construct:
    return Construct("openqasm2", name, H2 + body, want, adaptive)


def _three(
    name: str, body: str, want: str | Mapping[str, float], *, adaptive: bool = False, arguments: tuple[object, ...] = ()
) -> Construct:
    return Construct("openqasm3", name, H3 + body, want, adaptive, arguments)


Q1 = "qreg q[1]; creg c[1]; "
Q2 = "qreg q[2]; creg c[2]; "
M = " measure q -> c;"
T1 = "qubit[1] q; bit[1] c; "
T2 = "qubit[2] q; bit[2] c; "
N = " c = measure q;"

OPENQASM2: tuple[Construct, ...] = (
    _two("registers, gates, measurement", Q2 + "h q[0]; cx q[0],q[1];" + M, BELL),
    _two(
        "a register compared with a number",
        Q2 + "creg r[1]; x q[0];" + M + " if (c==1) x q[1]; measure q[1] -> r[0];",
        "10 1",
        adaptive=True,
    ),
    _two(
        "a parameter halved in a gate",
        "gate half(t) a { rx(t/2) a; } " + Q1 + "half(-pi) q[0]; rx(pi/2) q[0];" + M,
        "0",
    ),
    _two(
        "a controlled rotation by a negative angle",
        Q2 + "h q[0]; crz(-pi/2) q[0],q[1]; crz(pi/2) q[0],q[1]; h q[0];" + M,
        "00",
    ),
    _two("`crz(-0.4)`", Q2 + "h q[0]; crz(-0.4) q[0],q[1]; h q[0];" + M, {"00": 0.990033288921, "10": 0.009966711079}),
    _two("`csx`: the first qubit controls", Q2 + "x q[0]; csx q[0],q[1]; csx q[0],q[1];" + M, "11"),
    _two("numbers are real: `1/2`", Q1 + "rx(1/2*2*pi) q[0];" + M, "1"),
    _two("`^` is power", Q1 + "rx(pi/2^0) q[0];" + M, "1"),
    _two("`sin cos tan exp ln sqrt`", Q1 + "rx(pi*ln(exp(1))*cos(0)*sqrt(1)+sin(0)+tan(0)) q[0];" + M, "1"),
    _two("a whole number as an angle", Q1 + "rx(0) q[0]; rz(-1) q[0]; u3(3,0,0) q[0]; u3(-3,0,0) q[0];" + M, "0"),
    _two("a bit that nothing measures", Q2 + "x q[0]; measure q[0] -> c[0];", "10"),
    _two(
        "a bit measured twice", Q1 + "x q[0]; measure q[0] -> c[0]; x q[0]; measure q[0] -> c[0];", "0", adaptive=True
    ),
    _two(
        "a bit measured on a condition",
        "qreg q[2]; creg a[1]; creg b[1]; x q[1]; measure q[0] -> a[0]; if (a==1) measure q[1] -> b[0];",
        "0 0",
        adaptive=True,
    ),
    _two(
        "`swap cswap sx p u cp cu crx cry c4x`",
        "qreg q[5]; creg c[5]; x q[0]; swap q[0],q[1]; sx q[2]; sx q[2]; "
        "cswap q[2],q[1],q[0]; p(pi) q[0]; u(pi,0,pi) q[3]; cp(pi) q[0],q[2]; cu(pi,0,pi,0) q[0],q[4]; "
        "crx(2*pi) q[1],q[2]; cry(pi) q[1],q[2]; c4x q[0],q[2],q[3],q[4],q[1];" + M,
        "11111",
    ),
    _two("`opaque`, never used", "opaque magic(t) a,b; " + Q1 + "x q[0];" + M, "1"),
    _two("names that are words of OpenQASM 3", "qreg input[1]; creg output[1]; x input; measure input -> output;", "1"),
    _two("`reset` in between", Q1 + "x q[0]; reset q[0];" + M, "0", adaptive=True),
    _two("`barrier`", Q2 + "x q[0]; barrier q; barrier q[0],q[1];" + M, "10"),
    _two("a gate on whole registers", Q2 + "x q;" + M, "11"),
    _two("`U` and `CX`", "qreg q[2]; creg c[2]; U(pi,0,pi) q[0]; CX q[0],q[1];" + M, "11"),
    Construct("openqasm2", "no version line", 'include "qelib1.inc"; ' + Q1 + "x q[0];" + M, "1"),
    Construct(
        "openqasm2",
        "an include that is not there",
        'OPENQASM 2.0; include "mine.inc"; ' + Q1 + "magic q[0];" + M,
        "!magic",
    ),
    _two("a gate that nobody defines", Q1 + "magic q[0];" + M, "!magic"),
)

OPENQASM3: tuple[Construct, ...] = (
    _three("registers, gates, measurement", T2 + "h q[0]; cx q[0], q[1];" + N, BELL),
    _three(
        "a register compared with a number",
        T2 + "bit r; x q[0];" + N + " if (c == 1) x q[1]; r = measure q[1];",
        "10 1",
        adaptive=True,
    ),
    _three(
        "a register compared with a bit string",
        T2 + "bit r; x q[0];" + N + ' if (c == "01") x q[1]; r = measure q[1];',
        "10 1",
        adaptive=True,
    ),
    _three(
        "a register cast to a number",
        T2 + "bit r; x q[0];" + N + " if (uint[2](c) == 1) x q[1]; r = measure q[1];",
        "10 1",
        adaptive=True,
    ),
    _three(
        "`&& || !` and `& | ^ ~` of bits",
        T2 + "bit r; x q[0];" + N + " if (c[0] & !c[1] || c[1]) x q[1]; r = measure q[1];",
        "10 1",
        adaptive=True,
    ),
    _three(
        "`if` and `else`",
        T2 + "c[0] = measure q[0]; if (c[0]) { h q[1]; } else { x q[1]; } c[1] = measure q[1];",
        "01",
        adaptive=True,
    ),
    _three(
        "`switch`",
        T2 + "bit r; x q[0];" + N + " switch (int[3](c)) { case 1 { x q[1]; } default { } } r = measure q[1];",
        "10 1",
        adaptive=True,
    ),
    _three("a gate definition", "gate half(t) a { rx(0.5*t) a; } " + T1 + "half(-pi) q[0]; rx(pi/2) q[0];" + N, "0"),
    _three("`ctrl @`", T2 + "x q[0]; ctrl @ x q[0], q[1];" + N, "11"),
    _three(
        "`ctrl @` of a rotation by a negative angle",
        T2 + "h q[0]; ctrl @ rz(-pi/2) q[0], q[1]; crz(pi/2) q[0], q[1]; h q[0];" + N,
        "00",
    ),
    _three("`negctrl @`", T2 + "negctrl @ x q[0], q[1];" + N, "01"),
    _three("`ctrl(2) @`", "qubit[3] q; bit[3] c; x q[0]; x q[1]; ctrl(2) @ x q[0], q[1], q[2];" + N, "111"),
    _three("`inv @`", T1 + "h q[0]; s q[0]; inv @ s q[0]; h q[0];" + N, "0"),
    _three("`pow(2) @`", T1 + "pow(2) @ sx q[0];" + N, "1"),
    _three("`pow(0.5) @`", T1 + "pow(0.5) @ x q[0]; pow(0.5) @ x q[0];" + N, "1"),
    _three("`pow(1) @` of a gate of one's own", "gate k(t) a { rx(t) a; } " + T1 + "pow(2) @ k(pi/2) q[0];" + N, "1"),
    _three("`gphase` under a control", T1 + "h q[0]; ctrl @ gphase(pi) q[0]; h q[0];" + N, "1"),
    _three("`input float`", "input float t; " + T1 + "rx(t) q[0];" + N, "1", arguments=(3.141592653589793,)),
    _three("`input int` in a loop", "input int n; " + T1 + "for int i in [1:n] { x q[0]; }" + N, "1", arguments=(3,)),
    _three("`output`", "qubit q; output bit c; bit d; x q; c = measure q;", "1"),
    _three("`const` and expressions", "const float t = pi / 2; " + T1 + "rx(2 * t) q[0];" + N, "1"),
    _three("`for` over a range", T1 + "for int i in [0:2] { x q[0]; }" + N, "1"),
    _three("`for` over a set", T2 + "for int i in {0, 1} { x q[i]; }" + N, "11"),
    _three("`while` on a constant", T1 + "int n = 3; while (n > 0) { x q[0]; n -= 1; }" + N, "1"),
    _three(
        "`while` on a measurement",
        T1 + "c = measure q; while (c[0]) { x q[0]; c = measure q; }",
        "!loop",
        adaptive=True,
    ),
    _three("`def`", "def flip(qubit a) { x a; } " + T1 + "flip(q[0]);" + N, "1"),
    _three(
        "`def` that returns a measurement",
        "def read(qubit a) -> bit { return measure a; } qubit q; bit c; x q; c = read(q);",
        "1",
    ),
    _three("`let` and slices", "qubit[3] q; bit[3] c; let a = q[1:2]; x a;" + N, "011"),
    _three("`angle` wraps at a turn", "angle t = 3 * pi; " + T1 + "rx(t) q[0];" + N, "1"),
    _three("`reset` in between", T1 + "x q[0]; reset q[0];" + N, "0", adaptive=True),
    _three("`barrier` and `delay`", T1 + "x q[0]; barrier q; delay[100ns] q[0];" + N, "1"),
    _three("hardware qubits", "bit[2] c; x $0; cx $0, $1; c[0] = measure $0; c[1] = measure $1;", "11"),
    _three("a bit that nothing measures", T2 + "x q[0]; c[0] = measure q[0];", "10"),
    _three("bits with a value", 'bit[2] c = "01"; qubit q; x q; c[1] = measure q;', "11"),
    _three("`qreg` and `creg`", "qreg q[1]; creg c[1]; x q[0]; c = measure q;", "1"),
    Construct(
        "openqasm3",
        "Braket's dialect",
        "OPENQASM 3.0;\nbit[2] b;\nqubit[2] q;\nx q[0];\ncnot q[0], q[1];\n"
        "v q[1];\nvi q[1];\nb[0] = measure q[0];\nb[1] = measure q[1];\n",
        "11",
    ),
    _three("`cal`, which is left out", 'defcalgrammar "openpulse"; ' + T1 + "cal { } x q[0];" + N, "1"),
    _three("`extern`", "extern f(int) -> int; " + T1 + "int n = f(1); x q[0];" + N, "!extern"),
    _three("a gate that nobody defines", T1 + "magic q[0];" + N, "!magic"),
)

CONSTRUCTS = (*OPENQASM2, *OPENQASM3)
