"""Services: finding one in the list, and one service with its whole procedure, from which a ticket is taken."""

from __future__ import annotations

import logging
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from kiosk.clock import Moment
from kiosk.desk import finding, queue, services, slips, taking, waiting
from kiosk.desk.queue import Priority, Ticket
from kiosk.desk.taking import TOUCH_BYTES
from kiosk.desk.turns import PRIORITY_RUN_MAX
from kiosk.desk.waiting import NOTHING_KNOWN, Wait
from kiosk.paper import HAS_PAPER, JOB_S_MAX, Outcome
from kiosk.ui.presenters.base import Presenter, View, typing, verb
from kiosk.ui.presenters.forms import FormPage, Paper
from kiosk.ui.strings import Say
from shared import content
from shared.content import Duration, Form, Series, Service, Step
from shared.errors import SalaError

if TYPE_CHECKING:
    from kiosk.ui.presenters.flow import Flow

logger = logging.getLogger(__name__)

#: Audiences in the order of their chips, each with its drawing and its sign; a chip is shown where the office has a
#: service for it.
AUDIENCES: Final = (
    ("", "", "grid-four"), ("farmer", "farmer", "plant"), ("elderly", "elder", "users"),
    ("builder", "build", "hard-hat"), ("business", "shop", "storefront"), ("parent", "baby", "baby"),
    ("landowner", "land", "house-line"), ("welfare", "care", "hand-heart"), ("disabled", "wheelchair", "wheelchair"),
)  # fmt: skip

#: Drawn heads without faces; a position always has the same one.
AVATARS: Final = 7

SEARCH_CHARS_MAX: Final = 60

#: What the ticket's page repeats of the missing papers; all of them stand on the slip.
MISSING_MAX: Final = 3
MISSING_CHARS_MAX: Final = 120

#: Seconds the number stays on screen: longer where no paper came out and it must be noted down.
TICKET_S: Final = 30
TICKET_SHOWN_S: Final = 60
#: How often the number on screen looks how its queue stands.
WAIT_MS: Final = 2_000
#: So many people before one are drawn; who is beyond is a figure.
PEOPLE_MAX: Final = 6


# --- the list ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class AudienceChip:
    """One audience to choose; `id` is empty for all."""

    id: str
    name: str
    picture: str
    icon: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class ServiceRow:
    """One service in the list."""

    id: str
    title: str
    about: str
    time: str
    picture: str


@dataclass(frozen=True, slots=True)
class ServicesView(View):
    """One page of the services found. Pages count from 1."""

    sub: str = ""
    query: str = ""
    keyboard: bool = False
    chips: tuple[AudienceChip, ...] = ()
    rows: tuple[ServiceRow, ...] = ()
    page: int = 1
    pages: int = 1
    page_text: str = ""
    ask_where: str = ""
    ask: str = ""
    """The words of the button that takes a number without a service; empty where the office gives none out."""
    ask_sub: str = ""
    busy: bool = False


