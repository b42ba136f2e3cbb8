"""The second door: a complaint about a person or about corruption, sealed to its readers before it touches the disk.

Whom it is about is asked first, by picture: that chooses the route, and so who reads it. The steps after it are the
first door's own with other words, and look like them: nobody can tell from afar at which door somebody stands. What is
typed lives in `visit.sealed` and leaves by `desk.confidential.file`. Of the slip nothing is recorded, and nothing here
makes a sound or shows a time.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import ClassVar, Final

from kiosk.desk import confidential, slips
from kiosk.desk.complaints import Filed
from kiosk.desk.confidential import Draft, NoRoute
from kiosk.paper import Outcome
from kiosk.ui.presenters.base import typing, verb
from kiosk.ui.presenters.complaint import (
    CategoryChoice,
    CategoryView,
    Contact,
    FormStep,
    FormView,
    Recorded,
    Review,
    ReviewRow,
    TimelineStop,
    Write,
    outside_channels,
)
from kiosk.ui.presenters.praise import Pick
from shared.content import Office, Route, Text
from shared.kinds import COMPLAINT_CATEGORIES

#: The stops of this form; "which" stands at the first, "when" at the third.
FORM: Final = ("whom", "sort", "tell", "reach", "check")

#: What is asked more exactly, by what a route is about. Of an office with one holder there is nothing more to ask.
PARTS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType({
    "unit": ("unit", "counter", "person"), "chief": ("person",), "council": ("person",),
    "person": ("person", "counter"), "unknown": ("unit", "counter"), "clerk": (),
})  # fmt: skip

#: How a sort of complaint is drawn.
_PICTURES: Final = {"conduct": "sort-conduct", "unfair": "sort-unfair", "corruption": "sort-corruption"}

#: How long ago it was, in the words one touches in place of typing.
_AGO: Final = ("today", "yesterday", "week", "month", "longer")


class SealedStep(FormStep):
    """What all steps of this form can do: those of the first door, on another draft."""

    review = "check"

    @property
    def draft(self) -> Draft:
        """What was entered so far."""
        return self.visit.sealed

    @property
    def asking(self) -> bool:
        """Never a mere question."""
        return False

    @property
    def form(self) -> tuple[str, ...]:
        """The stops of this form."""
        return FORM

    def change(self, **values: str) -> None:
        """Replace fields of the draft."""
        self.visit.sealed = replace(self.visit.sealed, **values)
        self._asked = False

    def clear(self) -> None:
        """Throw the draft away."""
        self.visit.sealed = Draft()

    def wrong(self) -> tuple[str, ...]:
        """The fields of the draft that are missing, unknown or too long."""
        return confidential.problems(self.visit.sealed, self.world.limits)

    @property
    def route(self) -> Route | None:
        """The route that was chosen; None before, and where the content no longer offers it."""
        return next((each for each in confidential.routes(self.world) if each.id == self.draft.route), None)

    def readers(self) -> str:
        """The positions that will read it."""
        return joined(readers_of(self.bundle.office, self.route), self.say.language)


def readers_of(office: Office, route: Route | None) -> tuple[Text, ...]:
    """The titles of a route's readers, in its order, without those of whom a newer edition knows nothing."""
    titles = {each.id: each.title for each in office.readers}
    return tuple(titles[each] for each in route.readers if each in titles) if route else ()


def joined(titles: tuple[Text, ...], language: str) -> str:
    """Titles in one line."""
    return " · ".join(each.into(language) for each in titles)


class Whom(SealedStep):
    """Whom it is about: one touch on a picture goes on."""

    step = stop = "whom"
    fields = ("route",)
    need = "whom.gone"

    def present(self) -> CategoryView:
        """Everybody one can complain of here."""
        say, chosen = self.say, self.draft.route
        return CategoryView(
            say, "", say("whom.title"), say("whom.sub"), say("whom.question"), self.said() or say("whom.hint"),
            tuple(
                CategoryChoice(each.id, each.subject.into(say.language), "", each.picture, each.id == chosen)
                for each in confidential.routes(self.world)
            ),
            form=self.form, stop=self.stop,
        )  # fmt: skip

    @verb
    def choose(self, route: str) -> None:
        """This one. What was said about somebody else no longer fits."""
        if route != self.draft.route:
            self.change(route=route, unit="", counter="", person="")
        self.on()

    def onward(self) -> str:
        """Ask for more only where there is more to ask."""
        return "which" if self.route is not None and PARTS[self.route.about] else "next"

    def gone(self) -> None:
        """The route chosen before is offered no more: it must be chosen again."""
        self.change(route="")
        self._asked = True


@dataclass(frozen=True, slots=True)
class Entry:
    """Something that may be typed: its label, what stands there, and an example."""

    label: str
    value: str
    hint: str


