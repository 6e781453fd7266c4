"""How programs are drawn: seeded, with fixed shares of what they are to hold, and told as a line of JSON each."""

import json
import math
import random
import sys
from collections.abc import Callable, Iterator, Sequence
from typing import Any

# Of twenty programs in turn: what each is drawn for. An exporter that cannot express one draws plain gates instead.
SHARES = (
    *("gates",) * 6,
    *("own",) * 3,
    *("inverse", "control", "power"),
    *("measured",) * 3,
    *("conditions",) * 3,
    *("parameters",) * 2,
)
SPECIAL = (0.0, math.pi, -math.pi, 2 * math.pi, -2 * math.pi, math.pi / 2, -math.pi / 2, math.pi / 4, 3 * math.pi, 5.0)


class UnexportedError(Exception):
    """The library itself cannot express or write this."""


class Drawing(random.Random):
    """Draws for one program."""

    def angle(self) -> float:
        """An angle: often a special one, else of up to two turns to either side."""
        if self.random() < 0.35:
            return self.choice(SPECIAL)
        return self.uniform(-4 * math.pi, 4 * math.pi)

    def width(self, *, wide: bool = True) -> int:
        """A number of qubits: mostly a few, now and then up to twelve, rarely more."""
        chance = self.random()
        if wide and chance < 0.02:
            return self.randint(13, 15)
        return self.randint(7, 12) if wide and chance < 0.1 else self.randint(2, 6)

    def qubits(self, width: int, count: int) -> list[int]:
        """So many different qubits."""
        return self.sample(range(width), count)

    def depth(self) -> int:
        """How many gates to draw."""
        return self.randint(4, 16)


Draw = Callable[[Drawing, str], dict[str, Any]]


def kind_of(seed: int, kinds: Sequence[str]) -> str:
    """What the program of this seed is drawn for."""
    kind = SHARES[seed % len(SHARES)]
    return kind if kind in kinds else "gates"


def programs(exporter: str, draw: Draw, kinds: Sequence[str], seeds: Sequence[int]) -> Iterator[dict[str, Any]]:
    """Draw a program for each seed; what the library refuses to write is told as `unexported`."""
    for seed in seeds:
        kind = kind_of(seed, kinds)
        record = {"exporter": exporter, "seed": seed, "kind": kind}
        try:
            drawn = draw(Drawing(f"{exporter} {seed}"), kind)
        except UnexportedError as error:
            yield record | {"unexported": str(error)}
        else:
            yield record | drawn


def main(table: Sequence[tuple[str, Draw, Sequence[str]]]) -> None:
    """`SCRIPT COUNT SEED`: write so many programs of each exporter to stdout."""
    count, seed = int(sys.argv[1]), int(sys.argv[2])
    for exporter, draw, kinds in table:
        for program in programs(exporter, draw, kinds, range(seed * 1000, seed * 1000 + count)):
            sys.stdout.write(json.dumps(program) + "\n")
            sys.stdout.flush()