class Services(Presenter[ServicesView]):
    """Finding a service by picture, audience or word."""

    step = "services"

    _audience = ""
    _page = 0
    _keyboard = False
    _rows = 5

    def present(self) -> ServicesView:
        """The page of what was found."""
        say = self.say
        found = finding.search(self.bundle, self.visit.search, self._audience)
        pages = max(1, -(-len(found) // self._rows))
        page = min(self._page, pages - 1)
        first = page * self._rows
        return ServicesView(
            say,
            self.dated(say("services.sub", n=len(found))),
            self.visit.search,
            self._keyboard,
            self._chips(),
            tuple(self._row(service) for service in found[first : first + self._rows]),
            page + 1,
            pages,
            say("services.page", page=page + 1, pages=pages),
            say("services.ask_where", phone=self.bundle.office.phone),
            say("service.taking" if self.flow.busy else "services.ask") if self._queue else "",
            self._queue.name.into(say.language) if self._queue else "",
            self.flow.busy,
        )

    @property
    def _queue(self) -> Series | None:
        return queue.enquiries(self.bundle)

    def _chips(self) -> tuple[AudienceChip, ...]:
        offered = {"", *(group for service in self.bundle.services for group in service.audience)}
        return tuple(
            AudienceChip(group, self.say(f"services.{group or 'all'}"), picture, icon, group == self._audience)
            for group, picture, icon in AUDIENCES
            if group in offered
        )

    def _row(self, service: Service) -> ServiceRow:
        say = self.say
        division = division_name(self, service.division)
        lunch = say("services.lunch" if service.lunch else "services.no_lunch")
        title = service.title.into(say.language)
        return ServiceRow(service.id, title, f"{division} · {lunch}", say.duration(service.promise), service.picture)

    def fit(self, rows: int) -> None:
        """The screen has room for this many rows."""
        if rows > 0 and rows != self._rows:
            first = self._page * self._rows
            self._rows = rows
            self._page = first // rows
            self.flow.show()

    @typing
    def search(self, text: str) -> None:
        """What was typed so far."""
        if text != self.visit.search:
            self.visit.search = text[:SEARCH_CHARS_MAX]
            self._page = 0

    @verb
    def clear(self) -> None:
        """Search for nothing in particular."""
        self.visit.search = ""
        self._page = 0

    @verb
    def keyboard(self, open_: bool) -> None:
        """Open or close the keyboard."""
        self._keyboard = open_

    @verb
    def audience(self, group: str) -> None:
        """Only what concerns this group."""
        self._audience = group
        self._page = 0

    @verb
    def next(self) -> None:
        """The next page."""
        self._page += 1
        self._page = min(self._page, self.present().pages - 1)

    @verb
    def previous(self) -> None:
        """The page before."""
        self._page = max(0, self._page - 1)

    @verb
    def ask(self) -> None:
        """Take a number without knowing which service one needs."""
        line, moment, language = self.flow.queue, self.flow.clock.now(), self.visit.language
        touch = self.world.random(TOUCH_BYTES)
        self.work(
            lambda: taking.take(line, moment, action=touch, service_id="", language=language),
            self._taken,
            offered_no_more,
        )

    def _taken(self, ticket: Ticket) -> None:
        page = self.flow.presenter_of("ticket")
        assert isinstance(page, TicketPage)
        page.issued(ticket, None)
        self.flow.follow("taken")

    @verb
    def choose(self, service_id: str) -> None:
        """See this one."""
        self._keyboard = False
        if service_id != self.visit.service_id:
            self.visit.service_id = service_id
            self.visit.papers_at_hand = frozenset()
        self.flow.follow("chosen")


def offered_no_more(error: Exception) -> bool:
    """Whether a newer edition took away what was asked for: nothing failed, and the page says what there is now."""
    return isinstance(error, services.NoSuchService)


def division_name(presenter: Presenter[View], division: str) -> str:
    """The name of a division, or its id where the content names none."""
    names = (part.name for part in presenter.bundle.office.divisions if part.id == division)
    name = next(names, None)
    return name.into(presenter.say.language) if name else division


def division_phone(presenter: Presenter[View], division: str) -> str:
    """A division's telephone, or the office's own."""
    office = presenter.bundle.office
    return next((part.phone for part in office.divisions if part.id == division), office.phone)


# --- one service -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class StepRow:
    """One step of the procedure. `lane` names the division at each change, if more than one works on it.

    `who` holds the position, `where` who holds it (if they agreed to be named), the division and its telephone;
    `picture` is a drawing, `photo` the PNG of who holds it, where there is one.
    """

    number: str
    title: str
    time: str
    who: str
    where: str
    lane: str
    picture: str
    last: bool
    photo: bytes = b""


@dataclass(frozen=True, slots=True)
class FormRow:
    """One form to fill in; `about` says what there is of it."""

    id: str
    name: str
    about: str


@dataclass(frozen=True, slots=True)
class PaperRow:
    """One document to bring; `place` counts from 0."""

    place: int
    name: str
    optional: bool
    at_hand: bool


@dataclass(frozen=True, slots=True)
class PriorityChoice:
    """Whom the office serves first; `id` as the record names it."""

    id: Priority
    icon: str
    name: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class ServiceView(View):
    """One service: what it takes, how long, what it costs, who answers for it. `bar` has minutes and words a step."""

    title: str = ""
    sub: str = ""
    picture: str = ""
    promise: str = ""
    lunch: str = ""
    fee: str = ""
    bar: tuple[tuple[int, str], ...] = ()
    total: str = ""
    steps: tuple[StepRow, ...] = ()
    papers: tuple[PaperRow, ...] = ()
    papers_text: str = ""
    papers_complete: bool = False
    forms: tuple[FormRow, ...] = ()
    channels: str = ""
    law: str = ""
    checked: str = ""
    priority: str = ""
    """What was asked for, or the words that ask for it; empty where the office serves all in turn."""
    priorities: tuple[PriorityChoice, ...] = ()
    priority_how: str = ""
    """What being served first means, while one chooses."""
    take: str = ""
    take_sub: str = ""
    busy: bool = False
    print: str = "ready"
    """A `forms.Paper.word`: what the button that prints this page says."""
    can_print: bool = True


#: The sign of each; nobody is told from another by a sign alone.
PRIORITY_ICONS: Final[Mapping[Priority, str]] = MappingProxyType({
    "": "users-three", "elderly": "user", "disabled": "wheelchair", "pregnant": "heart", "infant": "baby",
    "monk": "flower-lotus", "far": "road-horizon",
})  # fmt: skip


class ServicePage(Presenter[ServiceView]):
    """One service's flowchart, and the ticket for it."""

    step = "service"

    _priority: Priority = ""
    _asking = False
    _issued: int | None = None

    def __init__(self, flow: Flow) -> None:
        super().__init__(flow)
        self._paper = Paper()

    @property
    def _service(self) -> Service:
        return services.find(self.bundle, self.visit.service_id)

    def enter(self) -> None:
        """Count the numbers given so far; nothing is claimed about waiting. Ask the printer before paper is
        promised.
        """
        world, moment, line = self.world, self.flow.clock.now(), self.flow.queue
        self.flow.aside(lambda: queue.issued_today(world, line.dated(moment)), self._counted, lambda _error: True)
        self.flow.at_printer(world.printer.state, self._paper.said, lambda _error: True)

    def _counted(self, issued: int) -> None:
        self._issued = issued

    def present(self) -> ServiceView:
        """The service as the content has it, with the papers that were ticked."""
        say, service = self.say, self._service
        language = say.language
        needed, have = self._papers(service)
        return ServiceView(
            say,
            service.title.into(language),
            f"{division_name(self, service.division)} · {service.hours.into(language)}",
            service.picture,
            within(say, service.promise),
            say("service.open" if service.lunch else "service.closed"),
            service.fee.into(language),
            tuple((content.minutes(step.duration), say.duration(step.duration)) for step in service.steps),
            say("service.total", sum=sum_of(say, service.steps), promise=say.duration(service.promise)),
            tuple(self._row(service, place) for place in range(len(service.steps))),
            tuple(
                PaperRow(place, paper.name.into(language), paper.optional, place in self.visit.papers_at_hand)
                for place, paper in enumerate(service.papers)
            ),
            say("service.papers_done") if needed == have else say("service.papers_have", have=have, need=needed),
            needed == have,
            tuple(self._form_row(form) for form in service.forms),
            " · ".join(channel.into(language) for channel in service.channels),
            service.legal_basis.into(language),
            say("service.checked", who=service.checked_by, day=say.short_day(service.checked_on)),
            say(f"service.priority_{self._priority}" if self._priority else "service.priority")
            if queue.priorities(self.bundle)
            else "",
            self._priorities(),
            say("service.priority_how", n=PRIORITY_RUN_MAX) if self._asking else "",
            say("service.taking" if self.flow.busy else "service.take"),
            self._take_sub(needed - have),
            self.flow.busy,
            self._paper.word,
            self._paper.offered,
        )

    def _priorities(self) -> tuple[PriorityChoice, ...]:
        if not self._asking:
            return ()
        return tuple(
            PriorityChoice(each, PRIORITY_ICONS[each], self.say(f"service.priority_{each or 'none'}"),
                           each == self._priority)
            for each in ("", *queue.priorities(self.bundle))
        )  # fmt: skip

    def _form_row(self, form: Form) -> FormRow:
        found = (("sample", form.sample in self.bundle.pictures), ("code", content.is_link(form.link)), ("paper", True))
        about = " · ".join(self.say(f"service.form_{each}") for each, there in found if there)
        return FormRow(form.id, form.name.into(self.say.language), about)

    def _papers(self, service: Service) -> tuple[int, int]:
        """How many papers are needed, and how many of those are at hand."""
        needed = {place for place, paper in enumerate(service.papers) if not paper.optional}
        return len(needed), len(needed & self.visit.papers_at_hand)

    def _take_sub(self, missing: int) -> str:
        if self._paper.state is not None and self._paper.state not in HAS_PAPER:
            return self.say("service.take_no_paper")
        if missing and self.visit.papers_at_hand:
            return self.say("service.take_missing", n=missing)
        if self._issued is None:
            return ""
        return self.say("service.take_today", n=self._issued) if self._issued else self.say("service.take_first")

    def _row(self, service: Service, place: int) -> StepRow:
        step, language = service.steps[place], self.say.language
        before = service.steps[place - 1].division if place else ""
        lanes = len({each.division for each in service.steps}) > 1
        name = division_name(self, step.division)
        person = services.named(self.bundle, step)
        where = (
            person.name.into(language) if person else "", name,
            self.say("cannot.phone", phone=division_phone(self, step.division)),
        )  # fmt: skip
        avatar = 1 + zlib.crc32(step.responsible.th.encode()) % AVATARS
        return StepRow(
            str(place + 1),
            step.title.into(language),
            self.say.duration(step.duration),
            step.responsible.into(language),
            " · ".join(filter(None, where)),
            name if lanes and step.division != before else "",
            person.picture if person else f"avatar-{avatar}",
            place == len(service.steps) - 1,
            self.photo_of(person) if person else b"",
        )

    @verb
    def paper(self, place: int) -> None:
        """Tick a paper that is at hand, or take the tick away."""
        self.visit.papers_at_hand ^= {place}

    @verb
    def priority(self, priority: Priority) -> None:
        """Ask to be served first, for this reason; "" takes it back."""
        self._priority = priority
        self._asking = False

    @verb
    def ask_priority(self) -> None:
        """Show the reasons, or fold them."""
        self._asking = not self._asking

    @verb
    def form(self, form_id: str) -> None:
        """See how a form is filled in."""
        page = self.flow.presenter_of("form")
        assert isinstance(page, FormPage)
        page.see(form_id)
        self.flow.follow("form")

    @verb
    def print(self) -> None:
        """Print this page to take home."""
        if not self._paper.offered:
            return
        world, clock, language, service_id = self.world, self.flow.clock, self.visit.language, self._service.id
        moment, at_hand = clock.now(), self.visit.papers_at_hand or None

        def print_it() -> Outcome:
            slip = slips.guide_slip(world, service_id=service_id, language=language, at_hand=at_hand)
            return slips.print_only(world, moment, slip, mono_ms=clock.mono_ms)

        self._paper.asked()
        self.flow.at_printer(print_it, self._paper.became, self._paper.lost)

    @verb
    def take(self) -> None:
        """Take a number. It is shown after it was recorded and read back."""
        line, moment, visit, priority = self.flow.queue, self.flow.clock.now(), self.visit, self._priority
        service, language = self._service, visit.language
        needed, have = self._papers(service)
        # Who ticked nothing was not asking to be counted.
        missing = needed - have if visit.papers_at_hand else None
        touch = self.world.random(TOUCH_BYTES)
        self.work(
            lambda: taking.take(
                line, moment, action=touch, service_id=service.id, language=language, priority=priority,
                papers_missing=missing,
            ),
            lambda ticket: self._taken(ticket, service), offered_no_more,
        )  # fmt: skip

    def _taken(self, ticket: Ticket, service: Service) -> None:
        page = self.flow.presenter_of("ticket")
        assert isinstance(page, TicketPage)
        page.issued(ticket, service)
        self.flow.follow("taken")


def within(say: Say, promise: Duration) -> str:
    """Write a promise: "ไม่เกิน 5 นาที", or "ทันที"."""
    time = say.duration(promise)
    return time if promise.unit == "immediate" else say("service.within", time=time)


def sum_of(say: Say, steps: list[Step]) -> str:
    """The steps' times together, each unit for itself: minutes and working days add up to nothing one can keep."""
    totals = dict.fromkeys(("working_day", "day", "hour", "minute"), 0)
    for step in steps:
        if step.duration.unit != "immediate":
            totals[step.duration.unit] += step.duration.value
    parts = [say.duration(Duration(value=value, unit=unit)) for unit, value in totals.items() if value]  # type: ignore[arg-type]
    return " ".join(parts) if parts else say("time.immediate")


# --- the ticket --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class TicketView(View):
    """A number that was recorded. `paper` is "printing", "printed", "failed" or "none"."""

    label: str = ""
    public_label: str = ""
    priority: str = ""
    facts: tuple[tuple[str, str], ...] = ()
    """Two of them, each with its name: who is before this one and how long it waits, or else when it was taken."""
    people: tuple[str, ...] = ()
    """A figure for each before this one, as far as there is room; nothing where it cannot be said."""
    more: str = ""
    you: str = ""
    called: str = ""
    """Where to go now; empty until called."""
    link: str = ""
    """The address of the page of this ticket, for a telephone; empty where none is served."""
    paper: str = "printing"
    paper_text: str = ""
    paper_sub: str = ""
    missing: str = ""
    """The papers that were not at hand, in words; nothing where it was not asked or the service is sensitive."""
    rating_code: str = ""
    """The code for rating in words, where no slip carries it."""
    done_sub: str = ""


class TicketPage(Presenter[TicketView]):
    """The number, and whether paper came out. Shown only after the record was read back."""

    step = "ticket"
    final = True
    ends_after_s = TICKET_S

    _ticket: Ticket | None = None
    _service: Service | None = None
    _wait = NOTHING_KNOWN
    _asked_ms = 0
    _moment: Moment | None = None
    _paper = "none"
    _printing_ms = 0
    _time = ""

    def issued(self, ticket: Ticket, service: Service | None) -> None:
        """This number was recorded, for a service or only to ask."""
        self._ticket, self._service = ticket, service

    def enter(self) -> None:
        """Print it, now that it is safe, and record what became of the paper."""
        self._moment = moment = self.flow.clock.now()
        self._time = self.say.clock(moment.wall) if moment.trusted and moment.wall else ""
        self._look()
        self._print()

    def tick(self) -> None:
        """Follow the queue while the number is on screen, and stay while paper is awaited."""
        if self._paper == "printing" and self.flow.clock.mono_ms() - self._printing_ms < JOB_S_MAX * 1000:
            self.flow.touched()
        if self.flow.clock.mono_ms() - self._asked_ms >= WAIT_MS:
            self._look()

    def _look(self) -> None:
        self._asked_ms = self.flow.clock.mono_ms()
        self.flow.aside(self._wait_now, self._stands, lambda _error: True)

    def _wait_now(self) -> Wait:
        assert self._ticket is not None
        try:
            return waiting.of_ticket(self.world, self.flow.queue.look(), self._ticket)
        except SalaError as error:
            # The number stands, and its slip comes out; only how long it waits cannot be said.
            logger.warning("how the queue stands cannot be told: %s", error)
            return NOTHING_KNOWN

    def _stands(self, wait: Wait) -> None:
        self._wait = wait

    def _print(self) -> None:
        ticket, moment = self._ticket, self._moment
        assert ticket is not None
        assert moment is not None
        service_id = self._service.id if self._service else ""
        world, clock, language = self.world, self.flow.clock, self.visit.language
        asked, at_hand = clock.now(), self.visit.papers_at_hand or None
        self._paper, self._printing_ms = "printing", asked.at.mono_ms

        def print_it() -> Outcome:
            slip = slips.ticket_slip(
                world,
                moment,
                ticket,
                service_id=service_id,
                language=language,
                at_hand=at_hand,
                wait=self._wait_now(),
            )
            return slips.print_and_record(world, asked, slip, of="ticket", seq=ticket.seq, mono_ms=clock.mono_ms)

        self.flow.at_printer(print_it, self._printed, self._not_printed)

    @verb
    def again(self) -> None:
        """Print once more what did not come out; the number and its time stay what they are."""
        if self._paper == "failed":
            self._print()

    def _printed(self, outcome: Outcome) -> None:
        self._paper = {"printed": "printed", "failed": "failed", "shown": "none"}[outcome]
        self.ends_after_s = TICKET_S if outcome == "printed" else TICKET_SHOWN_S

    def _not_printed(self, _error: Exception) -> bool:
        # The number was recorded and stands; only that paper came out cannot be promised.
        self._printed("failed")
        return True

    def present(self) -> TicketView:
        """The number and the paper."""
        ticket, say, ahead = self._ticket, self.say, self._wait.ahead or 0
        if ticket is None:
            return TicketView(say)
        return TicketView(
            say,
            ticket.label,
            ticket.public_label.into(say.language),
            say(f"service.priority_{ticket.priority}") if ticket.priority else "",
            self._facts(ticket),
            ("user",) * min(ahead, PEOPLE_MAX),
            f"+{ahead - PEOPLE_MAX}" if ahead > PEOPLE_MAX else "",
            say("ticket.you") if self._wait.ahead is not None else "",
            say("ticket.called", counter=self._wait.counter) if self._wait.counter else "",
            self._wait.link,
            self._paper,
            say(f"ticket.{self._paper}"),
            say(f"ticket.{self._paper}_why" if self._paper in {"printing", "printed"} else "ticket.note_it"),
            self._missing(),
            say("ticket.rating_code", code=f"{ticket.rating_code[:4]}\u00a0{ticket.rating_code[4:]}")
            if self._paper in {"failed", "none"}
            else "",
            say("ticket.done_why", seconds=self.flow.seconds_left()),
        )

    def _facts(self, ticket: Ticket) -> tuple[tuple[str, str], ...]:
        say, wait = self.say, self._wait
        when = (say("ticket.time"), self._time) if self._time else ("", "")
        if wait.ahead is None:
            return (say("ticket.day"), say.long_day(ticket.service_date)), when
        many = {0: "next", 1: "person"}.get(wait.ahead, "people")
        first = (say("ticket.ahead"), say(f"ticket.{many}", n=wait.ahead))
        if wait.minutes is None:
            return first, when
        low, high = wait.minutes
        return first, (say("ticket.wait"), say("ticket.range" if low else "ticket.below", low=low, high=high))

    def _missing(self) -> str:
        service, at_hand = self._service, self.visit.papers_at_hand
        if service is None or service.sensitive or not at_hand:
            return ""
        lacking = [
            paper.name.into(self.say.language)
            for place, paper in enumerate(service.papers)
            if not paper.optional and place not in at_hand
        ]
        words = " · ".join(lacking[:MISSING_MAX])
        more = f" (+{len(lacking) - MISSING_MAX})" if len(lacking) > MISSING_MAX else ""
        return (words if len(words) <= MISSING_CHARS_MAX else words[:MISSING_CHARS_MAX].rstrip() + "…") + more

    @verb
    def done(self) -> None:
        """Leave; everything is forgotten."""
        self.flow.follow("done")
