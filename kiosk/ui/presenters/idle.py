"""Waiting for somebody: the attract screen, and the start page of a visit."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Final

from kiosk.desk import complaints, hours, notices, queue, waiting
from kiosk.desk.visit import Language
from kiosk.desk.waiting import Hall
from kiosk.ui.presenters.base import Presenter, View, verb
from kiosk.ui.presenters.hours import dated, opening, span
from kiosk.ui.strings import LANGUAGES, Say
from kiosk.words import JAWI
from shared.content import SHOWN_FROM
from shared.hours import State

if TYPE_CHECKING:
    from kiosk.ui.presenters.flow import Flow

#: A slide stays this long before the next one comes.
SLIDE_S: Final = 8
#: Who rated, by the place of the ratings.
WHO_RATED: Final = {"ticket": "idle.rated_ticket", "outreach": "idle.rated_outreach"}


def spoken(flow: Flow) -> list[tuple[Language, Say]]:
    """The languages of this kiosk with their words, in the order of the language row."""
    configured = flow.world.config.languages
    return [(each, say) for each in LANGUAGES if each in configured and (say := flow.saying(each)).offered]


@dataclass(frozen=True, slots=True)
class Slide:
    """One thing told in turn: a sign on a ground of colour `tone`, what sort of thing it is, a large line and more."""

    icon: str = "megaphone"
    tone: str = "sky"
    label: str = ""
    title: str = ""
    body: str = ""


@dataclass(frozen=True, slots=True)
class Rated:
    """How the last month was rated: percent of contented people, who they were, how many gave scores 1 to 5."""

    title: str
    percent: str
    line: str
    by_score: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class IdleView(View):
    """The attract screen. `slides` says how many there are, `place` (from 0) which one is shown.

    `rated` is None where too few rated; `link` is empty outside the days of the survey, which is only ever shown.
    """

    office: str = ""
    hours: str = ""
    closed: bool = False
    slide: Slide = Slide()
    slides: int = 0
    place: int = 0
    rated: Rated | None = None
    survey: str = ""
    link: str = ""
    also: str = ""
    """The word for "touch" in every other language that is spoken here."""


class Idle(Presenter[IdleView]):
    """Shows the office and what it tells, and waits."""

    step = "idle"

    def present(self) -> IdleView:
        """The office, and the slide whose turn it is."""
        office, language = self.bundle.office, self.visit.language
        moment = self.flow.clock.now()
        slides = list(self._slides(moment.service_date))
        place = self.flow.clock.mono_ms() // (SLIDE_S * 1000) % max(1, len(slides))
        survey = notices.survey(self.bundle, moment.service_date)
        state = hours.now(self.bundle, moment)
        closed = state is not None and not state.open
        return IdleView(
            self.say, office.name.into(language),
            opening(self.say, state, moment.service_date) if state and closed else office.hours.into(language), closed,
            slides[place] if slides else Slide(), len(slides), place, self._rated(),
            survey.title.into(language) if survey else "", survey.link if survey else "",
            " · ".join(say("idle.touch_word") for each, say in spoken(self.flow) if each != language),
        )  # fmt: skip

    def _slides(self, day: date) -> Iterator[Slide]:
        say, language, villages = self.say, self.visit.language, self.bundle.office.villages
        names = {village.id: village.name.into(language) for village in villages}
        for notice in notices.current(self.bundle, day):
            yield Slide("megaphone", "sky", say("idle.notice"), notice.title.into(language), notice.body.into(language))
        for special in hours.specials(self.bundle, day, hours.SOON_DAYS):
            title = special.name.into(language) if special.name else ""
            yield Slide(
                "calendar-check" if special.spans else "moon", "water", say("idle.special"), title, dated(say, special)
            )
        for trip in hours.soon(self.bundle, day):
            title = say("idle.trip_title", village=names.get(trip.village, trip.village), day=say.weekday(trip.day))
            body = say("idle.trip_body", day=say.day_month(trip.day), time=span(trip), what=trip.what.into(language))
            yield Slide("truck", "water", say("idle.trip"), title, body)
        for each in notices.said(self.bundle, day):
            label = say("idle.said", n=each.people)
            did = say("idle.did", did=each.did.into(language))
            yield Slide("chats-circle", "leaf", label, say("idle.asked", asked=each.asked.into(language)), did)

    def _rated(self) -> Rated | None:
        month = self.bundle.satisfaction
        if month is None or month.n < SHOWN_FROM:
            return None
        say, key = self.say, WHO_RATED.get(month.place, "idle.rated_passers")
        contented = sum(month.by_score[3:])
        # Halves go up, in whole numbers.
        percent = (200 * contented + month.n) // (2 * month.n)
        line = say(key, n=month.n)
        return Rated(say("idle.rated", month=say.month(month.month)), str(percent), line, month.by_score)

    @verb
    def begin(self) -> None:
        """Somebody came."""
        self.flow.follow("started")


@dataclass(frozen=True, slots=True)
class LanguageChoice:
    """One language in the language row, by its own name."""

    language: Language
    name: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class Door:
    """One door of the start page: the verb it says, and how it looks."""

    verb: str
    picture: str
    icon: str
    panel: str
    text: str
    sub: str


#: Every door but the first, large one: verb, drawing, sign, ground.
DOORS: Final = (
    ("problem", "report", "megaphone", "clay_wash"),
    ("track", "track", "file-magnifying-glass", "sky_wash"),
    ("rate", "rate", "smiley", "leaf_wash"),
    ("praise", "praise", "hand-heart", "sand"),
    ("ask", "ask", "question", "wash"),
    ("notices", "notice", "newspaper", "sky_wash"),
    ("way", "way", "signpost", "leaf_wash"),
)
#: So many doors have a picture at their side; those that follow are smaller, with it above their word.
WIDE_DOORS: Final = 4


@dataclass(frozen=True, slots=True)
class HomeView(View):
    """The start page: who and where we are, what can be done here."""

    office: str = ""
    short: str = ""
    """The office's name where there is little room."""
    kiosk: str = ""
    now: str = ""
    """Open or closed, and until when; empty where the office has no hours here or the clock is not trusted."""
    closed: bool = False
    has_hours: bool = False
    """Whether there is a page of opening hours to turn to."""
    busy: int = 0
    """1 quiet, 2 some, 3 many; 0 while it is not known."""
    waiting: str = ""
    waiting_of: str = ""
    languages: tuple[LanguageChoice, ...] = ()
    doors: tuple[Door, ...] = ()
    small: tuple[Door, ...] = ()
    note: str = ""
    """Who reads Jawi is told why some of it stands in Rumi, and which text counts."""


