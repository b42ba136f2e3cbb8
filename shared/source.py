"""Content as people write it: an office's folder of TOML files, read into the facts of `shared.content`.

    office.toml          the office, and the order of its services
    services/<id>.toml   one service each
    notices.toml         what is told to everybody (may be absent)
    attract.toml, budget.toml, floor.toml, schedule.toml
                         "you said, we did" and the EIT; plan against actual; the floor plan; opening hours and trips
                         (each may be absent)
    forms/<name>.png     forms filled in as samples, named by the services that ask for them
    staff/<name>.png     photos of colleagues, each named with the day of its consent
    ms.toml              the same texts in Malay (Rumi), by their Thai, with who approved them; used once somebody has
    ms-Arab.toml         the same texts in Malay (Jawi), by their Thai; each is used once it is approved
    words.toml           who approved which Jawi sentences, of the office's texts and of the kiosk's own

The caller reads the files; this module is given their text (for pictures, their bytes) by name and returns a `Source`,
or raises `SourceRefused` with every problem it found, each with file and field. So nothing blank, misspelt, unknown or
contradicting itself reaches a draft:

    source = read({"office.toml": "...", "services/sign_tax.toml": "..."})
    source.services[0].title.into("en")
"""

import dataclasses
import re
import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from types import MappingProxyType
from typing import Any, TypeVar

import msgspec

from shared import content, floor, hours, thai
from shared.content import (
    PRIORITIES,
    Attract,
    Budget,
    Bundle,
    FloorPlan,
    Notice,
    Notices,
    Office,
    Schedule,
    Service,
    Text,
    Words,
)
from shared.errors import ContentRefused

OFFICE_FILE = "office.toml"
NOTICES_FILE = "notices.toml"
RUMI_FILE = "ms.toml"
JAWI_FILE = "ms-Arab.toml"
WORDS_FILE = "words.toml"
#: Files that may be absent -> the piece each becomes.
HALL_FILES = {
    f"{name}.toml": name
    for name in (content.ATTRACT_PIECE, content.BUDGET_PIECE, content.FLOOR_PIECE, content.SCHEDULE_PIECE)
}
SERVICE_FILE = re.compile(r"services/([a-z0-9_]{1,40})\.toml")

#: Who a service is for; each is a chip on the list of services.
AUDIENCES = frozenset(
    {"everyone", "farmer", "landowner", "business", "builder", "elderly", "disabled", "parent", "welfare"}
)
#: Drawings that every kiosk carries under assets/art.
PICTURES = frozenset(
    {
        "archive", "ask", "baby", "build", "care", "certificate", "elder", "factory", "farmer", "flood", "food", "form",
        "help", "idea", "lamp", "land", "noise", "notice", "praise", "rate", "registry", "report", "road", "sealed",
        "shop", "sign", "talk", "tanker", "track", "trash", "tree", "water", "way", "wheelchair",
        "who-chief", "who-clerk", "who-council", "who-person", "who-unit", "who-unknown",
    }
)  # fmt: skip

_CHARS_MAX = 2_000
_ID = re.compile(r"[a-z0-9_]{1,40}")
_PICTURE = re.compile(r"[a-z0-9_]{1,40}\.png")
_MARK = re.compile(r"[0-9a-f]{16}")
#: What the name of a subdistrict office begins with; a space behind it, and it is the office of whoever reads.
_OF_A_SUBDISTRICT = re.compile(r"(?:องค์การบริหารส่วนตำบล|อบต\.)(?=[ก-ฮเ-ไ])")

