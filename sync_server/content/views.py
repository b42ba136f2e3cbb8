"""The desk's content pages: what is in the draft, one service as citizens read it, and the publish button."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from shared import content, thai
from shared.content import Service, Step
from sync_server.content import labels, queries
from sync_server.content.actions import NothingToPublish, publish
from sync_server.content.pieces import Changes
from sync_server.content.queries import ServiceLine
from sync_server.organisations.access import actor_of, allow, staff_of
from sync_server.organisations.models import Role
from sync_server.web.language import Text

#: Who may put content in front of citizens.
PUBLISHERS = (Role.CLERK, Role.ADMIN)


@dataclass(frozen=True, slots=True)
class Row:
    """A service in the list."""

    line: ServiceLine
    title: str
    division: str
    promise: Text
    tag: tuple[str, str, Text]


@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """Services of the draft, what publishing would change, and the latest editions."""
    staff = staff_of(request)
    described = queries.draft_office(staff.office)
    divisions = {each.id: labels.read(each.name) for each in described.divisions} if described else {}
    rows = [
        Row(
            line,
            labels.read(line.service.title),
            divisions[line.service.division],
            labels.duration(line.service.promise),
            labels.STATES[line.state],
        )
        for line in queries.service_lines(staff.office)
    ]
    found = queries.draft_changes(staff.office)
    context = {
        "rows": rows,
        "changes": list(_change_lines(found, rows)),
        "reordered": found.reordered,
        "pending": bool(found),
        "strangers": queries.draft_of_another_office(staff.office) if found else [],
        "held_back": [labels.read(route.subject) for route in queries.routes_held_back(staff.office)],
        "editions": [(each, labels.WHY[each.why]) for each in queries.editions(staff.office)],
        "may_publish": staff.role in PUBLISHERS,
    }
    return render(request, "content/index.html", context)


@require_GET
def service(request: HttpRequest, service_id: str) -> HttpResponse:
    """One service of the draft with everything a citizen is told."""
    office = staff_of(request).office
    described = queries.draft_office(office)
    line = next((each for each in queries.service_lines(office) if each.service.id == service_id), None)
    if line is None or described is None:
        raise Http404
    divisions = {each.id: each for each in described.divisions}
    shown = line.service
    named = {each.id: labels.read(each.name) for each in described.colleagues}
    context = {
        "line": line,
        "service": shown,
        "title": labels.read(shown.title),
        "translated": labels.other(shown.title),
        "tag": labels.STATES[line.state],
        "promise": labels.duration(shown.promise),
        "total": labels.together(shown),
        "fee": labels.read(shown.fee),
        "hours": labels.read(shown.hours),
        "law": labels.read(shown.legal_basis),
        "label": labels.read(shown.public_label),
        "division": divisions[shown.division],
        "division_name": labels.read(divisions[shown.division].name),
        "channels": [labels.read(each) for each in shown.channels],
        "papers": [(labels.read(each.name), each.optional) for each in shown.papers],
        "steps": [
            (
                number,
                labels.read(step.title),
                labels.other(step.title),
                " · ".join(filter(None, (labels.read(step.responsible), named.get(step.person)))),
                labels.read(divisions[step.division].name),
                labels.duration(step.duration),
            )
            for number, step in enumerate(shown.steps, 1)
        ],
        "keywords": [labels.read(each) for each in shown.keywords],
        "forms": [(labels.read(form.name), [labels.read(each) for each in form.asks], form) for form in shown.forms],
        "bar": list(time_bar(shown)),
        "six_facts": labels.SIX_FACTS,
    }
    return render(request, "content/service.html", context)


@require_GET
def form_picture(request: HttpRequest, name: str) -> HttpResponse:
    """The picture of a filled-in form, as the draft has it."""
    data = queries.draft_picture(staff_of(request).office, name)
    if data is None:
        raise Http404
    return HttpResponse(data, content_type="image/png")


@require_GET
def hall(request: HttpRequest) -> HttpResponse:
    """What hangs in the hall as the draft has it: budget, hours and trips, plan, what the attract screen tells."""
    office = staff_of(request).office
    described = queries.draft_office(office)
    if described is None:
        raise Http404
    facts = queries.draft_hall(office)
    divisions = {each.id: labels.read(each.name) for each in described.divisions}
    villages = {each.id: labels.read(each.name) for each in described.villages}
    context = {
        "attract": facts.get(content.ATTRACT_PIECE),
        "said": [
            (each, labels.read(each.asked), labels.read(each.did))
            for each in getattr(facts.get(content.ATTRACT_PIECE), "said", ())
        ],
        "budget": facts.get(content.BUDGET_PIECE),
        "areas": list(_area_lines(facts.get(content.BUDGET_PIECE))),
        "schedule": facts.get(content.SCHEDULE_PIECE),
        "week": list(labels.week(facts.get(content.SCHEDULE_PIECE))),
        "special": list(labels.special(facts.get(content.SCHEDULE_PIECE))),
        "trips": [
            (each, villages.get(each.village, each.village), labels.read(each.place), labels.read(each.what))
            for each in getattr(facts.get(content.SCHEDULE_PIECE), "trips", ())
        ],
        "levels": [
            (
                labels.read(level.name),
                [(each.number, labels.read(each.name), divisions.get(each.houses, "")) for each in level.places],
            )
            for level in getattr(facts.get(content.FLOOR_PIECE), "levels", ())
        ],
        "satisfaction": facts.get(content.SATISFACTION_PIECE),
        "faces": [
            (labels.read(each.name), each.photo, each.photo.holds(thai.service_date(timezone.now())))
            for each in described.colleagues
            if each.photo is not None
        ],
    }
    return render(request, "content/hall.html", context)


def _area_lines(budget: content.Budget | None) -> Iterator[tuple[str, int, int]]:
    """Each area of the budget: name, planned for the year, spent so far."""
    for area in budget.areas if budget else ():
        yield labels.read(area.name), sum(area.plan), sum(area.actual)


@require_POST
@allow(*PUBLISHERS)
def publish_draft(request: HttpRequest) -> HttpResponse:
    """Make the draft the next edition."""
    try:
        edition = publish(actor_of(request), now=timezone.now())
    except NothingToPublish:
        messages.warning(
            request, str(Text("ไม่มีอะไรเปลี่ยน ตู้แสดงเนื้อหานี้อยู่แล้ว", "Nothing changed; kiosks show this already"))
        )
    else:
        words = Text(
            "เผยแพร่ฉบับที่ {n} แล้ว ตู้จะรับเมื่อติดต่อครั้งต่อไป", "Edition {n} is out; kiosks fetch it at their next contact"
        )
        messages.success(request, str(words.format(n=edition.number)))
    return redirect("content:index")


#: Width of the time bar in its own units; a step is never drawn narrower than its number.
_BAR = 1000.0
_SEGMENT_MIN = 56.0


@dataclass(frozen=True, slots=True)
class Segment:
    """One step in the time bar: where it begins, how wide it is, its number."""

    x: float
    width: float
    number: int

    @property
    def middle(self) -> float:
        """Where the number stands."""
        return self.x + self.width / 2


def time_bar(shown: Service) -> Iterator[Segment]:
    """The steps of a service laid side by side, as wide as they are long; equal where nothing takes time."""
    weights = [_minutes(step) or 1 for step in shown.steps]
    left = _BAR - _SEGMENT_MIN * len(weights)
    x = 0.0
    for number, weight in enumerate(weights, 1):
        width = _SEGMENT_MIN + left * weight / sum(weights)
        yield Segment(round(x, 2), round(width - 4, 2), number)
        x += width


def _minutes(step: Step) -> int:
    return content.minutes(step.duration)


def _change_lines(found: Changes, rows: list[Row]) -> Iterator[tuple[str, Text, str]]:
    """What publishing changes, for people: icon, what happens, to which service or part."""
    titles = {row.line.service.id: row.title for row in rows}
    for icon, words, names in (
        ("plus", Text("เพิ่ม", "Added"), found.new),
        ("pencil-simple", Text("แก้ไข", "Changed"), found.changed),
        ("minus", Text("นำออก", "Taken out"), found.gone),
    ):
        for name in names:
            yield icon, words, titles.get(name) or labels.piece(name)