@dataclass(frozen=True, slots=True)
class DetailsView(FormView):
    """What may be told more exactly, by touch or in words. `field` is the entry being typed into, or ""."""

    title: str = ""
    sub: str = ""
    one_label: str = ""
    one: tuple[Pick, ...] = ()
    two_label: str = ""
    two: tuple[Pick, ...] = ()
    first: Entry | None = None
    second: Entry | None = None
    field: str = ""
    note: str = ""
    note_sub: str = ""


class Details(SealedStep):
    """A step of touches and short words, none of which is demanded."""

    #: The draft's fields behind the two entries.
    entries: ClassVar[tuple[str, str]] = ("", "")

    _field = ""

    def enter(self) -> None:
        """No keyboard before a field is touched."""
        super().enter()
        self._field = ""

    @verb
    def focus(self, field: str) -> None:
        """Type into "first" or "second"; "" closes the keyboard."""
        self._field = field

    @typing
    def first(self, text: str) -> None:
        """The first entry as typed."""
        self._type(self.entries[0], text)

    @typing
    def second(self, text: str) -> None:
        """The second entry as typed."""
        self._type(self.entries[1], text)

    def _type(self, name: str, text: str) -> None:
        if name:
            self.change(**{name: text[: confidential.chars_max(name, self.world.limits)]})


class Which(Details):
    """Which division, which counter, what name: whatever is known of it."""

    step, stop = "which", "whom"
    fields = ("unit", "counter", "person")
    entries = ("person", "")

    def present(self) -> DetailsView:
        """What fits the route, and who will read it: whoever must not may still be avoided. Whom it is about stands in
        no header, which is read from afar.
        """
        say, draft, office, route = self.say, self.draft, self.bundle.office, self.route
        parts = PARTS[route.about] if route else ()
        units = tuple(Pick(each.id, each.name.into(say.language), each.id == draft.unit) for each in office.divisions)
        counters = tuple(Pick(each, say("which.counter_no", n=each), each == draft.counter) for each in office.counters)
        named = Entry(say("which.person"), draft.person, say("which.person_hint"))
        return DetailsView(
            say, "", say("whom.title"), say("which.sub"),
            say("which.unit"), units if "unit" in parts else (),
            say("which.counter"), counters if "counter" in parts else (),
            named if "person" in parts else None, None, self._field,
            say("which.readers", who=self.readers()), say("which.avoid"), form=self.form, stop=self.stop,
        )  # fmt: skip

    @verb
    def pick_one(self, unit: str) -> None:
        """This division; touched again, none."""
        self.change(unit="" if unit == self.draft.unit else unit)

    @verb
    def pick_two(self, counter: str) -> None:
        """This counter; touched again, none."""
        self.change(counter="" if counter == self.draft.counter else counter)


class Sort(SealedStep):
    """What sort of complaint: the office counts these, and nothing finer."""

    step = stop = "sort"
    fields = ("category",)

    def present(self) -> CategoryView:
        """The sorts there are."""
        say, chosen = self.say, self.draft.category
        return CategoryView(
            say, "", say("sort.title"), say("sort.sub"), say("sort.question"), say("sort.hint"),
            tuple(
                CategoryChoice(each, say(f"sort.{each}"), say(f"sort.{each}_why"), _PICTURES[each], each == chosen)
                for each in COMPLAINT_CATEGORIES
            ),
            form=self.form, stop=self.stop,
        )  # fmt: skip

    @verb
    def choose(self, category: str) -> None:
        """This one."""
        self.change(category=category)
        self.on()


class Tell(SealedStep, Write):
    """What happened, in the citizen's words."""

    step = stop = "tell"


class When(Details):
    """When and where it was, by touch or in the citizen's own words; never a time the kiosk measured."""

    step, stop = "when", "tell"
    fields = ("when", "place")
    entries = ("when", "place")

    def present(self) -> DetailsView:
        """Roughly how long ago, and the two entries."""
        say, draft = self.say, self.draft
        words = {each: say(f"when.{each}") for each in _AGO}
        return DetailsView(
            say, "", say("when.title"), say("when.sub"), say("when.ago"),
            tuple(Pick(each, word, word == draft.when) for each, word in words.items()), "", (),
            Entry(say("when.when"), draft.when, say("when.when_hint")),
            Entry(say("when.place"), draft.place, say("when.place_hint")), self._field,
            "", say("where.optional"), form=self.form, stop=self.stop,
        )  # fmt: skip

    @verb
    def pick_one(self, ago: str) -> None:
        """These words stand in the entry; touched again, none."""
        words = self.say(f"when.{ago}")
        self.change(when="" if words == self.draft.when else words)


