"""Names of Q#'s classic library that today's has dropped: what they meant, in Q# of ours, or what took their place.

A definition goes under the name's old namespace, into programs that speak of both. Where its bits or its types have
changed, a name is not given back: the fault says what to write.
"""

import re
from collections.abc import Iterator, Mapping

from quantum.programs.compiling.qsharp_text import QsharpText

CLASSIC = "Microsoft.Quantum."
VARIANTS = {"": "", "A": " is Adj", "C": " is Ctl", "CA": " is Adj + Ctl"}
EMPTY = (  # namespaces that classic programs open out of habit; what they held is given back, or has a successor
    *("AmplitudeAmplification", "Arithmetic", "Bitwise", "Characterization", "ClassicalControl", "Environment"),
    *("ErrorCorrection", "Oracles", "Preparation", "Primitive", "Simulation", "Synthesis", "Targeting", "Warnings"),
)

PLAIN = """
Measurement operation MultiM(qs : Qubit[]) : Result[] { return Std.Measurement.MeasureEachZ(qs); }
Measurement operation SetToBasisState(desired : Result, q : Qubit) : Unit { if M(q) != desired { X(q); } }
Canon operation NoOp<'T>(input : 'T) : Unit is Adj + Ctl { }
Canon operation HY(q : Qubit) : Unit is Adj + Ctl { H(q); S(q); }
Canon function IsResultOne(value : Result) : Bool { return value == One; }
Canon function IsResultZero(value : Result) : Bool { return value == Zero; }
Preparation operation PreparePauliEigenstate(basis : Pauli, q : Qubit) : Unit
 { if basis == PauliX { H(q); } elif basis == PauliY { H(q); S(q); }
 elif basis == PauliI { fail "PreparePauliEigenstate has no mixed states"; } }
Preparation operation PrepareEntangledState(left : Qubit[], right : Qubit[]) : Unit is Adj + Ctl
 { for i in 0..Length(left) - 1 { H(left[i]); Controlled X([left[i]], right[i]); } }
Arrays function ConstantArray<'T>(length : Int, value : 'T) : 'T[] { return Std.Core.Repeated(value, length); }
Arrays function EmptyArray<'T>() : 'T[] { return []; }
Arrays function ElementAt<'T>(index : Int, array : 'T[]) : 'T { return array[index]; }
Arrays function ElementsAt<'T>(range : Range, array : 'T[]) : 'T[] { return array[range]; }
Arrays function Zip<'T, 'U>(left : 'T[], right : 'U[]) : ('T, 'U)[] { return Std.Arrays.Zipped(left, right); }
Arrays function Map<'T, 'U>(f : ('T -> 'U), array : 'T[]) : 'U[] { return Std.Arrays.Mapped(f, array); }
Arrays function MapIndex<'T, 'U>(f : ((Int, 'T) -> 'U), array : 'T[]) : 'U[]
 { return Std.Arrays.MappedByIndex(f, array); }
Arrays function Filter<'T>(f : ('T -> Bool), array : 'T[]) : 'T[] { return Std.Arrays.Filtered(f, array); }
Arrays function Reverse<'T>(array : 'T[]) : 'T[] { return Std.Arrays.Reversed(array); }
Arrays function Exclude<'T>(remove : Int[], array : 'T[]) : 'T[] { return Std.Arrays.Excluding(remove, array); }
Convert function IntAsString(value : Int) : String { return $"{value}"; }
Convert function DoubleAsString(value : Double) : String { return $"{value}"; }
Convert function BoolAsString(value : Bool) : String { return $"{value}"; }
Convert function FunctionAsOperation<'T, 'U>(f : ('T -> 'U)) : ('T => 'U) { return input => f(input); }
Convert function RangeAsIntArray(range : Range) : Int[]
 { mutable found = []; for i in range { set found += [i]; } return found; }
Convert function BoolArrayAsPauli(pauli : Pauli, bitApply : Bool, bits : Bool[]) : Pauli[]
 { mutable found = []; for bit in bits { set found += [bit == bitApply ? pauli | PauliI]; } return found; }
Math function PowI(value : Int, power : Int) : Int { return value^power; }
Math function PowD(value : Double, power : Double) : Double { return value^power; }
Math function PowL(value : BigInt, power : Int) : BigInt { return value^power; }
Math function ExpD(power : Double) : Double { return Std.Math.E()^power; }
Math function PlusI(left : Int, right : Int) : Int { return left + right; }
Math function PlusD(left : Double, right : Double) : Double { return left + right; }
Math function MinusI(left : Int, right : Int) : Int { return left - right; }
Math function MinusD(left : Double, right : Double) : Double { return left - right; }
Math function TimesI(left : Int, right : Int) : Int { return left * right; }
Math function TimesD(left : Double, right : Double) : Double { return left * right; }
Core function RangeStep(range : Range) : Int { return range::Step; }
Logical function Not(value : Bool) : Bool { return not value; }
Logical function And(left : Bool, right : Bool) : Bool { return left and right; }
Logical function Or(left : Bool, right : Bool) : Bool { return left or right; }
Logical function EqualI(left : Int, right : Int) : Bool { return left == right; }
Logical function EqualB(left : Bool, right : Bool) : Bool { return left == right; }
Logical function EqualD(left : Double, right : Double) : Bool { return left == right; }
Logical function EqualR(left : Result, right : Result) : Bool { return left == right; }
Logical function NotEqualI(left : Int, right : Int) : Bool { return left != right; }
Logical function GreaterThanI(left : Int, right : Int) : Bool { return left > right; }
Logical function GreaterThanD(left : Double, right : Double) : Bool { return left > right; }
Logical function GreaterThanOrEqualI(left : Int, right : Int) : Bool { return left >= right; }
Logical function LessThanI(left : Int, right : Int) : Bool { return left < right; }
Logical function LessThanD(left : Double, right : Double) : Bool { return left < right; }
Logical function LessThanOrEqualI(left : Int, right : Int) : Bool { return left <= right; }
Bitwise function And(left : Int, right : Int) : Int { return left &&& right; }
Bitwise function Or(left : Int, right : Int) : Int { return left ||| right; }
Bitwise function Xor(left : Int, right : Int) : Int { return left ^^^ right; }
Bitwise function Not(value : Int) : Int { return ~~~value; }
Bitwise function LeftShiftedI(value : Int, amount : Int) : Int { return value <<< amount; }
Bitwise function RightShiftedI(value : Int, amount : Int) : Int { return value >>> amount; }
Diagnostics function Contradiction(actual : Bool, message : String) : Unit { if actual { fail message; } }
Diagnostics function EqualityFactI(actual : Int, expected : Int, message : String) : Unit
 { if actual != expected { fail message; } }
Diagnostics function EqualityFactL(actual : BigInt, expected : BigInt, message : String) : Unit
 { if actual != expected { fail message; } }
Diagnostics function EqualityFactB(actual : Bool, expected : Bool, message : String) : Unit
 { if actual != expected { fail message; } }
Diagnostics function EqualityFactR(actual : Result, expected : Result, message : String) : Unit
 { if actual != expected { fail message; } }
Diagnostics function NearEqualityFactD(actual : Double, expected : Double) : Unit
 { if Std.Math.AbsD(actual - expected) > 1e-10 { fail "the values differ"; } }
Diagnostics function EqualityWithinToleranceFact(actual : Double, expected : Double, tolerance : Double) : Unit
 { if Std.Math.AbsD(actual - expected) > tolerance { fail "the values differ"; } }
Diagnostics operation AssertQubit(expected : Result, q : Qubit) : Unit is Adj + Ctl { }
Diagnostics operation AssertQubitWithinTolerance(expected : Result, q : Qubit, tolerance : Double) : Unit is Adj + Ctl
 { }
Diagnostics operation AssertAllZero(qs : Qubit[]) : Unit is Adj + Ctl { }
Diagnostics operation AssertMeasurement(bases : Pauli[], qs : Qubit[], result : Result, message : String)
 : Unit is Adj + Ctl { }
Diagnostics operation AssertMeasurementProbability(bases : Pauli[], qs : Qubit[], result : Result, p : Double,
 message : String, tolerance : Double) : Unit is Adj + Ctl { }
"""