class Home(Presenter[HomeView]):
    """The start page. Only what works has a tile."""

    step = "home"

    _issued: int | None = None
    _busy: queue.Busy | None = None
    _hall: Hall | None = None

    def enter(self) -> None:
        """Look how the hall stands; where no counter tells it, how many numbers were given today and lately."""
        world, moment, line = self.world, self.flow.clock.now(), self.flow.queue

        def look() -> tuple[int, queue.Busy | None, Hall | None]:
            stands = waiting.hall(line.look(), moment)
            busy = queue.busy(world, moment) if stands is None else None
            return queue.issued_today(world, line.dated(moment)), busy, stands

        self.flow.aside(look, self._counted, lambda _error: True)

    def _counted(self, counted: tuple[int, queue.Busy | None, Hall | None]) -> None:
        self._issued, self._busy, self._hall = counted

    def _waiting(self, state: State | None) -> tuple[int, str, str]:
        """How busy it is: level, words, and what they stand on."""
        say = self.say
        if state is not None and not state.open:
            return 0, say("home.closed"), say("home.closed_why")
        if self._hall is not None:
            stands = self._hall
            low, high = stands.minutes or (0, 0)
            told = "none" if not stands.waiting else "range" if low else "below" if high else "some"
            sub = say(f"home.wait_{told}", n=stands.waiting, low=low, high=high)
            return stands.level, say(f"home.busy_{stands.level}"), sub
        if self._busy is not None:
            words = say(f"home.busy_{self._busy.level}")
            if not self._busy.tickets:
                return self._busy.level, words, say("home.busy_none")
            return self._busy.level, words, say("home.busy_why", n=self._busy.tickets)
        if self._issued is None:
            return 0, "", ""
        words = say("home.tickets", n=self._issued) if self._issued else say("home.tickets_none")
        return 0, words, say("home.tickets_of")

    def present(self) -> HomeView:
        """As things stand."""
        say = self.say
        chosen = self.visit.language
        moment = self.flow.clock.now()
        state = hours.now(self.bundle, moment)
        doors = tuple(
            Door(name, picture, icon, panel, say(f"home.{name}"), say(f"home.{name}_why"))
            for name, picture, icon, panel in DOORS
            if name not in self._shut()
        )
        return HomeView(
            say,
            self.bundle.office.name.into(chosen),
            self.bundle.office.short_name.into(chosen),
            self.dated(self.world.identity.kiosk_name),
            opening(say, state, moment.service_date) if state else "",
            state is not None and not state.open,
            self.bundle.schedule is not None,
            *self._waiting(state),
            tuple(
                LanguageChoice(language, own("language.name"), language == chosen)
                for language, own in spoken(self.flow)
            ),
            doors[:WIDE_DOORS],
            doors[WIDE_DOORS:],
            note=say("home.note") if chosen == JAWI else "",
        )

    def _shut(self) -> set[str]:
        """The doors that lead nowhere with this content."""
        shut = set() if complaints.categories(self.bundle, asks=True) else {"ask"}
        return shut if self.bundle.floor else shut | {"way"}

    @verb
    def way(self) -> None:
        """Find a room."""
        self.flow.follow("way")

    @verb
    def hours(self) -> None:
        """See when the office is open and where it comes to."""
        if self.bundle.schedule is not None:
            self.flow.follow("hours")

    @verb
    def praise(self) -> None:
        """Praise a colleague."""
        self.flow.follow("praise")

    @verb
    def ask(self) -> None:
        """Ask or suggest something."""
        self.flow.follow("ask")

    @verb
    def services(self) -> None:
        """See what the office offers, and take a number."""
        self.flow.follow("services")

    @verb
    def problem(self) -> None:
        """Report something or complain."""
        self.flow.follow("problem")

    @verb
    def track(self) -> None:
        """Follow a case by its code."""
        self.flow.follow("track")

    @verb
    def notices(self) -> None:
        """Read what the office tells everybody."""
        self.flow.follow("notices")

    @verb
    def rate(self) -> None:
        """Rate the service."""
        self.flow.follow("rate")

    @verb
    def speak(self, language: Language) -> None:
        """Go on in another language."""
        self.visit.language = language
