"""What a counter did today, as its page shows it: services given, how long they took, and what was promised.

    of_counter(line, "3", promises(bundle))     # Figures(served=41, not_measured=2, median_ms=260_000, ...)

Only what was measured is averaged: served on paper, closed by the system, or pressed through in under five seconds is
counted and left out, as in the office's report.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from kiosk.desk.turns import Line
from shared import times
from shared.content import Bundle


@dataclass(frozen=True, slots=True)
class Figures:
    """`served` counts services that were given; `not_measured` of them tell no time. `median_ms` and `p90_ms` are None
    where nothing was measured; `kept` of `promised` measured services took no longer than the office publishes.
    """

    served: int
    not_measured: int
    median_ms: int | None
    p90_ms: int | None
    promised: int
    kept: int


def of_counter(line: Line, counter: str, promised_ms: Mapping[str, int]) -> Figures:
    """The day of one counter, whoever sat there."""
    done = [each for each in line.done if each.counter == counter]
    measured = [
        (each.service, each.served_ms)
        for each in done
        if each.served_ms is not None and times.SHORTEST_MS <= each.served_ms <= times.LONGEST_MS
    ]
    took_ms = sorted(ms for _, ms in measured)
    judged = [ms <= promised_ms[service] for service, ms in measured if service in promised_ms]
    return Figures(
        served=len(done),
        not_measured=len(done) - len(measured),
        median_ms=times.rank(took_ms, 50) if took_ms else None,
        p90_ms=times.rank(took_ms, 90) if took_ms else None,
        promised=len(judged),
        kept=sum(judged),
    )


def promises(bundle: Bundle) -> dict[str, int]:
    """How long each service may take at the counter, in milliseconds, by its id; those promised in days are left out,
    since no counter sees how they end.
    """
    found = ((service.id, times.limit_ms(service.promise)) for service in bundle.services)
    return {service: limit_ms for service, limit_ms in found if limit_ms is not None}
