"""Opening hours as a citizen asks for them: open now or not, the days to come, where staff come to next.

Where the clock is not trusted nothing is said about "now": a wrong "open" sends somebody home before a locked door.
"""

from datetime import date, datetime, timedelta

from kiosk.clock import Moment
from shared import hours
from shared.content import Bundle, Trip
from shared.hours import Day, State
from shared.thai import OFFICE_ZONE

#: So far ahead the attract screen tells of trips and special days.
SOON_DAYS = 14


def now(bundle: Bundle, moment: Moment) -> State | None:
    """Whether the office is open; None where it has no schedule here, or the time of day is not known."""
    if bundle.schedule is None or moment.wall is None or not moment.trusted:
        return None
    return hours.at(bundle.schedule, bundle.office.holidays, moment.wall)


def shut_for_min(bundle: Bundle, moment: Moment, day: date) -> int | None:
    """For how many minutes the office has been shut at the end of `day`: less than nothing before, None where `day` is
    not today or has no hours, or the time of day is not known.
    """
    if bundle.schedule is None or moment.wall is None or not moment.trusted:
        return None
    local = moment.wall.astimezone(OFFICE_ZONE)
    spans = hours.of_day(bundle.schedule, bundle.office.holidays, day).spans
    if local.date() != day or not spans:
        return None
    shut = datetime.combine(day, spans[-1].closes, OFFICE_ZONE)
    return int((local - shut).total_seconds() // 60)


def week(bundle: Bundle, day: date) -> list[Day]:
    """The seven days from `day` on; none without a schedule."""
    return hours.week(bundle.schedule, bundle.office.holidays, day) if bundle.schedule else []


def trips(bundle: Bundle, day: date) -> list[Trip]:
    """Where staff come to from `day` on, the next one first."""
    return hours.coming(bundle.schedule, day) if bundle.schedule else []


def specials(bundle: Bundle, day: date, days: int) -> list[Day]:
    """The special days within `days` from `day` on, `day` included."""
    if bundle.schedule is None:
        return []
    found = (
        hours.of_day(bundle.schedule, bundle.office.holidays, day + timedelta(days=ahead)) for ahead in range(days)
    )
    return [each for each in found if each.why == "special"]


def soon(bundle: Bundle, day: date) -> list[Trip]:
    """The trips of the next two weeks."""
    return [trip for trip in trips(bundle, day) if trip.day < day + timedelta(days=SOON_DAYS)]