IN_FOUR_VARIANTS = """
Canon operation ApplyToFirstQubit*(op : (Qubit => Unit%), qs : Qubit[]) : Unit% { op(qs[0]); }
Canon operation ApplyToHead*<'T>(op : ('T => Unit%), items : 'T[]) : Unit% { op(items[0]); }
Canon operation ApplyToTail*<'T>(op : ('T => Unit%), items : 'T[]) : Unit% { op(items[Length(items) - 1]); }
Canon operation ApplyToRest*<'T>(op : ('T[] => Unit%), items : 'T[]) : Unit% { op(items[1...]); }
Canon operation ApplyToMost*<'T>(op : ('T[] => Unit%), items : 'T[]) : Unit% { op(items[...Length(items) - 2]); }
Canon operation ApplyToElement*<'T>(op : ('T => Unit%), index : Int, items : 'T[]) : Unit% { op(items[index]); }
Canon operation ApplyToSubregister*(op : (Qubit[] => Unit%), places : Int[], qs : Qubit[]) : Unit%
 { op(Std.Arrays.Subarray(places, qs)); }
Canon operation ApplyIf*<'T>(op : ('T => Unit%), bit : Bool, target : 'T) : Unit% { if bit { op(target); } }
Canon operation ApplyWith*<'T>(outer : ('T => Unit is Adj), inner : ('T => Unit%), target : 'T) : Unit%
 { within { outer(target); } apply { inner(target); } }
"""


