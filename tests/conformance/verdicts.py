"""The verdict on one exported program: right, refused with the reason, or wrong."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tests.conformance.judging import FIVE_SIGMA, SUSPICIOUS, Expected, chance_of, distance, most_distance
from tests.conformance.product import Ready, RefusedError, counted, ready

SHOTS = 4_000
SECOND_LOOK = 20_000
BASE, ADAPTIVE = "Base", "Adaptive_RI"
ADAPTIVE_ONLY = ("measured", "conditions")
COMPILED = ("openqasm2", "openqasm3")


@dataclass(frozen=True)
class Verdict:
    """What came of a program on one kind of target; `said` is empty where it is right."""

    exporter: str
    version: str
    kind: str
    seed: int
    profile: str
    word: str
    message: str = ""


def profiles_of(program: Mapping[str, Any]) -> tuple[str, ...]:
    """Name the profiles that a program is to run in: what branches or measures in between needs an adaptive one."""
    if program["format"] not in COMPILED:
        return ("",)
    return (ADAPTIVE,) if program["kind"] in ADAPTIVE_ONLY else (BASE, ADAPTIVE)


def verdicts(program: Mapping[str, Any], shots: int = SHOTS) -> list[Verdict]:
    """Run a program wherever it is to run."""
    if "unexported" in program:
        return [_verdict(program, "", "not exported", program["unexported"])]
    return [_judged(program, profile, shots) for profile in profiles_of(program)]


def _judged(program: Mapping[str, Any], profile: str, shots: int) -> Verdict:
    expected = Expected(program.get("exact"), program.get("parities"))
    try:
        prepared = ready(program, profile)
        wrong = what_is_wrong(prepared, expected, shots, program["seed"])
        if not wrong and "simulated" in program:
            wrong = far_from(program["simulated"], counted(prepared, shots, program["seed"]))
    except RefusedError as error:
        return _verdict(program, profile, "refused", str(error))
    return _verdict(program, profile, "wrong" if wrong else "right", wrong)


def what_is_wrong(prepared: Ready, expected: Expected, shots: int, seed: int) -> str:
    """Compare counts with what is expected; what looks suspicious is looked at again with another seed."""
    counts = counted(prepared, shots, seed)
    if shape := misshapen(counts, expected):
        return shape
    if chance_of(counts, expected) > SUSPICIOUS:
        return ""
    counts = counted(prepared, SECOND_LOOK, seed + 1)
    chance = chance_of(counts, expected)
    if chance > FIVE_SIGMA:
        return ""
    far = f", distance {distance(counts, expected.exact):.3f}" if expected.exact else ""
    return f"chance {chance:.1e}{far}"


def far_from(simulated: Mapping[str, int], counts: Mapping[str, int]) -> str:
    """Say where counts are further from those of the library's own simulator than sampling makes them."""
    others = sum(simulated.values())
    far = distance(counts, {outcome: count / others for outcome, count in simulated.items()})
    return f"distance {far:.3f} from its own simulator" if far > most_distance(counts, simulated) else ""


def misshapen(counts: Mapping[str, int], expected: Expected) -> str:
    """Say where outcomes are of other registers than expected."""
    if expected.exact is None or "," in "".join(expected.exact):
        return ""
    widths, got = (tuple(map(len, next(iter(keys)).split(" "))) for keys in (expected.exact, counts))
    return "" if widths == got else f"registers of {got} bits, expected {widths}"


def _verdict(program: Mapping[str, Any], profile: str, word: str, message: str = "") -> Verdict:
    origin = (program["exporter"], program.get("version", ""), program["kind"], program["seed"])
    return Verdict(*origin, profile, word, message)
