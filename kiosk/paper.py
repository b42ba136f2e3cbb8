"""What may stand on a slip, as data, and what a printer is to the rest of the kiosk.

A slip is a frozen value without layout: `desk.slips` makes it from what was recorded, a `Printer` in `devices` draws
and prints it. Both meet only here, so that neither knows the other.

    outcome = world.printer.print(TicketSlip(...))      # "printed" or "failed"; never raises for a printer's trouble
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final, Literal, Protocol


class PrinterState(StrEnum):
    """What the printer says about itself. One that does not answer is unknown, never well; "stopped" is an open cover
    or a jammed knife.
    """

    OK = "ok"
    NEAR_END = "near_end"
    OUT = "out"
    STOPPED = "stopped"
    UNKNOWN = "unknown"
    NONE = "none"


#: When paper may be promised.
HAS_PAPER: Final = frozenset({PrinterState.OK, PrinterState.NEAR_END})


@dataclass(frozen=True, slots=True)
class PaperLine:
    """One document on a slip; `at_hand` is None where the citizen was not asked, `optional` where only some need it."""

    name: str
    at_hand: bool | None
    optional: bool = False


@dataclass(frozen=True, slots=True)
class TicketSlip:
    """A queue number on paper. `time` is empty where the clock is not to be trusted; `priority` where there is none.
    `rating_code` has 8 digits, or none where the slip asks for no rating. `ahead` people stood before it when it was
    printed and it waits from how many to how many `minutes`, each None where that cannot be said; `link` is the
    address of its page on the office's network, empty where there is none.
    """

    office: str
    label: str
    public_label: str
    priority: str
    day: date
    time: str
    papers: tuple[PaperLine, ...]
    foot: str
    language: str
    rating_code: str = ""
    ahead: int | None = None
    minutes: tuple[int, int] | None = None
    link: str = ""


@dataclass(frozen=True, slots=True)
class CaseSlip:
    """What a citizen keeps of a case: the code (16 digits) and what comes by when; no name, no time, no subject.

    `track_url` is the page for following up, empty where there is none. `proof` is the beginning of the record's
    hash, by which the slip can be matched to the record.
    """

    office: str
    code: str
    filed_on: date
    acknowledge_by: date
    answer_by: date
    proof: str
    track_url: str
    language: str


@dataclass(frozen=True, slots=True)
class StepLine:
    """One step of a service on paper: what happens, how long it takes, and who answers for it."""

    title: str
    time: str
    who: str


@dataclass(frozen=True, slots=True)
class GuideSlip:
    """A service to take home: what it takes and costs, and the papers as the citizen ticked them. It holds no number,
    no day and nothing of the citizen. `forms` are names; `link` (https) is empty where there is no page.
    """

    office: str
    title: str
    promise: str
    fee: str
    hours: str
    phone: str
    steps: tuple[StepLine, ...]
    papers: tuple[PaperLine, ...]
    forms: tuple[str, ...]
    link: str
    checked: str
    foot: str
    language: str


@dataclass(frozen=True, slots=True)
class FormSlip:
    """What a form asks for and where it can be had; the form itself is no till roll. `link` may be empty."""

    office: str
    service: str
    name: str
    asks: tuple[str, ...]
    link: str
    phone: str
    foot: str
    language: str


@dataclass(frozen=True, slots=True)
class TrialSlip:
    """What staff print to see whether the printer is well; nothing of any citizen."""

    office: str
    kiosk: str
    day: date
    language: str


@dataclass(frozen=True, slots=True)
class StripSlip:
    """Numbers for a power cut, to be torn off one by one: each bears its queue and its day, and no rating code."""

    office: str
    public_label: str
    labels: tuple[str, ...]
    day: date
    foot: str
    language: str


#: Whoever asked for a slip is gone after this many seconds: it is dropped, since a stranger would find it.
JOB_S_MAX = 60

Slip = TicketSlip | CaseSlip | GuideSlip | FormSlip | StripSlip | TrialSlip
Outcome = Literal["printed", "failed", "shown"]


class Printer(Protocol):
    """Where slips go. Calls may take a minute: they are made on a thread of their own, after the commit."""

    def state(self) -> PrinterState:
        """What the printer says now."""

    def print(self, slip: Slip) -> Outcome:
        """Print, and tell what became of it: "printed" only when the printer said so, "shown" where there is none."""
