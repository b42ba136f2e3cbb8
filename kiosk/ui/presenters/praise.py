"""Praise for a colleague: who, why, and words if one wishes; then thanks."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from kiosk.desk import praise
from kiosk.ui.presenters.base import Presenter, View, typing, verb
from kiosk.ui.presenters.rating import ReasonChoice

#: People a page, where there is no room for more; a large screen shows two such rows.
PEOPLE_ROW: Final = 3
PRAISED_S: Final = 20


@dataclass(frozen=True, slots=True)
class Person:
    """A colleague who may be praised by name."""

    id: str
    name: str
    position: str
    division: str
    picture: str
    chosen: bool
    photo: bytes = b""


@dataclass(frozen=True, slots=True)
class Pick:
    """A counter or an hour."""

    id: str
    word: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class PraiseView(View):
    """Who and why. `unknown` asks for counter and hour in place of a name."""

    people: tuple[Person, ...] = ()
    page: int = 0
    pages: int = 1
    page_text: str = ""
    unknown: bool = False
    counters: tuple[Pick, ...] = ()
    hours: tuple[Pick, ...] = ()
    reasons: tuple[ReasonChoice, ...] = ()
    words: str = ""
    writing: bool = False
    need: str = ""
    named: bool = True
    """Whether anybody may be praised by name here."""


class Praise(Presenter[PraiseView]):
    """Choose somebody or say that the name is not known; all else may be left out. Nothing is kept before "send"."""

    step = "praise"

    _thanks = praise.Thanks()
    _unknown = False
    _writing = False
    _asked = False
    #: The first of the page on screen; a page may hold more or fewer people from now on.
    _first = 0
    _held = PEOPLE_ROW

    def enter(self) -> None:
        """Where nobody agreed to be named, counter and hour are asked at once."""
        self._unknown = self._unknown or not self.bundle.office.colleagues

    def present(self) -> PraiseView:
        """As far as it was chosen."""
        say, thanks, office = self.say, self._thanks, self.bundle.office
        divisions = {each.id: each.name.into(say.language) for each in office.divisions}
        held = self._held
        pages = max(1, -(-len(office.colleagues) // held))
        page = min(self._first // held, pages - 1)
        return PraiseView(
            say,
            () if self._unknown else tuple(
                Person(
                    each.id, each.name.into(say.language), each.position.into(say.language),
                    divisions.get(each.division, ""), each.picture, each.id == thanks.person,
                    self.photo_of(each),
                )
                for each in office.colleagues[page * held : (page + 1) * held]
            ),
            page, pages, say("services.page", page=page + 1, pages=pages), self._unknown,
            tuple(Pick(each, say("praise.counter_no", n=each), each == thanks.counter) for each in office.counters),
            tuple(Pick(each, f"{int(each):02d}.00", each == thanks.hour) for each in praise.HOURS),
            tuple(
                ReasonChoice(each.id, each.name.into(say.language), each.icon, each.id in thanks.reasons)
                for each in office.feedback.praise
            ),
            thanks.words, self._writing,
            say("praise.need") if self._asked and not (thanks.person or self._unknown) else "",
            bool(office.colleagues),
        )  # fmt: skip

    def fit(self, rows: int) -> None:
        """The screen has room for this many rows of people."""
        if rows * PEOPLE_ROW != self._held:
            self._held = rows * PEOPLE_ROW
            self.flow.show()

    @verb
    def person(self, person: str) -> None:
        """This one."""
        self._thanks = replace(self._thanks, person=person, counter="", hour="")

    @verb
    def unknown(self) -> None:
        """The name is not known; touched again, it is."""
        self._unknown = not self._unknown
        self._thanks = replace(self._thanks, person="", counter="", hour="")

    @verb
    def counter(self, counter: str) -> None:
        """At this counter; touched again, none."""
        self._thanks = replace(self._thanks, counter="" if counter == self._thanks.counter else counter)

    @verb
    def hour(self, hour: str) -> None:
        """In this hour; touched again, none."""
        self._thanks = replace(self._thanks, hour="" if hour == self._thanks.hour else hour)

    @verb
    def reason(self, reason: str) -> None:
        """This is why; touched again, it is not."""
        held = self._thanks.reasons
        self._thanks = replace(
            self._thanks, reasons=tuple(each for each in held if each != reason) if reason in held else (*held, reason)
        )

    @verb
    def turn(self, pages: int) -> None:
        """Other people."""
        view = self.present()
        self._first = max(0, min(view.page + pages, view.pages - 1)) * self._held

    @verb
    def write(self, open_: bool) -> None:
        """Open or close the keyboard."""
        self._writing = open_

    @typing
    def words(self, text: str) -> None:
        """The whole text as typed."""
        self._thanks = replace(self._thanks, words=text[: praise.WORDS_MAX])

    @verb
    def send(self) -> None:
        """Record it, once it is known whom it is for or that nobody knows."""
        if not (self._thanks.person or self._unknown):
            self._asked = True
            self._writing = False
            return
        world, moment, thanks, language = self.world, self.flow.clock.now(), self._thanks, self.visit.language
        self.work(lambda: praise.give(world, moment, thanks, language), self._given)

    def _given(self, _seq: int) -> None:
        self._thanks = praise.Thanks()
        self.flow.follow("sent")


@dataclass(frozen=True, slots=True)
class PraisedView(View):
    """Thanks for the thanks."""

    done_sub: str = ""


class Praised(Presenter[PraisedView]):
    """Shown only after the praise was read back."""

    step = "praised"
    final = True
    ends_after_s = PRAISED_S

    def present(self) -> PraisedView:
        """Until it ends by itself."""
        return PraisedView(self.say, self.say("thanks.done_why", seconds=self.flow.seconds_left()))

    @verb
    def done(self) -> None:
        """Leave and forget."""
        self.flow.follow("done")
