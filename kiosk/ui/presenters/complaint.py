"""Filing a request or complaint: two doors, five short steps, and the code that follows it up.

Everything typed lives in the visit's `Draft` and nowhere else. It leaves by `desk.complaints.file`, after which the
draft is emptied at once; the code is shown once. The form of the second door, for complaints about people, is made of
these same steps (`presenters.sealed`), so that nobody can tell from afar at which door somebody stands.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import ClassVar, Final, Protocol

from kiosk.desk import complaints, confidential, contact, hours, slips
from kiosk.desk.complaints import Draft, DraftIncomplete, Filed
from kiosk.paper import HAS_PAPER, Outcome, PrinterState
from kiosk.ui.presenters.aloud import DICTATION_GAP_S
from kiosk.ui.presenters.base import Presenter, View, typing, verb
from kiosk.ui.presenters.hours import opening
from shared import graphemes

#: The form's steps in order; each is also its word in the stepper.
FORM: Final = ("category", "where", "write", "contact", "review")

RECORDED_S: Final = 60


# --- the doors ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Example:
    """A category's picture and name."""

    picture: str
    name: str


@dataclass(frozen=True, slots=True)
class DoorsView(View):
    """Two doors: for general matters, and for complaints about people."""

    examples: tuple[Example, ...] = ()
    confidential: bool = False
    """Whether complaints about people are taken here: somebody may be asked to read them."""


class Doors(Presenter[DoorsView]):
    """Choosing the door."""

    step = "doors"

    def present(self) -> DoorsView:
        """The general door with pictures of what it is for."""
        categories = complaints.categories(self.bundle)[:5]
        language = self.say.language
        examples = tuple(Example(each.picture, each.name.into(language)) for each in categories)
        return DoorsView(self.say, examples, bool(confidential.routes(self.world)))

    @verb
    def general(self) -> None:
        """Something general; where this kiosk takes nothing any more, be told so before anything is typed."""
        self.flow.follow("cannot" if contact.read(self.world.store).revoked else "general")

    @verb
    def person(self) -> None:
        """About a person; where nobody here may be asked to read it, see who outside does."""
        self.flow.follow("person" if confidential.routes(self.world) else "outside")

    @verb
    def outside(self) -> None:
        """See who hears complaints outside the office."""
        self.flow.follow("outside")

    @verb
    def track(self) -> None:
        """I have a code."""
        self.flow.follow("track")


@dataclass(frozen=True, slots=True)
class Channel:
    """Somebody outside the office who hears complaints."""

    name: str
    phone: str


@dataclass(frozen=True, slots=True)
class OutsideView(View):
    """Where complaints about the office's own people are heard."""

    channels: tuple[Channel, ...] = ()
    why: str = ""
    """Why one is sent here, where this kiosk itself cannot take it."""


class Outside(Presenter[OutsideView]):
    """The bodies outside; nothing is recorded here, not even that somebody looked."""

    step = "outside"
    final = True

    def present(self) -> OutsideView:
        """The list of the content."""
        why = "outside.why" if confidential.routes(self.world) else "outside.closed"
        return OutsideView(self.say, outside_channels(self), self.say(why))

    @verb
    def done(self) -> None:
        """Leave and forget."""
        self.flow.follow("done")


def outside_channels(at: Presenter[View]) -> tuple[Channel, ...]:
    """Who hears complaints outside the office, in the language of the visit."""
    channels = at.bundle.office.outside_channels
    return tuple(Channel(each.name.into(at.say.language), each.phone) for each in channels)


# --- the form ----------------------------------------------------------------------------------------------------


class Told(Protocol):
    """What the drafts of both doors hold."""

    @property
    def text(self) -> str:
        """What happened."""

    @property
    def contact_name(self) -> str:
        """The name to be called by."""

    @property
    def contact_phone(self) -> str:
        """The telephone number."""


@dataclass(frozen=True, slots=True)
class FormView(View):
    """What all steps of the form have: a word where one cannot go on yet, the steps of this form, and which of them
    this is (`stop`).
    """

    need: str = ""
    form: tuple[str, ...] = field(default=FORM, kw_only=True)
    stop: str = field(default="", kw_only=True)


