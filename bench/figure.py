"""One measured figure, beside what it is compared with.

A bench module `bench/bench_<subject>.py` exposes `run() -> list[Figure]`; `python -m bench` finds it by its name.
A figure without a baseline says little: give the cost of the bare thing in the same place (a plain INSERT, an empty
request), so that the ratio still means something on another machine.

    Figure("durable append", 412.0, "us", baseline=180.0)
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Figure:
    """`value` in `unit`; `baseline` in the same unit, None where nothing comparable exists. A goal is in the name."""

    name: str
    value: float
    unit: str
    baseline: float | None = None

    @property
    def ratio(self) -> float | None:
        """`value` over `baseline`; None without a baseline or with one of zero."""
        return self.value / self.baseline if self.baseline else None

    def as_json(self) -> dict[str, str | float | None]:
        """The row of build/bench.json: name, value, unit, baseline, ratio, rounded to what a reader can use."""
        return {
            "name": self.name,
            "value": _rounded(self.value),
            "unit": self.unit,
            "baseline": _rounded(self.baseline),
            "ratio": _rounded(self.ratio),
        }


def _rounded(number: float | None) -> float | None:
    return None if number is None else float(f"{number:.6g}")