def in_variants(stem: str, advice: str) -> dict[str, str]:
    """The same advice for an operation and for those of its name with functors."""
    return {stem + suffix: advice for suffix in VARIANTS}


ITSELF = "is gone: pass the Qubit[] itself, whose first qubit is the lowest bit"
NO_SIMULATION = "is gone with the library of simulation: write the terms as rotations, such as Exp([PauliZ], t, [q])"
SUCCESSORS: Mapping[str, str] = {
    **dict.fromkeys(("LittleEndian", "PhaseLittleEndian"), ITSELF),
    "BigEndian": "is gone: pass the Qubit[] itself, reversed where the lowest bit is to come first",
    "QFT": "is ApplyQFT today, of a Qubit[] whose first qubit is the lowest bit: QFT took the highest bit first",
    "QFTLE": "is ApplyQFT today, of a Qubit[] in place of a LittleEndian",
    "ApplyQuantumFourierTransform": "is ApplyQFT today, of a Qubit[] in place of a LittleEndian",
    "QuantumPhaseEstimation": "is ApplyQPE of Std.Canon today",
    "IncrementByInteger": "is IncByI of Std.Arithmetic today, of a Qubit[] in place of a LittleEndian",
    "RippleCarryAdderD": "is RippleCarryCGIncByLE of Std.Arithmetic today",
    "PrepareArbitraryStateD": "is PreparePureStateD of Std.StatePreparation today, of a Qubit[], highest bit first",
    "PrepareArbitraryState": "is ApproximatelyPreparePureStateCP of Std.StatePreparation today, highest bit first",
    "PrepareArbitraryStateCP": "is ApproximatelyPreparePureStateCP of Std.StatePreparation today, highest bit first",
    "PrepareUniformSuperposition": "is PrepareUniformSuperposition of Std.StatePreparation today, of a Qubit[]",
    "Default": "is gone: write the value, such as 0, 0.0, Zero, false or []",
    "Random": "is gone: measure a qubit, or draw before and give the number as an argument",
    "ApplyCNOTChainWithTarget": "is ApplyCNOTChain today, with the target as the last qubit of the array",
    "ControlledOnInt": "is ApplyControlledOnInt(number, op, controls, target) today",
    "ControlledOnBitString": "is ApplyControlledOnBitString(bits, op, controls, target) today",
    **dict.fromkeys(("EvolutionGenerator", "EvolutionSet", "GeneratorIndex", "GeneratorSystem"), NO_SIMULATION),
    **dict.fromkeys(("PauliEvolutionSet", "TrotterSimulationAlgorithm"), NO_SIMULATION),
    **in_variants("DecomposedIntoTimeSteps", "is gone: write the steps as a loop"),
    "RobustPhaseEstimation": "is gone: write it as a loop of measurements, or see ApplyQPE of Std.Canon",
    **in_variants("Bound", "is gone: write a lambda, such as q => { first(q); second(q); }"),
    **in_variants("OperationPow", "is gone: write a loop, or a lambda with one in it"),
    **in_variants("Delayed", "is gone: write a lambda, such as () => op(target)"),
    **in_variants("ApplyIfZero", "is gone: write if result == Zero { op(target); }"),
    **in_variants("ApplyIfOne", "is gone: write if result == One { op(target); }"),
    **in_variants("ApplyIfElseR", "is gone: write if result == Zero { … } else { … }"),
    **in_variants("ApplyIfElseB", "is gone: write if bit { … } else { … }"),
    "Ln": "is Log of Std.Math today",
    "CurriedOp": "is gone: write a lambda, such as x => y => op(x, y)",
    "Curried": "is gone: write a lambda, such as x -> y -> f(x, y)",
    "Compose": "is gone: write a lambda, such as x -> outer(inner(x))",
    "Composed": "is gone: write a lambda, such as x -> outer(inner(x))",
    "MeasureWithScratch": "is Measure today",
    "DumpReferenceUnitary": "is DumpOperation of Std.Diagnostics today",
}
RUN_TIME = frozenset(("DrawRandomInt", "DrawRandomDouble", "DrawRandomBool"))
HEAD = re.compile(r"(\w+) (?:operation|function) (\w+)")