class FormStep(Presenter[FormView]):
    """What all steps of the form can do."""

    #: The draft's fields that this step answers for, and what to say where they are missing.
    fields: ClassVar[tuple[str, ...]] = ()
    need: ClassVar[str] = ""
    #: Its place in the stepper, and the step that shows the whole form before it is sent.
    stop: ClassVar[str]
    review: ClassVar[str] = "review"

    _asked = False

    @property
    def draft(self) -> Told:
        """What was entered so far."""
        return self.visit.draft

    @property
    def asking(self) -> bool:
        """Whether this is a question or a suggestion: it reports nothing, so it has no place to be found at."""
        return any(each.id == self.visit.draft.category for each in complaints.categories(self.bundle, asks=True))

    @property
    def form(self) -> tuple[str, ...]:
        """The steps of this form."""
        return FORM[FORM.index("write") :] if self.asking else FORM

    def change(self, **values: str) -> None:
        """Replace fields of the draft."""
        self.visit.draft = replace(self.visit.draft, **values)
        self._asked = False

    def clear(self) -> None:
        """Throw the draft away."""
        self.visit.draft = Draft()

    def wrong(self) -> tuple[str, ...]:
        """The fields of the draft that are missing or too long."""
        return complaints.problems(self.visit.draft, self.world.limits)

    def enter(self) -> None:
        """Nothing is asked for before somebody tries to go on."""
        self._asked = False

    def lacking(self) -> bool:
        """Whether a field of this step is missing or too long."""
        return bool(set(self.wrong()) & set(self.fields))

    def said(self) -> str:
        """What to say about it, once somebody tried to go on."""
        return self.say(self.need) if self._asked and self.need and self.lacking() else ""

    def on(self) -> None:
        """To the next step, or back to the review that sent us here; where something is lacking, say what."""
        if self.lacking():
            self._asked = True
            return
        review = self.flow.presenter_of(self.review)
        assert isinstance(review, Review)
        self.flow.follow("changed" if review.changing else self.onward())

    def onward(self) -> str:
        """What the map calls the way on from here."""
        return "next"

    @verb
    def next(self) -> None:
        """Go on."""
        self.on()

    @verb
    def cancel(self) -> None:
        """Throw the draft away and leave."""
        self.clear()
        self.flow.follow("cancelled")


@dataclass(frozen=True, slots=True)
class AskView(View):
    """How to ask: by telephone, in office hours, or here and now."""

    phone: str = ""
    hours: str = ""
    now: str = ""
    """Whether somebody answers now; empty where that is not known."""
    closed: bool = False
    choices: tuple[CategoryChoice, ...] = ()


class Ask(Presenter[AskView]):
    """Ask or suggest something. What is written becomes a case like any other: its answer is read by its code."""

    step = "ask"

    def present(self) -> AskView:
        """Telephone, hours, and what can be written here."""
        language, office = self.say.language, self.bundle.office
        moment = self.flow.clock.now()
        state = hours.now(self.bundle, moment)
        return AskView(
            self.say, office.phone, office.hours.into(language),
            opening(self.say, state, moment.service_date) if state else "", state is not None and not state.open,
            tuple(
                CategoryChoice(each.id, each.name.into(language), each.examples.into(language), each.picture, False)
                for each in complaints.categories(self.bundle, asks=True)
            ),
        )  # fmt: skip

    @verb
    def choose(self, category: str) -> None:
        """Write one of these."""
        self.visit.draft = replace(self.visit.draft, category=category, village="", place="")
        self.flow.follow("chosen")


@dataclass(frozen=True, slots=True)
class CategoryChoice:
    """One category with its picture."""

    id: str
    name: str
    examples: str
    picture: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class CategoryView(FormView):
    """One question that is answered by a picture."""

    title: str = ""
    sub: str = ""
    question: str = ""
    hint: str = ""
    choices: tuple[CategoryChoice, ...] = ()


class Category(FormStep):
    """What it is about: one touch on a picture goes on."""

    step = stop = "category"
    fields = ("category",)

    def present(self) -> CategoryView:
        """The office's categories."""
        say, chosen = self.say, self.visit.draft.category
        return CategoryView(
            say, "", say("category.title"), say("category.sub"), say("category.question"), say("category.hint"),
            tuple(
                CategoryChoice(
                    each.id, each.name.into(say.language), each.examples.into(say.language), each.picture,
                    each.id == chosen,
                )
                for each in complaints.categories(self.bundle)
            ),
            form=self.form, stop=self.stop,
        )  # fmt: skip

    @verb
    def choose(self, category: str) -> None:
        """This one."""
        self.change(category=category)
        self.on()


