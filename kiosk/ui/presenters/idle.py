"""Waiting for somebody: the attract screen, and the start page of a visit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from kiosk.desk import complaints, notices, queue
from kiosk.desk.visit import Language
from kiosk.ui.presenters.base import Presenter, View, verb
from kiosk.ui.strings import LANGUAGES
from kiosk.words import JAWI

#: A notice stays this long before the next one comes.
NOTICE_S: Final = 8


@dataclass(frozen=True, slots=True)
class IdleView(View):
    """The attract screen. `notices` says how many there are, `place` (from 0) which one is shown."""

    office: str = ""
    hours: str = ""
    notice: str = ""
    notice_body: str = ""
    notices: int = 0
    place: int = 0


class Idle(Presenter[IdleView]):
    """Shows the office and its notices, and waits."""

    step = "idle"

    def present(self) -> IdleView:
        """The office, and the notice whose turn it is."""
        office = self.bundle.office
        language = self.visit.language
        told = notices.current(self.bundle, self.flow.clock.now().service_date)
        view = IdleView(self.say, office.name.into(language), office.hours.into(language))
        if not told:
            return view
        place = self.flow.clock.mono_ms() // (NOTICE_S * 1000) % len(told)
        title, body = told[place].title.into(language), told[place].body.into(language)
        return IdleView(view.say, view.office, view.hours, title, body, len(told), place)

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
)


@dataclass(frozen=True, slots=True)
class HomeView(View):
    """The start page: who and where we are, what can be done here."""

    office: str = ""
    kiosk: str = ""
    tickets: str = ""
    languages: tuple[LanguageChoice, ...] = ()
    doors: tuple[Door, ...] = ()
    note: str = ""
    """Who reads Jawi is told why some of it stands in Rumi, and which text counts."""


class Home(Presenter[HomeView]):
    """The start page. Only what works has a tile."""

    step = "home"

    _issued: int | None = None

    def enter(self) -> None:
        """Count the numbers given today; that is no promise about waiting, since no counter calls from here yet."""
        world, moment = self.world, self.flow.clock.now()
        self.flow.aside(lambda: queue.issued_today(world, moment), self._counted, lambda _error: True)

    def _counted(self, issued: int) -> None:
        self._issued = issued

    def _tickets(self) -> str:
        if self._issued is None:
            return ""
        return self.say("home.tickets", n=self._issued) if self._issued else self.say("home.tickets_none")

    def present(self) -> HomeView:
        """As things stand."""
        say = self.say
        chosen = self.visit.language
        return HomeView(
            say,
            self.bundle.office.name.into(chosen),
            self.dated(self.world.identity.kiosk_name),
            self._tickets(),
            tuple(
                LanguageChoice(language, own("language.name"), language == chosen)
                for language in LANGUAGES
                if language in self.world.config.languages and (own := self.flow.saying(language)).offered
            ),
            tuple(
                Door(name, picture, icon, panel, say(f"home.{name}"), say(f"home.{name}_why"))
                for name, picture, icon, panel in DOORS
                if name not in self._shut()
            ),
            note=say("home.note") if chosen == JAWI else "",
        )

    def _shut(self) -> set[str]:
        """The doors that lead nowhere with this content."""
        return set() if complaints.categories(self.bundle, asks=True) else {"ask"}

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