T = TypeVar("T")


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One thing to mend: in which file, at which field (such as ``steps[1].title.th``), and what is wrong with it."""

    file: str
    field: str
    what: str

    def __str__(self) -> str:
        return f"{self.file}: {self.field}: {self.what}" if self.field else f"{self.file}: {self.what}"


class SourceRefused(ContentRefused):
    """The folder cannot become a draft as it stands; `problems` says where."""

    remedy = "Mend the fields named above and import again; the draft and the published edition stay as they were."

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = sorted(problems)
        super().__init__("\n".join(map(str, self.problems)))


@dataclass(frozen=True, slots=True)
class Malay:
    """A text of the office by its Thai, and the Malay written for it; empty where there is none."""

    th: str
    ms: str
    jawi: str


@dataclass(frozen=True, slots=True)
class Source:
    """A folder that was read whole. `holiday_names` says why the office is closed on each of `office.holidays`; `hall`
    has the facts of `HALL_FILES` by their piece's name; `malay` holds every text that is shown, with the Malay that was
    written for it, approved or not; `of_nothing` the Thai that a language file renders and no text says, as after a
    change of the Thai.
    """

    office: Office
    services: tuple[Service, ...]
    notices: tuple[Notice, ...]
    holiday_names: Mapping[date, str]
    pictures: Mapping[str, bytes]
    words: Words
    hall: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    malay: tuple[Malay, ...] = ()
    of_nothing: tuple[str, ...] = ()
    photos: Mapping[str, bytes] = dataclasses.field(default_factory=dict)

    def bundle(self, *, edition: int = 1, made_ms: int = 0) -> Bundle:
        """What a kiosk would hold after this source was published, statuses apart."""
        return Bundle(
            edition, made_ms, self.office, list(self.services), list(self.notices), {}, dict(self.pictures), self.words,
            **self.hall, photos=dict(self.photos),
        )  # fmt: skip


def read(files: Mapping[str, str], drawn: Mapping[str, bytes] = MappingProxyType({})) -> Source:
    """The source that `files` (name -> text) and `drawn` (name -> bytes of a picture) make. Raises `SourceRefused`."""
    found = _Findings()
    tables = {name: table for name, text in files.items() if (table := found.parse(name, text)) is not None}
    found.expect_names(tables)
    if OFFICE_FILE not in tables:
        found.add(OFFICE_FILE, "", "this file is missing or unreadable")
        raise SourceRefused(found.problems)
    order, holiday_names = _take_order_and_holidays(tables[OFFICE_FILE], found)
    words = found.convert(WORDS_FILE, tables.get(WORDS_FILE, {}), Words)
    rumi, jawi = (_translations(tables.get(name, {}), name, found) for name in (RUMI_FILE, JAWI_FILE))

    office = found.convert(OFFICE_FILE, tables[OFFICE_FILE], Office)
    notices = found.convert(NOTICES_FILE, tables.get(NOTICES_FILE, {"notices": []}), Notices)
    hall = {
        piece: fact
        for name, piece in HALL_FILES.items()
        if name in tables and (fact := found.convert(name, tables[name], content.HALL[piece])) is not None
    }
    by_id = {
        match[1]: (name, found.convert(name, table, Service))
        for name, table in tables.items()
        if (match := SERVICE_FILE.fullmatch(name))
    }
    for service_id, (name, service) in by_id.items():
        if service is not None and office is not None:
            found.extend(name, _service_problems(service, service_id, office))
    if office is not None:
        found.extend(OFFICE_FILE, _office_problems(office))
    if notices is not None:
        found.extend(NOTICES_FILE, _notice_problems(notices))
    for name, piece in HALL_FILES.items():
        if piece in hall and office is not None:
            found.extend(name, _HALL_PROBLEMS[piece](hall[piece], office))
    found.extend(OFFICE_FILE, _order_problems(order, list(by_id)))
    if words is not None:
        found.extend(WORDS_FILE, _review_problems(words))
    asked = [
        (name, f"forms[{i}].sample", form.sample)
        for name, service in by_id.values() if service for i, form in enumerate(service.forms) if form.sample
    ]  # fmt: skip
    pictures = _take_pictures("forms", asked, drawn, found)
    shown = [
        (OFFICE_FILE, f"colleagues[{i}].photo", each.photo.file)
        for i, each in enumerate(office.colleagues if office is not None else ()) if each.photo is not None
    ]  # fmt: skip
    photos = _take_pictures("staff", shown, drawn, found)
    if found.problems or office is None or notices is None or words is None:
        raise SourceRefused(found.problems)
    services = tuple(service for service_id in order if (service := by_id[service_id][1]) is not None)
    source = Source(
        office, services, tuple(notices.notices), holiday_names, pictures, words, hall, photos=photos
    )  # fmt: skip
    return _translated(source, rumi, jawi)


# --- from text to facts ------------------------------------------------------------------------------------------


class _Findings:
    """Collects problems, so that whoever edits the folder hears of all of them at once."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []

    def add(self, file: str, field: str, what: str) -> None:
        self.problems.append(Problem(file, field, what))

    def extend(self, file: str, problems: Iterator[tuple[str, str]]) -> None:
        self.problems += [Problem(file, field, what) for field, what in problems]

    def parse(self, name: str, text: str) -> dict[str, Any] | None:
        try:
            return tomllib.loads(text)
        except (tomllib.TOMLDecodeError, ValueError, RecursionError) as error:
            self.add(name, "", f"not TOML: {error}")
            return None

    def expect_names(self, tables: Mapping[str, object]) -> None:
        known = {OFFICE_FILE, NOTICES_FILE, *HALL_FILES, RUMI_FILE, JAWI_FILE, WORDS_FILE}
        for name in tables:
            if name not in known and not SERVICE_FILE.fullmatch(name):
                self.add(name, "", "no file of this name is expected")

    def convert(self, name: str, table: dict[str, Any], kind: type[T]) -> T | None:
        try:
            value = msgspec.convert(table, kind)
        except msgspec.ValidationError as error:
            what, _, path = str(error).partition(" - at ")
            self.add(name, path.strip("`").removeprefix("$").removeprefix("."), what)
            return None
        except RecursionError:
            self.add(name, "", "nested too deep")
            return None
        # The empty prefix makes paths start inside the file.
        self.extend(name, ((_inside(blank), "left blank") for blank in content.find_blanks(value, "$")))
        self.extend(name, _unknown_fields(table, msgspec.to_builtins(value)))
        self.extend(name, _unclean(table))
        return value