@dataclass(frozen=True, slots=True)
class VillageChoice:
    """One village."""

    id: str
    name: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class WhereView(FormView):
    """Where it is."""

    villages: tuple[VillageChoice, ...] = ()
    place: str = ""
    keyboard: bool = False


class Where(FormStep):
    """Where it is: a village, and the spot in words. Neither is demanded; some things are nowhere."""

    step = stop = "where"
    fields = ("village", "place")

    _keyboard = False

    def present(self) -> WhereView:
        """Villages and the place typed so far."""
        language, draft = self.say.language, self.visit.draft
        return WhereView(
            self.say,
            "",
            tuple(
                VillageChoice(each.id, each.name.into(language), each.id == draft.village)
                for each in self.bundle.office.villages
            ),
            draft.place,
            self._keyboard,
            form=self.form,
            stop=self.stop,
        )

    @verb
    def village(self, village: str) -> None:
        """This village; touched again, none."""
        self.change(village="" if village == self.visit.draft.village else village)

    @verb
    def keyboard(self, open_: bool) -> None:
        """Open or close the keyboard."""
        self._keyboard = open_

    @typing
    def place(self, text: str) -> None:
        """The spot in words."""
        self.change(place=text[: complaints.LIMITS["place"]])


@dataclass(frozen=True, slots=True)
class WriteView(FormView):
    """What happened."""

    text: str = ""
    count: str = ""
    hidden: bool = False
    full: bool = False
    question: str = ""
    hint: str = ""


class Write(FormStep):
    """What happened, in the citizen's words."""

    step = stop = "write"
    fields = ("text",)
    need = "write.need"

    _hidden = False

    def present(self) -> WriteView:
        """The text so far. It may be hidden from whoever stands behind."""
        text, most = self.draft.text, complaints.chars_max("text", self.world.limits)
        count = self.say("write.count", n=f"{graphemes.count(text):,}", most=f"{most:,}")
        return WriteView(
            self.say, self.said(), text, count, self._hidden, len(text) >= most,
            self.say("ask.write" if self.asking else "write.question"),
            self.say("ask.hint" if self.asking else "write.hint"), form=self.form, stop=self.stop,
        )  # fmt: skip

    @typing
    def text(self, text: str) -> None:
        """The whole text as typed."""
        self.change(text=text[: complaints.chars_max("text", self.world.limits)])

    @verb
    def hide(self) -> None:
        """Hide the text, or show it again."""
        self._hidden = not self._hidden


@dataclass(frozen=True, slots=True)
class ContactView(FormView):
    """Whether and how one may be called back. `field` is the one being typed into, or ""."""

    name: str = ""
    phone: str = ""
    field: str = ""
    notice: tuple[str, ...] = ()
    notice_open: bool = False
    empty: bool = True
    short: str = ""


class Contact(FormStep):
    """An optional way to call back, with a privacy notice in two layers."""

    step = stop = "contact"
    fields = ("contact_name", "contact_phone")
    need = "contact.phone_bad"

    _field = ""
    _open = False

    def present(self) -> ContactView:
        """The fields, and the notice as far as it was opened."""
        draft = self.draft
        return ContactView(
            self.say, self.said(), draft.contact_name, draft.contact_phone, self._field,
            self.whole_notice() if self._open else (), self._open,
            not (draft.contact_name or draft.contact_phone), self.short_notice(), form=self.form, stop=self.stop,
        )  # fmt: skip

    def short_notice(self) -> str:
        """The first layer: one sentence beside the fields."""
        return self.say("contact.short")

    def whole_notice(self) -> tuple[str, ...]:
        """The second: who keeps it, why, who reads it, how long, and what one may ask for."""
        say, office = self.say, self.bundle.office
        return (
            say("contact.who", office=office.name.into(say.language), phone=office.phone),
            say("contact.why"), say("contact.reader"), say("contact.keep"), say("contact.rights"),
        )  # fmt: skip

    @verb
    def focus(self, field: str) -> None:
        """Type into "name" or "phone"; "" closes the keyboard."""
        self._field = field
        self._open = False

    @typing
    def name(self, text: str) -> None:
        """The name to be called by."""
        self.change(contact_name=text[: complaints.LIMITS["contact_name"]])

    @typing
    def phone(self, text: str) -> None:
        """The telephone number."""
        self.change(contact_phone=text[: complaints.LIMITS["contact_phone"]])

    @verb
    def notice(self) -> None:
        """Open the whole notice, or fold it."""
        self._open = not self._open
        self._field = ""

    @verb
    def skip(self) -> None:
        """No contact: what was typed into the fields goes."""
        self.change(contact_name="", contact_phone="")
        self._field = ""
        self.on()


