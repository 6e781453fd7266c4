"""Amounts of money or credits as whole millionths of a unit, so that sums are exact.

Amounts of two units are never added: each has an account of its own.
"""

from decimal import ROUND_CEILING, ROUND_HALF_UP, Decimal

MILLION = 1_000_000


def millionths(amount: float) -> int:
    """Convert an amount that may be spent: rounded up, so that a reservation is never too small."""
    return int((Decimal(str(amount)) * MILLION).to_integral_value(ROUND_CEILING))


def nearest(amount: float) -> int:
    """Convert an amount that was spent: rounded to the nearest millionth."""
    return int((Decimal(str(amount)) * MILLION).to_integral_value(ROUND_HALF_UP))


def number(amount: int) -> float:
    """Convert millionths for JSON; the nearest double has all of their digits below a billion units."""
    return amount / MILLION


def text(amount: int, unit: str) -> str:
    """Write an amount for people, with no more digits than it needs."""
    whole, rest = divmod(abs(amount), MILLION)
    digits = f"{rest:06d}".rstrip("0").ljust(2, "0")
    return f"{'-' if amount < 0 else ''}{whole:,}.{digits} {unit}"