class Reach(SealedStep, Contact):
    """An optional way to be called back, known to the readers alone."""

    step = stop = "reach"

    def short_notice(self) -> str:
        """Who sees it stands beside the fields; below it the whole notice says so anyway."""
        return self.say("contact.short") if self._open else self.say("reach.short", who=self.readers())

    def whole_notice(self) -> tuple[str, ...]:
        """What is asked, why, who sees it, how long, and what one may ask for."""
        say, office = self.say, self.bundle.office
        return (
            say("contact.who", office=office.name.into(say.language), phone=office.phone),
            say("reach.why"), say("reach.reader", who=self.readers()), say("contact.keep"), say("reach.rights"),
        )  # fmt: skip


class Check(SealedStep, Review):
    """Check and send."""

    step = stop = "check"
    mends: ClassVar[Mapping[str, str]] = {
        "route": "whom", "category": "sort", "text": "tell", "unit": "which", "counter": "which", "person": "which",
        "when": "when", "place": "when", "contact_name": "reach", "contact_phone": "reach",
    }  # fmt: skip
    page = "kept"

    def readers_line(self) -> str:
        """The readers of the route."""
        return self.say("which.readers", who=self.readers())

    def rows(self) -> tuple[ReviewRow, ...]:
        """Each part as it will be sealed."""
        say, draft, route, office = self.say, self.draft, self.route, self.bundle.office
        unit = next((each.name.into(say.language) for each in office.divisions if each.id == draft.unit), "")
        counter = say("which.counter_no", n=draft.counter) if draft.counter else ""
        which = " · ".join(filter(None, (unit, counter, draft.person.strip())))
        when = " · ".join(filter(None, (draft.when.strip(), draft.place.strip())))
        more = ReviewRow("which", say("check.which"), which or say("review.where_none"), "identification-card")
        return (
            ReviewRow("whom", say("check.whom"), route.subject.into(say.language) if route else "", "user"),
            *((more,) if route and PARTS[route.about] else ()),
            ReviewRow("sort", say("review.category"), say(f"sort.{draft.category}") if draft.category else "",
                      "list-bullets"),
            ReviewRow("tell", say("review.text"), draft.text.strip(), "note-pencil"),
            ReviewRow("when", say("check.when"), when or say("review.where_none"), "calendar-blank"),
            self.contact_row("reach"),
        )  # fmt: skip

    def filing(self) -> Callable[[], Filed]:
        """Seal and record."""
        world, moment, draft, language = self.world, self.flow.clock.now(), self.draft, self.visit.language
        kept = self.flow.presenter_of("kept")
        assert isinstance(kept, Kept)
        kept.route = self.route
        kept.readers = readers_of(self.bundle.office, self.route)
        return lambda: confidential.file(world, moment, draft, language)

    def _trouble(self, error: Exception) -> bool:
        if not isinstance(error, NoRoute):
            return super()._trouble(error)
        # The content changed meanwhile. What was typed stays until somebody chooses again, or leaves.
        if not confidential.routes(self.world):
            self.clear()
            self.flow.follow("outside")
            return True
        whom = self.flow.presenter_of("whom")
        assert isinstance(whom, Whom)
        self.changing = True
        self.flow.follow("whom")
        whom.gone()
        return True


class Kept(Recorded):
    """The code, who reads it, and what comes next. No word of what it is about."""

    step = "kept"

    #: Of what was just recorded, and who reads it: as it was sealed, whatever a newer edition says.
    route: Route | None = None
    readers: tuple[Text, ...] = ()

    def stops(self, filed: Filed) -> tuple[TimelineStop, ...]:
        """As for a request, but for who reads it; the bodies outside stand here too, for the code must not be left."""
        say, route = self.say, self.route
        outside = " · ".join(f"{each.name} {each.phone}" for each in outside_channels(self))
        who = joined(self.readers, say.language)
        return (
            TimelineStop("check", say("kept.kept"), say("kept.kept_why"), say("recorded.today"),
                         say.day_month(filed.filed_on), done=True),
            TimelineStop("paper-plane-tilt", say("kept.sent", who=who),
                         say("kept.sent_why" if route and route.leaves_out else "kept.sent_only"),
                         say("kept.sent_when"), "", done=False),
            *self.answers(filed, last=not outside),
            *((TimelineStop("buildings", say("kept.outside"), outside, say("kept.outside_when"), "", done=False,
                            last=True),) if outside else ()),
        )  # fmt: skip

    def printing(self, filed: Filed) -> Callable[[], Outcome]:
        """The same slip as any other; nothing is recorded of it."""
        world, clock, language = self.world, self.flow.clock, self.visit.language
        moment = clock.now()
        return lambda: slips.print_apart(world, moment, slips.case_slip(world, filed, language), mono_ms=clock.mono_ms)
