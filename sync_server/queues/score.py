"""The arithmetic of a satisfaction report, in Decimal: what comes out is what an auditor with paper and pencil gets.

    score = Score.of((1, 0, 2, 10, 7))        how many gave 1, 2, 3, 4, 5
    score.mean, score.sd, score.percent       Decimal("4.10") Decimal("1.02") Decimal("82.00")

Rules, printed under every table that uses them: the mean is rounded half up to two places before its level is chosen;
the percentage is the unrounded mean / 5 x 100, then rounded; the standard deviation divides by N - 1; the line of 70
per cent is held against the unrounded value.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, localcontext

#: Lowest mean of each level, best first. Common practice of published reports; the table is what an office would edit.
LEVELS: tuple[tuple[Decimal, str], ...] = (
    (Decimal("4.51"), "มากที่สุด"),
    (Decimal("3.51"), "มาก"),
    (Decimal("2.51"), "ปานกลาง"),
    (Decimal("1.51"), "น้อย"),
    (Decimal("1.00"), "น้อยที่สุด"),
)
#: The line a service is expected to reach, in per cent.
PASS_PERCENT = Decimal(70)
#: Groups of fewer than this many answers are not shown: one answer would tell who gave it.
SHOWN_FROM = 5

_CENT = Decimal("0.01")


def round2(value: Decimal) -> Decimal:
    """Rounded half up to two places, as people do."""
    return value.quantize(_CENT, ROUND_HALF_UP)


def percent(part: int, whole: int) -> Decimal | None:
    """`part` of `whole` in per cent, rounded; None where there is nothing to divide by."""
    return round2(Decimal(100 * part) / Decimal(whole)) if whole else None


@dataclass(frozen=True, slots=True)
class Score:
    """How `n` answers were given. `sd` is None for a single answer."""

    n: int
    by_score: tuple[int, int, int, int, int]
    mean: Decimal
    sd: Decimal | None
    percent: Decimal
    level: str
    passes: bool

    @property
    def best_first(self) -> tuple[int, ...]:
        """How many gave 5, 4, 3, 2, 1, as tables list them."""
        return self.by_score[::-1]

    @classmethod
    def of(cls, by_score: Sequence[int]) -> "Score | None":
        """The score of `by_score` (how many gave 1, 2, 3, 4, 5); None where nobody answered."""
        one, two, three, four, five = by_score
        n = one + two + three + four + five
        if n == 0:
            return None
        total = one + 2 * two + 3 * three + 4 * four + 5 * five
        squares = one + 4 * two + 9 * three + 16 * four + 25 * five
        with localcontext() as context:
            context.prec = 40
            exact = Decimal(total) / Decimal(n)
            # (n * sum of squares - square of sum) is an exact integer: no difference of nearly equal numbers.
            spread = Decimal(n * squares - total * total)
            sd = round2((spread / Decimal(n * (n - 1))).sqrt()) if n > 1 else None
            share = exact / 5 * 100
        mean = round2(exact)
        level = next(word for lowest, word in LEVELS if mean >= lowest)
        return cls(n, (one, two, three, four, five), mean, sd, round2(share), level, share >= PASS_PERCENT)


def withheld(counts: Sequence[int]) -> frozenset[int]:
    """Which of several groups (by place) must not be shown, so that no group under `SHOWN_FROM` can be worked out.

    Small groups themselves, and then the next larger ones, until at least two groups of together `SHOWN_FROM` answers
    or more are withheld: total minus shown never gives a small group. Empty groups hide nothing.
    """
    small = {i for i, n in enumerate(counts) if 0 < n < SHOWN_FROM}
    if not small:
        return frozenset()
    larger = sorted((n, i) for i, n in enumerate(counts) if n >= SHOWN_FROM)
    for _, i in larger:
        if len(small) > 1 and sum(counts[j] for j in small) >= SHOWN_FROM:
            break
        small.add(i)
    return frozenset(small)
