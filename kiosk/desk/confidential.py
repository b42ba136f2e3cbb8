"""Complaints about people: sealed to their readers before they touch the disk, followed up by a code.

Which readers is the content's to say: a route for each subject one can complain of, chosen first and by picture. Only
routes that keep every rule are offered (`shared.content.check_route`). Of what was typed the kiosk keeps nothing it
could read again: no document, no line in its diary, no count in the day's tally, and of the time only the date.

    chosen = routes(world)[0]
    filed = file(world, clock.now(), Draft(route=chosen.id, category="unfair", text="..."), "th")
    filed.code                                  # 16 digits, for `desk.tracking` as with a request
"""

from dataclasses import dataclass, fields

from kiosk.clock import Moment
from kiosk.desk import complaints, contact, services
from kiosk.desk.complaints import DraftIncomplete, Filed, grouped
from kiosk.desk.world import World
from kiosk.store import apart
from shared import complaint, content, envelope, thai
from shared.complaint import Complaint
from shared.content import HIGHEST, Bundle, Limits, Route
from shared.errors import SalaError
from shared.keys import KEY_BYTES, ReaderKey, code_keys
from shared.kinds import COMPLAINT_CATEGORIES, ComplaintFiled
from shared.records import header_hash

#: Characters, after cleaning.
LIMITS = {
    "route": 40, "category": 20, "text": 2000, "unit": 60, "counter": 20, "person": 120, "when": 200, "place": 200,
    "contact_name": 100, "contact_phone": 40,
}  # fmt: skip
REQUIRED = ("route", "category", "text")


@dataclass(frozen=True, slots=True)
class Draft:
    """What a citizen has entered so far; it lives in memory only.

    `route` is the id of the subject chosen by picture, `category` one of `COMPLAINT_CATEGORIES`, `unit` a division's
    id, `counter` its number, `person` a name or description, `when` and `place` the citizen's own words. A contact is
    optional and only the readers see it: without one the complaint is anonymous.
    """

    route: str = ""
    category: str = ""
    text: str = ""
    unit: str = ""
    counter: str = ""
    person: str = ""
    when: str = ""
    place: str = ""
    contact_name: str = ""
    contact_phone: str = ""


class NoRoute(SalaError):
    """Nobody may be asked to read this: the content offers no sound route for it (any more)."""

    remedy = "Choose again whom it is about, or turn to one of the places outside the office."


def routes(world: World) -> list[Route]:
    """The subjects one can complain of, in the office's order; empty where complaints about people cannot be taken, as
    on a kiosk that the office has shut out.

    Raises `NoContent`.
    """
    office = services.shown(world).office
    return [] if contact.read(world.store).revoked else content.sound_routes(office)


def chars_max(name: str, limits: Limits) -> int:
    """How many characters a field takes; of the citizen's own story the office may take fewer."""
    return min(LIMITS[name], limits.text_chars) if name == "text" else LIMITS[name]


def problems(draft: Draft, limits: Limits = HIGHEST) -> tuple[str, ...]:
    """The names of the fields that are missing, unknown or too long, in the order of the form; empty when it can be
    filed.
    """
    return tuple(
        field.name
        for field in fields(draft)
        if len(_clean(draft, field.name, margin=1)) > chars_max(field.name, limits)
        or (field.name in REQUIRED and not _clean(draft, field.name))
        or (field.name == "category" and draft.category not in COMPLAINT_CATEGORIES)
    )


def file(world: World, moment: Moment, draft: Draft, language: str) -> Filed:
    """Seal and record a complaint and give its code; `Filed.seq` counts the confidential log.

    Raises `DraftIncomplete`, `NoContent`, `NoRoute`, or `CannotRecord` with nothing changed. Takes some tenths of a
    second: the code is hardened against guessing, and the file is closed again.
    """
    if wrong := problems(draft, world.limits):
        raise DraftIncomplete(", ".join(wrong))
    bundle = services.shown(world)
    if contact.read(world.store).revoked:
        raise contact.ShutOut("this kiosk was revoked")
    route, readers = _sealable(bundle, draft.route)
    code = complaints.make_code(world)
    keys = code_keys(code, world.identity.code_salt)
    words = complaint.encode(_words(bundle, draft, route, language))
    day = moment.service_date
    with world.apart.open(day) as book, book.store.transaction() as tx:
        if book.logs()[-1].damaged_seq:
            # The words are bound to the log they go into.
            book.open_new(tx, "damaged", at=apart.at(day), edition=bundle.edition)
        # Sealed here, in memory: from the next line on nobody but the readers can read it.
        sealed = envelope.seal_to_route(
            words, readers=readers, log=book.head.log, route=route.id, key=world.random(KEY_BYTES)
        )
        body = ComplaintFiled(day.isoformat(), keys.status_id, keys.state_key, draft.category, route.id, sealed)
        book.append(tx, body, at=apart.at(day), edition=bundle.edition)
    kept = tx.confirmed.records[-1].header
    acknowledge_by, answer_by = complaints.deadlines(bundle, day)
    return Filed(grouped(code), kept.seq, day, acknowledge_by, answer_by, grouped(header_hash(kept).hex().upper()[:12]))


def _sealable(bundle: Bundle, route_id: str) -> tuple[Route, list[ReaderKey]]:
    route = next((route for route in content.sound_routes(bundle.office) if route.id == route_id), None)
    if route is None:
        raise NoRoute(f"no sound route {route_id!r} in edition {bundle.edition}")
    return route, content.check_route(bundle.office, route)


def _words(bundle: Bundle, draft: Draft, route: Route, language: str) -> Complaint:
    """The division by its Thai name: readers read it, and nobody else looks ids up for them."""
    said = {name: _clean(draft, name) for name in LIMITS if name not in {"route", "category"}}
    said["unit"] = next((each.name.th for each in bundle.office.divisions if each.id == draft.unit), said["unit"])
    return Complaint(version=complaint.VERSION, about=route.about, language=language, **said)


def _clean(draft: Draft, name: str, *, margin: int = 0) -> str:
    value: str = getattr(draft, name)
    return thai.clean(value, chars_max=LIMITS[name] + margin, lines=name == "text")