def _inside(path: str) -> str:
    return path.removeprefix("$").removeprefix(".")


def _unknown_fields(written: Any, kept: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Fields that the conversion passed over: mostly a misspelt name."""
    if isinstance(written, dict) and isinstance(kept, dict):
        for name, value in written.items():
            where = f"{path}.{name}" if path else name
            if name in kept:
                yield from _unknown_fields(value, kept[name], where)
            else:
                yield where, "no such field"
    elif isinstance(written, list) and isinstance(kept, list):
        for i, (value, other) in enumerate(zip(written, kept, strict=True)):
            yield from _unknown_fields(value, other, f"{path}[{i}]")


def _unclean(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Texts that hold control or invisible characters, stray spaces, or letters not in NFC."""
    if isinstance(value, str):
        if len(value) > _CHARS_MAX:
            yield path, f"longer than {_CHARS_MAX} characters"
        elif value != thai.clean(value, chars_max=_CHARS_MAX, lines=True):
            yield path, "has spaces at an end, or invisible or unusual characters"
    elif isinstance(value, dict):
        for name, inner in value.items():
            yield from _unclean(inner, f"{path}.{name}" if path else name)
    elif isinstance(value, list):
        for i, inner in enumerate(value):
            yield from _unclean(inner, f"{path}[{i}]")


def _take_order_and_holidays(table: dict[str, Any], found: _Findings) -> tuple[list[str], dict[date, str]]:
    """Take out of the office's table what `content.Office` has no place for: the order, and why days are closed."""
    order = table.pop("services", [])
    if not isinstance(order, list) or not all(isinstance(name, str) for name in order):
        found.add(OFFICE_FILE, "services", "a list of service ids is expected")
        order = []
    names: dict[date, str] = {}
    rows = table.get("holidays", [])
    for i, row in enumerate(rows if isinstance(rows, list) else [rows]):
        match row:
            case {"day": date() as day, "name": str(name), **rest} if name.strip() and not rest and day not in names:
                names[day] = name
            case _:
                found.add(OFFICE_FILE, f"holidays[{i}]", "a `day` not listed before and its `name` are expected")
    table["holidays"] = sorted(names)
    return order, names


def _take_pictures(
    folder: str, asked: list[tuple[str, str, str]], drawn: Mapping[str, bytes], found: _Findings
) -> dict[str, bytes]:
    """The pictures of `folder` that are asked for (by which file, where in it, under which name), stripped of all that
    tells about them; others stay at home.
    """
    pictures: dict[str, bytes] = {}
    for file, where, name in asked:
        data = drawn.get(f"{folder}/{name}")
        if data is None or not _PICTURE.fullmatch(name):
            found.add(file, where, f"no picture {folder}/{name}")
        elif name not in pictures:
            try:
                pictures[name] = content.plain_picture(name, data)
            except ContentRefused as error:
                found.add(file, where, str(error))
    return pictures


def _translations(table: dict[str, Any], file: str, found: _Findings) -> dict[str, str]:
    """Thai -> Malay, as a language file writes it. A whole file of Rumi waits until somebody approved it; Jawi is
    approved sentence by sentence.
    """
    texts = table.get("texts", {})
    if not isinstance(texts, dict) or not all(isinstance(text, str) and text for text in texts.values()):
        found.add(file, "texts", "a table of Thai sentences and what they are in Malay is expected")
        return {}
    found.extend(file, _unclean(texts, "texts"))
    if file == JAWI_FILE:
        return texts
    approved = bool(table.get("approved_by", "")) and isinstance(table.get("approved_on"), date)
    if table.get("approved_by") and not approved:
        found.add(file, "approved_on", "who approved is named, the day is not")
    return texts if approved else {}


def _translated(source: Source, rumi: Mapping[str, str], jawi: Mapping[str, str]) -> Source:
    """The source in Malay as well: Rumi as it is written, Jawi as far as it is approved."""
    marks = content.approved(source.words)
    said: dict[str, Malay] = {}

    def translate(text: Text) -> Text:
        ms, arab = rumi.get(text.th, text.ms), jawi.get(text.th, text.ms_arab)
        said[text.th] = Malay(text.th, ms, arab)
        shown = arab if content.fingerprint(text.th, arab) in marks else ""
        return msgspec.structs.replace(text, ms=ms, ms_arab=shown)

    office = _each_text(source.office, translate)
    services = _each_text(source.services, translate)
    notices = _each_text(source.notices, translate)
    hall = {name: _each_text(fact, translate) for name, fact in source.hall.items()}
    of_nothing = tuple(th for th in {**rumi, **jawi} if th not in said)
    return replace(
        source, office=office, services=services, notices=notices, hall=hall, malay=tuple(said.values()),
        of_nothing=of_nothing,
    )  # fmt: skip


def malay_of(bundle: Bundle) -> tuple[Malay, ...]:
    """Every text of an edition with the Malay it carries; Jawi that nobody approved is not among it."""
    said: dict[str, Malay] = {}

    def note(text: Text) -> Text:
        said[text.th] = Malay(text.th, text.ms, text.ms_arab)
        return text

    _each_text([bundle.office, *bundle.services, *bundle.notices], note)
    return tuple(said.values())


def of_another_office(office: Office, told: Any) -> list[str]:
    """The sentences among the facts of `told` that name a subdistrict office other than `office`, each once: what stays
    behind where content was copied from a neighbour or from the sample. A neighbour may be named with reason, so people
    look at what this finds and decide.
    """
    places = tuple(_OF_A_SUBDISTRICT.sub("", name.th, count=1) for name in (office.name, office.short_name) if name.th)
    sentences = dict.fromkeys(_strings(msgspec.to_builtins(told)))
    return [
        each
        for each in sentences
        if any(not each.startswith(places, named.end()) for named in _OF_A_SUBDISTRICT.finditer(each))
    ]


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        yield from _strings(list(value.values()))
    elif isinstance(value, list):
        for each in value:
            yield from _strings(each)


def _each_text(value: Any, change: Callable[[Text], Text]) -> Any:
    """The same value with every text in it changed."""
    if isinstance(value, Text):
        return change(value)
    if isinstance(value, list | tuple):
        return type(value)(_each_text(each, change) for each in value)
    if isinstance(value, msgspec.Struct):
        return msgspec.structs.replace(
            value, **{name: _each_text(getattr(value, name), change) for name in value.__struct_fields__}
        )
    return value


# --- what contradicts itself -------------------------------------------------------------------------------------


def _office_problems(office: Office) -> Iterator[tuple[str, str]]:
    for name, least, most in office.limits.out_of_range():
        yield f"limits.{name}", f"between {least:,} and {most:,}"
    divisions = {division.id for division in office.divisions}
    for name in ("divisions", "categories", "villages", "series", "readers", "routes"):
        yield from _id_problems(name, [row.id for row in getattr(office, name)])
    yield from _id_problems("colleagues", [each.id for each in office.colleagues])
    for i, colleague in enumerate(office.colleagues):
        if colleague.division not in {each.id for each in office.divisions}:
            yield f"colleagues[{i}].division", f"no division {colleague.division!r}"
        photo = colleague.photo
        if photo is not None and photo.consent_until is not None and photo.consent_until < photo.consent_on:
            yield f"colleagues[{i}].photo.consent_until", "the consent ends before it was given"
    for i, category in enumerate(office.categories):
        if category.division not in divisions:
            yield f"categories[{i}].division", f"no division {category.division!r}"
        if category.picture not in PICTURES:
            yield f"categories[{i}].picture", f"no drawing {category.picture!r}"

    if office.enquiries and office.enquiries not in {series.id for series in office.series}:
        yield "enquiries", f"no series {office.enquiries!r}"
    for i, priority in enumerate(office.priorities):
        if priority not in PRIORITIES:
            yield f"priorities[{i}]", f"{priority!r} is none of {', '.join(PRIORITIES)}"
    yield from _id_problems("priorities", list(office.priorities))
    yield from _route_problems(office)


def _route_problems(office: Office) -> Iterator[tuple[str, str]]:
    """Keys are the server's to fill in: a folder that brought one could make somebody a reader unseen."""
    if office.recovery_key:
        yield "recovery_key", "keys do not come from a folder"
    for i, reader in enumerate(office.readers):
        if reader.key:
            yield f"readers[{i}].key", "keys do not come from a folder"
    for i, route in enumerate(office.routes):
        if route.picture not in PICTURES:
            yield f"routes[{i}].picture", f"no drawing {route.picture!r}"
        for what in content.route_problems(office, route):
            yield f"routes[{i}]", what


def _id_problems(name: str, ids: list[str]) -> Iterator[tuple[str, str]]:
    for i, each in enumerate(ids):
        if not _ID.fullmatch(each):
            yield f"{name}[{i}].id", "an id has small letters, digits and _"
        if each in ids[:i]:
            yield f"{name}[{i}].id", f"{each!r} stands here twice"


def _service_problems(service: Service, service_id: str, office: Office) -> Iterator[tuple[str, str]]:
    divisions = {division.id for division in office.divisions}
    if service.id != service_id:
        yield "id", f"{service.id!r} stands in the file of {service_id!r}"
    if service.division not in divisions:
        yield "division", f"no division {service.division!r}"
    if service.series not in {series.id for series in office.series}:
        yield "series", f"no series {service.series!r}"
    if service.picture not in PICTURES:
        yield "picture", f"no drawing {service.picture!r}"
    for audience in service.audience:
        if audience not in AUDIENCES:
            yield "audience", f"{audience!r} is none of {', '.join(sorted(AUDIENCES))}"
    for i, step in enumerate(service.steps):
        if step.division not in divisions:
            yield f"steps[{i}].division", f"no division {step.division!r}"
        if (step.duration.value > 0) == (step.duration.unit == "immediate"):
            yield f"steps[{i}].duration", "a step takes 1 or more of its unit; an immediate one has the value 0"
        if step.person and step.person not in {colleague.id for colleague in office.colleagues}:
            yield f"steps[{i}].person", f"no colleague {step.person!r}"
    yield from _promise_problems(service)
    yield from _form_problems(service)


def _form_problems(service: Service) -> Iterator[tuple[str, str]]:
    if service.link and not content.is_link(service.link):
        yield "link", f"a link begins with https:// and has at most {content.LINK_CHARS_MAX} plain characters"
    yield from _id_problems("forms", [form.id for form in service.forms])
    for i, form in enumerate(service.forms):
        if form.link and not content.is_link(form.link):
            yield f"forms[{i}].link", f"a link begins with https:// and has at most {content.LINK_CHARS_MAX} characters"
        if not form.link and not form.sample:
            yield f"forms[{i}]", "a form has a link or a picture"


def _promise_problems(service: Service) -> Iterator[tuple[str, str]]:
    """The promise is kept by its own steps: they never add up to more, and are counted in days of one sort."""
    promise = service.promise
    if (promise.value > 0) == (promise.unit == "immediate"):
        yield "promise", "a promise is 1 or more of its unit; an immediate one has the value 0"
    units = {step.duration.unit for step in service.steps} | {promise.unit}
    if {"day", "working_day"} <= units:
        yield "steps", "calendar days and working days are mixed"
        return
    total = content.steps_total(service)
    if content.minutes(total) > content.minutes(promise):
        yield "steps", f"together {total.value} {total.unit}, more than the promise of {promise.value} {promise.unit}"


def _notice_problems(notices: Notices) -> Iterator[tuple[str, str]]:
    yield from _id_problems("notices", [notice.id for notice in notices.notices])
    for i, notice in enumerate(notices.notices):
        if notice.from_day > notice.until_day:
            yield f"notices[{i}].until_day", "ends before it begins"


def _review_problems(words: Words) -> Iterator[tuple[str, str]]:
    for i, review in enumerate(words.reviews):
        if not review.by.strip():
            yield f"reviews[{i}].by", "left blank"
        for k, mark in enumerate(review.approved):
            if not _MARK.fullmatch(mark):
                yield f"reviews[{i}].approved[{k}]", "a fingerprint is 16 digits, as `sala-kiosk words` writes them"


def _attract_problems(attract: Attract, _office: Office) -> Iterator[tuple[str, str]]:
    yield from _id_problems("said", [said.id for said in attract.said])
    for i, said in enumerate(attract.said):
        if said.from_day > said.until_day:
            yield f"said[{i}].until_day", "ends before it begins"
        if said.people < content.SHOWN_FROM:
            yield f"said[{i}].people", f"what fewer than {content.SHOWN_FROM} people said is not shown to all"
    survey = attract.survey
    if survey is not None and survey.from_day > survey.until_day:
        yield "survey.until_day", "ends before it begins"
    if survey is not None and not re.fullmatch(r"https://[!-~]{4,400}", survey.link):
        yield "survey.link", "an address that begins with https:// is expected"


def _budget_problems(budget: Budget, _office: Office) -> Iterator[tuple[str, str]]:
    yield from _id_problems("areas", [area.id for area in budget.areas])
    first = date(budget.year_ends.year - 1, 10, 1)
    if (budget.year_ends.month, budget.year_ends.day) != (9, 30):
        yield "year_ends", "a fiscal year ends on 30 September"
    elif not first <= budget.data_until <= budget.year_ends:
        yield "data_until", "this day is not in the fiscal year"
    for i, area in enumerate(budget.areas):
        if area.picture not in PICTURES:
            yield f"areas[{i}].picture", f"no drawing {area.picture!r}"
        if min((*area.plan, *area.actual)) < 0:
            yield f"areas[{i}]", "an amount is 0 or more"
        begun = (budget.data_until.month - 10) % 12 // 3 + 1
        if len(area.actual) > begun:
            yield f"areas[{i}].actual", f"by {budget.data_until} only {begun} quarters have begun"


def _floor_problems(plan: FloorPlan, office: Office) -> Iterator[tuple[str, str]]:
    divisions = {division.id for division in office.divisions}
    for i, level in enumerate(plan.levels):
        yield from _id_problems(f"levels[{i}].places", [place.id for place in level.places])
        for j, place in enumerate(level.places):
            if place.houses and place.houses not in divisions:
                yield f"levels[{i}].places[{j}].houses", f"no division {place.houses!r}"
    yield from floor.problems(plan)


def _schedule_problems(schedule: Schedule, office: Office) -> Iterator[tuple[str, str]]:
    yield from _id_problems("trips", [trip.id for trip in schedule.trips])
    yield from hours.problems(schedule, {village.id for village in office.villages})


_HALL_PROBLEMS: Mapping[str, Callable[[Any, Office], Iterator[tuple[str, str]]]] = {
    content.ATTRACT_PIECE: _attract_problems,
    content.BUDGET_PIECE: _budget_problems,
    content.FLOOR_PIECE: _floor_problems,
    content.SCHEDULE_PIECE: _schedule_problems,
}


def _order_problems(order: list[str], files: list[str]) -> Iterator[tuple[str, str]]:
    for service_id in sorted(set(order) - set(files)):
        yield "services", f"{service_id!r} has no readable file services/{service_id}.toml"
    for service_id in sorted(set(files) - set(order)):
        yield "services", f"services/{service_id}.toml is not in the list"
    for service_id in sorted({each for each in order if order.count(each) > 1}):
        yield "services", f"{service_id!r} stands here twice"
    if not order:
        yield "services", "an office without a service"