@dataclass(frozen=True, slots=True)
class ReviewRow:
    """One part of the draft as it will be sent; `step` is where it is changed."""

    step: str
    label: str
    value: str
    icon: str


@dataclass(frozen=True, slots=True)
class ReviewView(FormView):
    """Everything as it will be sent."""

    rows: tuple[ReviewRow, ...] = ()
    send: str = ""
    busy: bool = False
    promise: str = ""
    readers: str = ""


class Review(FormStep):
    """Check and send."""

    step = stop = "review"
    #: Which step answers for a field of the draft, and which page comes after sending.
    mends: ClassVar[Mapping[str, str]] = {
        "category": "category", "text": "write", "village": "where", "place": "where", "contact_name": "contact",
        "contact_phone": "contact",
    }  # fmt: skip
    page: ClassVar[str] = "recorded"

    #: Whether a step of the form was entered from here, to come back here.
    changing = False

    def enter(self) -> None:
        """Back from wherever something was changed."""
        super().enter()
        self.changing = False

    def present(self) -> ReviewView:
        """The draft in plain sight."""
        say = self.say
        return ReviewView(
            say, "", self.rows(),
            say("review.sending" if self.flow.busy else "review.send"), self.flow.busy, say("review.promise"),
            self.readers_line(), form=self.form, stop=self.stop,
        )  # fmt: skip

    def readers_line(self) -> str:
        """Who will read it, where that was chosen; else nothing."""
        return ""

    def rows(self) -> tuple[ReviewRow, ...]:
        """Each part of the draft with its value."""
        say, draft, office = self.say, self.visit.draft, self.bundle.office
        language = say.language
        category = next((each.name.into(language) for each in office.categories if each.id == draft.category), "")
        village = next((each.name.into(language) for each in office.villages if each.id == draft.village), "")
        where = " · ".join(filter(None, (village, draft.place.strip())))
        reported = (
            ReviewRow("category", say("review.category"), category, "list-bullets"),
            ReviewRow("where", say("review.where"), where or say("review.where_none"), "map-pin"),
        )
        return (
            *(() if self.asking else reported),
            ReviewRow("write", say("review.text"), draft.text.strip(), "note-pencil"),
            self.contact_row("contact"),
        )

    def contact_row(self, step: str) -> ReviewRow:
        """How one may be called back, or that one may not."""
        contact = " · ".join(filter(None, (self.draft.contact_name.strip(), self.draft.contact_phone.strip())))
        return ReviewRow(step, self.say("review.contact"), contact or self.say("review.contact_none"), "phone")

    @verb
    def change_step(self, step: str) -> None:
        """Change a part and come back."""
        self.changing = True
        self.flow.follow(step)

    @verb
    def send(self) -> None:
        """Record it. The code comes after it was read back."""
        self.work(self.filing(), self._filed, self._trouble)

    def filing(self) -> Callable[[], Filed]:
        """The work for the desk, with all it needs taken along: it must not reach for the visit from its thread."""
        world, moment, draft, language = self.world, self.flow.clock.now(), self.visit.draft, self.visit.language
        return lambda: complaints.file(world, moment, draft, language)

    def _filed(self, filed: Filed) -> None:
        page = self.flow.presenter_of(self.page)
        assert isinstance(page, Recorded)
        self.clear()
        page.filed(filed)
        self.flow.follow("sent")

    def _trouble(self, error: Exception) -> bool:
        if isinstance(error, DraftIncomplete):
            self.changing = True
            self.flow.follow(self.mends[self.wrong()[0]])
            return True
        # "Gone from the screen" must be true before it is said.
        self.clear()
        return False


# --- recorded ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class TimelineStop:
    """One thing that happens to a case: what, more about it, when, and its day."""

    icon: str
    title: str
    sub: str
    when: str
    day: str
    done: bool
    last: bool = False


