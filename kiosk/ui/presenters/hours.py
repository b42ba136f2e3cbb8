"""Opening hours: the words for them, and the page with the week, the special days and the trips to villages."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, time, timedelta
from typing import Final

from kiosk.desk import hours
from kiosk.ui.presenters.base import View
from kiosk.ui.presenters.tabs import Tab, Tabbed
from kiosk.ui.strings import Say
from shared.content import Span, Trip
from shared.hours import Day, State

#: So far ahead special days are listed below the week.
AHEAD_DAYS: Final = 60
_NO_BREAK: Final = "\u00a0"


# --- words -------------------------------------------------------------------------------------------------------


def clock(at: time) -> str:
    """A time of a schedule: "08:30"."""
    return f"{at:%H:%M}"


def span(of: Span | Trip) -> str:
    """From when to when: "08:30–16:30"."""
    return f"{clock(of.opens)}–{clock(of.closes)}"


def spans(say: Say, day: Day) -> str:
    """When the office is open on a day, or that it is closed."""
    return ", ".join(map(span, day.spans)) or say("hours.closed_day")


def dated(say: Say, day: Day) -> str:
    """A day with its hours: "Saturday 20 Mar, 09:00–12:00"."""
    return say("hours.dated", weekday=say.weekday(day.day), day=say.day_month(day.day), hours=spans(say, day))


def opening(say: Say, state: State, today: date) -> str:
    """Whether the office is open, and until when: "Open now, until 16:30"; "Closed, opens tomorrow at 08:30"."""
    if state.open and state.until is not None:
        return say("hours.open_until", time=clock(state.until))
    if state.next is None:
        return say("hours.closed_now")
    return say("hours.closed_until", day=_day_word(say, state.next.day, today), time=clock(state.next.time))


def _day_word(say: Say, day: date, today: date) -> str:
    if day == today:
        return say("hours.today")
    if day == today + timedelta(days=1):
        return say("hours.tomorrow")
    return f"{say.weekday(day)}{_NO_BREAK}{say.day_month(day)}"


# --- the page ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class DayRow:
    """One day of the week to come. `note` says why it is unlike others."""

    weekday: str
    day: str
    hours: str
    note: str
    open: bool
    today: bool


@dataclass(frozen=True, slots=True)
class TripRow:
    """One trip: when, from when to when, to whom, where there, for what."""

    day: str
    hours: str
    village: str
    place: str
    what: str


@dataclass(frozen=True, slots=True)
class HoursView(View):
    """The page of opening hours. `now` is empty where the clock is not trusted."""

    tabs: tuple[Tab, ...] = ()
    sub: str = ""
    now: str = ""
    open: bool = False
    days: tuple[DayRow, ...] = ()
    trips: tuple[TripRow, ...] = ()
    checked: str = ""


class Hours(Tabbed[HoursView]):
    """When the office is open, and where it comes to."""

    step = "hours"

    def present(self) -> HoursView:
        """As things stand; without a schedule (the content may just have changed) an empty page."""
        say, bundle = self.say, self.bundle
        moment = self.flow.clock.now()
        today = moment.service_date
        schedule = bundle.schedule
        if schedule is None:
            return HoursView(say, tabs=self.tabs())
        state = hours.now(bundle, moment)
        language = say.language
        villages = {village.id: village.name.into(language) for village in bundle.office.villages}
        week = hours.week(bundle, today)
        last = week[-1].day
        later = [day for day in hours.specials(bundle, today, AHEAD_DAYS) if day.day > last]
        return HoursView(
            say,
            self.tabs(),
            self.dated(say("hours.sub")),
            opening(say, state, today) if state else "",
            state is not None and state.open,
            tuple(self._row(day, today) for day in (*week, *later)),
            tuple(
                TripRow(
                    f"{say.weekday(trip.day)}{_NO_BREAK}{say.day_month(trip.day)}", span(trip),
                    villages.get(trip.village, trip.village), trip.place.into(language), trip.what.into(language),
                )
                for trip in hours.trips(bundle, today)
            ),
            say("hours.checked", who=schedule.approved_by, day=say.short_day(schedule.approved_on)),
        )  # fmt: skip

    def _row(self, day: Day, today: date) -> DayRow:
        say = self.say
        note = day.name.into(say.language) if day.name else say("hours.holiday") if day.why == "holiday" else ""
        return DayRow(
            say.weekday(day.day), say.day_month(day.day), spans(say, day), note, bool(day.spans), day.day == today
        )