def _definitions() -> Iterator[tuple[str, str, str]]:
    varied = (IN_FOUR_VARIANTS.replace("*", suffix).replace("%", functors) for suffix, functors in VARIANTS.items())
    for text in (PLAIN, *varied):
        for definition in re.split(r"\n(?=\w)", text.strip()):
            head = HEAD.match(definition)
            assert head is not None, definition  # noqa: S101
            yield f"{CLASSIC}{head[1]}", head[2], definition.partition(" ")[2]


DEFINITIONS = tuple(_definitions())


def given_back(text: QsharpText) -> Iterator[str]:
    """The namespaces, each on a line of its own, that a program needs beside today's library."""
    if CLASSIC not in text.bare:
        return
    opened = {namespace for namespace, _, _ in DEFINITIONS if namespace in text.bare}
    for namespace, name, definition in DEFINITIONS:
        if text.uses(name) and namespace in opened:
            yield f"namespace {namespace} {{ {definition} }}".replace("\n", "")
    for name in EMPTY:
        if CLASSIC + name in text.bare:
            yield f"namespace {CLASSIC}{name} {{ }}"


NAMES = frozenset(f"{namespace}.{name}" for namespace, name, _ in DEFINITIONS)


def successor(name: str, profile: str) -> str | None:
    """What to write in place of a name that today's library lacks, or has for simulators only."""
    if name in RUN_TIME:
        return (
            f"this target's profile ({profile}) cannot draw random numbers: {name} is for simulators of Q#; measure a "
            "qubit, or draw before and give the number as an argument"
        )
    return f"{name} {SUCCESSORS[name]}" if name in SUCCESSORS else None