@dataclass(frozen=True, slots=True)
class RecordedView(View):
    """The code, shown once. `paper` is "ask", "printing", "printed", "failed", "none" or "declined"."""

    groups: tuple[str, ...] = ()
    stops: tuple[TimelineStop, ...] = ()
    paper: str = "ask"
    paper_text: str = ""
    left: str = ""
    can_hear: bool = False
    """Whether the code can be heard, figure by figure."""


class Recorded(Presenter[RecordedView]):
    """The thank-you with the code. Shown only after the record was read back."""

    step = "recorded"
    final = True
    ends_after_s = RECORDED_S

    _filed: Filed | None = None
    _paper = "ask"

    def filed(self, filed: Filed) -> None:
        """This was recorded."""
        self._filed = filed

    def enter(self) -> None:
        """Know first whether paper can be offered."""
        world = self.world
        self.flow.at_printer(world.printer.state, self._printer_said, lambda _error: True)

    def _printer_said(self, state: PrinterState) -> None:
        if state not in HAS_PAPER and self._paper == "ask":
            self._paper = "none"

    def present(self) -> RecordedView:
        """The code and what comes next."""
        say, filed = self.say, self._filed
        if filed is None:
            return RecordedView(say)
        words = {"printing": "recorded.printing", "printed": "recorded.printed", "failed": "recorded.failed",
                 "none": "recorded.no_printer"}  # fmt: skip
        return RecordedView(
            say, tuple(filed.code.split()), self.stops(filed), self._paper,
            say(words[self._paper]) if self._paper in words else "",
            say("foot.left", seconds=self.flow.seconds_left()), self.flow.aloud.can_dictate(say.language),
        )  # fmt: skip

    def stops(self, filed: Filed) -> tuple[TimelineStop, ...]:
        """What was done and what comes next."""
        say = self.say
        return (
            TimelineStop("check", say("recorded.kept"), say("recorded.kept_why"), say("recorded.today"),
                         say.day_month(filed.filed_on), done=True),
            TimelineStop("paper-plane-tilt", say("recorded.sent"), say("recorded.sent_why"), say("recorded.sent_when"),
                         "", done=False),
            *self.answers(filed),
        )  # fmt: skip

    def answers(self, filed: Filed, *, last: bool = True) -> tuple[TimelineStop, ...]:
        """When the office confirms and when it answers. `last` where nothing is shown below."""
        say = self.say
        return (
            TimelineStop("envelope-open", say("recorded.confirmed"), say("recorded.with_code"),
                         say("recorded.within", n=complaints.ACKNOWLEDGE_DAYS),
                         say.day_month(filed.acknowledge_by), done=False),
            TimelineStop("seal-check", say("recorded.answered"), say("recorded.with_code"),
                         say("recorded.within", n=complaints.ANSWER_DAYS),
                         say.day_month(filed.answer_by), done=False, last=last),
        )  # fmt: skip

    @verb
    def hear(self) -> None:
        """Say the code, figure by figure, slowly enough to write along. Only whoever holds it asks for that."""
        if self._filed is not None:
            self.flow.speak(tuple(" ".join(group) for group in self._filed.code.split()), DICTATION_GAP_S)

    @verb
    def print(self) -> None:
        """Print the code."""
        filed = self._filed
        if filed is None or self._paper == "printing":
            return
        self._paper = "printing"
        self.flow.at_printer(self.printing(filed), self._printed, self._not_printed)

    def printing(self, filed: Filed) -> Callable[[], Outcome]:
        """The work for the desk: the slip, and a record of what became of it."""
        world, clock, language = self.world, self.flow.clock, self.visit.language
        moment = clock.now()

        def print_it() -> Outcome:
            slip = slips.case_slip(world, filed, language)
            return slips.print_and_record(world, moment, slip, of="case", seq=filed.seq, mono_ms=clock.mono_ms)

        return print_it

    def _printed(self, outcome: Outcome) -> None:
        self._paper = {"printed": "printed", "failed": "failed", "shown": "none"}[outcome]

    def _not_printed(self, _error: Exception) -> bool:
        self._paper = "failed"
        return True

    @verb
    def done(self) -> None:
        """The code is noted; forget everything."""
        self.flow.follow("done")
