"""Slips: what a citizen takes home on paper, made from what was recorded, and what became of it.

Paper comes after the commit and never instead of it. The outcome is a record of its own (`slip.printed`), so that
nobody later promises paper that never came out; it is written after the thank-you and delays nothing.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Literal

from kiosk import words
from kiosk.clock import Moment
from kiosk.desk import services, strip
from kiosk.desk.complaints import Filed
from kiosk.desk.queue import Ticket
from kiosk.desk.waiting import NOTHING_KNOWN, Wait
from kiosk.desk.world import World
from kiosk.paper import (
    JOB_S_MAX,
    CaseSlip,
    FormSlip,
    GuideSlip,
    Outcome,
    PaperLine,
    StepLine,
    StripSlip,
    TicketSlip,
    TrialSlip,
)
from shared import content, thai
from shared.content import Duration, Service, Words
from shared.kinds import SlipPrinted

_NO_BREAK = "\u00a0"


def ticket_slip(
    world: World,
    moment: Moment,
    ticket: Ticket,
    *,
    service_id: str,
    language: str,
    at_hand: frozenset[int] | None,
    wait: Wait = NOTHING_KNOWN,
) -> TicketSlip:
    """The slip for a ticket that stands as `wait` says. `at_hand` holds the places of the papers the citizen has; None
    where it was not asked. `service_id` is empty for a number taken only to ask; of a service that a newer edition has
    no more, no papers are told.
    """
    bundle = services.shown(world)
    language = words.slip_language(language, bundle.words)
    service = next((each for each in bundle.services if each.id == service_id), None)
    return TicketSlip(
        office=bundle.office.short_name.into(language),
        label=ticket.label,
        public_label=ticket.public_label.into(language),
        priority=ticket.priority,
        day=ticket.service_date,
        time=_time(moment.wall, language) if moment.trusted and moment.wall else "",
        # What one must bring may tell what one comes for; a sensitive service prints none of it.
        papers=() if service is None or service.sensitive else _papers(service, language, at_hand),
        foot=f"{world.identity.kiosk_name} · {bundle.edition}",
        language=language,
        rating_code=ticket.rating_code,
        ahead=wait.ahead,
        minutes=wait.minutes,
        link=wait.link,
    )


def _papers(service: Service, language: str, at_hand: frozenset[int] | None) -> tuple[PaperLine, ...]:
    return tuple(
        PaperLine(paper.name.into(language), None if at_hand is None else place in at_hand, optional=paper.optional)
        for place, paper in enumerate(service.papers)
    )


def guide_slip(world: World, *, service_id: str, language: str, at_hand: frozenset[int] | None) -> GuideSlip:
    """A service to take home, whole: also a sensitive one, for whoever asks for its paper asks for its name."""
    bundle = services.shown(world)
    language = words.slip_language(language, bundle.words)
    service = services.find(bundle, service_id)
    office = bundle.office
    division = next((part for part in office.divisions if part.id == service.division), None)
    return GuideSlip(
        office=office.short_name.into(language),
        title=service.title.into(language),
        promise=_duration(service.promise, language),
        fee=service.fee.into(language),
        hours=service.hours.into(language),
        phone=division.phone if division else office.phone,
        steps=tuple(
            StepLine(step.title.into(language), _duration(step.duration, language), step.responsible.into(language))
            for step in service.steps
        ),
        papers=_papers(service, language, at_hand),
        forms=tuple(form.name.into(language) for form in service.forms),
        link=service.link if content.is_link(service.link) else "",
        checked=words.short_day(lambda key: words.sentence(key, language), service.checked_on, language),
        foot=f"{world.identity.kiosk_name} · {bundle.edition}",
        language=language,
    )


def form_slip(world: World, *, service_id: str, form_id: str, language: str) -> FormSlip:
    """What a form asks for, and its code."""
    bundle = services.shown(world)
    language = words.slip_language(language, bundle.words)
    service = services.find(bundle, service_id)
    form = services.find_form(service, form_id)
    return FormSlip(
        office=bundle.office.short_name.into(language),
        service=service.title.into(language),
        name=form.name.into(language),
        asks=tuple(each.into(language) for each in form.asks),
        link=form.link if content.is_link(form.link) else "",
        phone=bundle.office.phone,
        foot=f"{world.identity.kiosk_name} · {bundle.edition}",
        language=language,
    )


def strip_slip(world: World, taken: strip.Strip, language: str) -> StripSlip:
    """The strip of numbers that were set aside."""
    bundle = services.shown(world)
    language = words.slip_language(language, bundle.words)
    groups = strip.groups_of(bundle, world.identity.series).get(taken.series, ())
    return StripSlip(
        office=bundle.office.short_name.into(language),
        public_label=" · ".join(group.name.into(language) for group in groups),
        labels=taken.labels,
        day=taken.service_date,
        foot=f"{world.identity.kiosk_name} · {bundle.edition}",
        language=language,
    )


def print_only(
    world: World, moment: Moment, slip: GuideSlip | FormSlip | StripSlip, *, mono_ms: Callable[[], int]
) -> Outcome:
    """Print what only informs, asked for at `moment`; nothing is recorded of the paper."""
    return "failed" if _late(moment, mono_ms) else world.printer.print(slip)


def case_slip(world: World, filed: Filed, language: str) -> CaseSlip:
    """The slip for a case: the code and the dates, nothing that tells what it is about."""
    bundle = services.shown(world)
    language = words.slip_language(language, bundle.words)
    return CaseSlip(
        office=bundle.office.short_name.into(language),
        code=filed.code.replace(" ", ""),
        filed_on=filed.filed_on,
        acknowledge_by=filed.acknowledge_by,
        answer_by=filed.answer_by,
        proof=filed.proof,
        track_url=world.config.track_url,
        language=language,
    )


def print_and_record(
    world: World,
    moment: Moment,
    slip: TicketSlip | CaseSlip,
    *,
    of: Literal["ticket", "case"],
    seq: int,
    mono_ms: Callable[[], int],
) -> Outcome:
    """Print a slip for record `seq`, asked for at `moment`, and record what became of it. Where it was asked for longer
    ago than anybody waits, by `mono_ms`, it is dropped. Raises `CannotRecord` after printing, with nothing else
    changed.
    """
    outcome: Outcome = "failed" if _late(moment, mono_ms) else world.printer.print(slip)
    bundle = world.content.bundle
    with world.store.transaction() as tx:
        world.lobby.append(tx, SlipPrinted(of, seq, outcome), at=moment.at, edition=bundle.edition if bundle else 0)
    return outcome


def print_apart(world: World, moment: Moment, slip: CaseSlip, *, mono_ms: Callable[[], int]) -> Outcome:
    """Print the slip of a complaint about somebody, asked for at `moment`. Nothing is recorded of it: what became of
    the paper would put a time beside a complaint that has none.
    """
    return "failed" if _late(moment, mono_ms) else world.printer.print(slip)


def _late(moment: Moment, mono_ms: Callable[[], int]) -> bool:
    return mono_ms() - moment.at.mono_ms > JOB_S_MAX * 1000


def print_trial(world: World, moment: Moment, language: str) -> Outcome:
    """Print a slip for staff to look at. It concerns no citizen, so nothing is recorded."""
    me, bundle = world.identity, world.content.bundle
    language = words.slip_language(language, bundle.words if bundle else Words())
    return world.printer.print(TrialSlip(me.office_name, me.kiosk_name, moment.service_date, language))


def _duration(duration: Duration, language: str) -> str:
    one = duration.unit in ("day", "working_day") and duration.value == 1
    return (
        words.sentence(f"time.{'one_' if one else ''}{duration.unit}", language)
        .format(n=duration.value)
        .replace(" ", _NO_BREAK)
    )


def _time(instant: datetime, language: str) -> str:
    return thai.time_of_day(instant) if language == "th" else f"{instant.astimezone(thai.OFFICE_ZONE):%H:%M}"
