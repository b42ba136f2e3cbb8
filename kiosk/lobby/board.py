"""What the board on the wall shows, as a value: from the queue, the content and a moment; no clock, no network.

    view = look(world, line, moment, heard)       # frozen, the same for every board
    msgspec.json.encode(view)                     # one event of `/board/events`

The page only sets texts: every sentence is made here, Thai first and Malay beside it, so a board knows no language, no
clock and no rule. An event is always the whole of it; whoever missed some has missed nothing.

The rules of this file:
1. No person stands on it: numbers, counters, counts.
2. A call bears its number of the day, and the last ones come with every event: a board that was away shows what it
   missed, and none twice.
3. A wait is a range or nothing: too few calls, or no open counter, and the board says that it cannot tell.
4. Where the clock is not trusted, no time of day is shown.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from functools import partial
from typing import Final, Literal

import msgspec

from kiosk import words
from kiosk.clock import Moment
from kiosk.desk import hours
from kiosk.desk.announcing import Heard, words_of_call
from kiosk.desk.tickets import Call, between_ms
from kiosk.desk.turns import Line
from kiosk.desk.world import World
from kiosk.lobby.files import build
from kiosk.lobby.words import sentence
from shared import thai
from shared.content import Bundle, Text
from shared.hours import Opening, State

_SAY: Final = {language: partial(words.sentence, language=language) for language in ("th", "ms")}

#: Thai, and Malay where it says something else.
Both = tuple[str, str]
Phase = Literal["open", "before", "closed"]

#: So many numbers that did not come are named; the others are counted.
MISSED_MAX: Final = 8
#: For so long after its start the kiosk says that it began anew.
RESTART_TOLD_MS: Final = 3 * 60_000


class Shown(msgspec.Struct, frozen=True, kw_only=True):
    """One call. `age_ms` None: no clock can tell."""

    id: int
    label: str
    counter: str
    say: Both
    age_ms: int | None


class Group(msgspec.Struct, frozen=True, kw_only=True):
    """Who waits in one group of services; `letters` are those its numbers bear."""

    letters: tuple[str, ...]
    name: Both
    waiting: int
    wait: Both
    known: bool


class Sound(msgspec.Struct, frozen=True, kw_only=True):
    """Whether calls can be heard. `play`: this board shall sound too."""

    ok: bool
    say: Both
    play: bool


class Calm(msgspec.Struct, frozen=True, kw_only=True):
    """What stands in the panel while nobody is called."""

    title: Both
    line: Both


class View(msgspec.Struct, frozen=True, kw_only=True):
    """The whole board. `build` is the edition of the pages: a board that has another loads itself anew. `time` and `at`
    are empty where no clock is trusted; `again` where the kiosk did not begin anew just now.
    """

    build: str
    day: str
    phase: Phase
    office: str
    date: Both
    time: str
    at: str
    calls: tuple[Shown, ...]
    missed: tuple[str, ...]
    missed_more: int
    groups: tuple[Group, ...]
    again: Both
    sound: Sound
    calm: Calm | None


def look(world: World, line: Line, moment: Moment, heard: Heard) -> View:
    """The board at this moment; `heard` is how the calls are heard."""
    bundle = world.content.bundle
    line = line.as_of(moment.at, moment.service_date.isoformat())
    opening = hours.now(bundle, moment) if bundle else None
    phase = _phase(line, moment, opening)
    calls = tuple(_shown(world, call, moment) for call in line.calls)
    missed = [
        each.label for each in sorted(line.tickets.values(), key=lambda each: each.place) if each.state == "missed"
    ]
    local = moment.wall.astimezone(thai.OFFICE_ZONE) if moment.wall is not None and moment.trusted else None
    return View(
        build=build(),
        day=line.service_date,
        phase=phase,
        office=bundle.office.name.th if bundle else world.identity.office_name,
        date=_of_day("board.date", local.date()) if local else ("", ""),
        time=f"{local:%H.%M}" if local else "",
        at=f"{local:%H.%M.%S}" if local else "",
        calls=calls if phase == "open" else (),
        missed=tuple(missed[:MISSED_MAX]),
        missed_more=max(0, len(missed) - MISSED_MAX),
        groups=tuple(_groups(world, bundle, line)) if bundle else (),
        again=_again(line, moment) if phase == "open" else ("", ""),
        sound=Sound(ok=heard.state == "ok", say=both(f"board.sound_{heard.state}"), play=heard.board),
        calm=_calm(bundle, phase, opening, moment) if phase != "open" or not calls else None,
    )


def both(key: str, **values: str) -> Both:
    """A sentence in Thai and in Malay."""
    return sentence(key, "th", **values), sentence(key, "ms", **values)


def _named(text: Text) -> Both:
    """A name of the content; the Malay half is empty where there is none."""
    return text.th, text.ms


def _phase(line: Line, moment: Moment, opening: State | None) -> Phase:
    """Whether people are called now: as long as the office is open, or somebody is still there."""
    if line.closed:
        return "closed"
    if line.tickets or opening is None or opening.open:
        return "open"
    today = opening.next is not None and opening.next.day == moment.service_date
    return "before" if today else "closed"


def _shown(world: World, call: Call, moment: Moment) -> Shown:
    reading = world.config.call_numbers
    th, ms = (" ".join(words_of_call(call, language, reading)) for language in ("th", "ms"))
    return Shown(
        id=call.id, label=call.label, counter=call.counter, say=(th, ms), age_ms=between_ms(call.at, moment.at)
    )


def _groups(world: World, bundle: Bundle, line: Line) -> Iterable[Group]:
    """One for each group of the office, in its order, with the letters of this kiosk and of every other that has given
    a number of it today.
    """
    own = world.identity.series
    waiting = line.waiting()
    for place, group in enumerate(bundle.office.series):
        there = [each for each in waiting if each.group == group.id]
        given = {each.series for each in line.tickets.values() if each.group == group.id}
        mine = own[min(place, len(own) - 1)]
        wait = line.range_min(group.id, len(there))
        yield Group(
            letters=(mine, *sorted(given - {mine})),
            name=_named(group.name),
            waiting=len(there),
            wait=wait_words(wait),
            known=wait is not None,
        )


def wait_words(wait: tuple[int, int] | None) -> Both:
    """A range of minutes as a sentence; that it cannot be told where there is none."""
    if wait is None:
        return both("board.wait_unknown")
    low, high = wait
    return both("board.wait_below" if low == 0 else "board.wait", low=str(low), high=str(high))


def _again(line: Line, moment: Moment) -> Both:
    """That the kiosk began anew, until somebody was called since, and for some minutes: the last number before."""
    before = [call for call in line.calls if call.at.boot != moment.at.boot]
    if not before or (len(before) < len(line.calls) and moment.at.mono_ms > RESTART_TOLD_MS):
        return "", ""
    return both("board.again", label=before[-1].label)


def _calm(bundle: Bundle | None, phase: Phase, opening: State | None, moment: Moment) -> Calm:
    office_hours = _named(bundle.office.hours) if bundle else ("", "")
    if phase == "open":
        return Calm(title=both("board.welcome"), line=both("board.take_a_number"))
    title = both("board.before" if phase == "before" else "board.closed")
    coming = opening.next if opening else None
    return Calm(title=title, line=_opens(coming, moment) if coming else office_hours)


def _opens(coming: Opening, moment: Moment) -> Both:
    time = f"{coming.time:%H.%M}"
    if coming.day == moment.service_date:
        return both("board.opens_today", time=time)
    return _of_day("board.opens", coming.day, time=time)


def _of_day(key: str, day: date, **values: str) -> Both:
    """A sentence that names a day."""
    th, ms = (
        sentence(key, language, day=words.long_day(say, day, language), weekday=words.weekday(say, day), **values)
        for language, say in _SAY.items()
    )
    return th, ms
