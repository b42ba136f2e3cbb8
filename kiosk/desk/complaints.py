"""Requests and complaints: filed without a name, followed up by a code.

The code is made here, shown once and kept nowhere: the record holds only what is derived from it. Whoever has the
code finds the answer in a later edition of the content (`desk.tracking`); whoever has the disk does not.
"""

from dataclasses import dataclass, fields
from datetime import date

from kiosk.clock import Moment
from kiosk.desk import contact, services, tally
from kiosk.desk.world import World
from shared import thai
from shared.content import HIGHEST, Bundle, Category, Limits
from shared.errors import SalaError
from shared.keys import CODE_DIGITS, code_keys
from shared.kinds import CaseFiled
from shared.records import header_hash

#: Characters, after cleaning. The text fits a full page of handwriting; all together stay far below what a record
#: may hold.
LIMITS = {"category": 60, "text": 2000, "village": 60, "place": 200, "contact_name": 100, "contact_phone": 40}
REQUIRED = ("category", "text")

#: Calendar days from filing. Acknowledging in 7 is the promise offices publish; telling result or progress in 15 is
#: what the integrity assessment (LPA 3.1, 3.2) counts. Checked 2026-11 against published manuals of subdistrict
#: offices.
ACKNOWLEDGE_DAYS = 7
ANSWER_DAYS = 15


@dataclass(frozen=True, slots=True)
class Draft:
    """What a citizen has entered so far. `category` and `village` are ids of the content; the contact is optional."""

    category: str = ""
    text: str = ""
    village: str = ""
    place: str = ""
    contact_name: str = ""
    contact_phone: str = ""


@dataclass(frozen=True, slots=True)
class Filed:
    """A case that was recorded. `code` has its digits in groups of four; nobody can tell it again.

    `proof` is the beginning of the record's hash in groups of four, as on the slip.
    """

    code: str
    seq: int
    filed_on: date
    acknowledge_by: date
    answer_by: date
    proof: str


class DraftIncomplete(SalaError):
    """The draft lacks something or is too long; see `problems`."""

    remedy = "Go back to the fields named above."


def chars_max(name: str, limits: Limits) -> int:
    """How many characters a field takes; of the citizen's own story the office may take fewer."""
    return min(LIMITS[name], limits.text_chars) if name == "text" else LIMITS[name]


def problems(draft: Draft, limits: Limits = HIGHEST) -> tuple[str, ...]:
    """The names of the fields that are missing or too long, in the order of the form; empty when it can be filed."""
    return tuple(
        field.name
        for field in fields(draft)
        if len(_clean(draft, field.name, margin=1)) > chars_max(field.name, limits)
        or (field.name in REQUIRED and not _clean(draft, field.name))
    )


def file(world: World, moment: Moment, draft: Draft, language: str) -> Filed:
    """Record a case and give its code. Raises `DraftIncomplete`, `NoContent`, or `CannotRecord` with nothing changed:
    also where the office has shut this kiosk out (`ShutOut`).

    Takes about a tenth of a second: the code is hardened against guessing.
    """
    if wrong := problems(draft, world.limits):
        raise DraftIncomplete(", ".join(wrong))
    bundle = services.shown(world)
    if contact.read(world.store).revoked:
        raise contact.ShutOut("this kiosk was revoked")
    code = make_code(world)
    keys = code_keys(code, world.identity.code_salt)
    filed_on = moment.service_date
    body = CaseFiled(
        filed_on.isoformat(), keys.status_id, keys.state_key, _clean(draft, "category"), _clean(draft, "text"),
        _place(bundle, draft), _clean(draft, "contact_name"), _clean(draft, "contact_phone"), language,
    )  # fmt: skip
    with world.store.transaction() as tx:
        record = world.lobby.append(tx, body, at=moment.at, edition=bundle.edition)
        tally.add(world, record.header.at, body)
    kept = tx.confirmed.records[-1].header
    acknowledge_by, answer_by = deadlines(bundle, filed_on)
    return Filed(
        grouped(code), kept.seq, filed_on, acknowledge_by, answer_by, grouped(header_hash(kept).hex().upper()[:12])
    )


def categories(bundle: Bundle, *, asks: bool = False) -> list[Category]:
    """What can be reported, or what can be asked and suggested, in the office's order."""
    return [each for each in bundle.office.categories if each.asks == asks]


def deadlines(bundle: Bundle, filed_on: date) -> tuple[date, date]:
    """By when the office acknowledges and by when it tells the result, on days it is open."""
    holidays = frozenset(bundle.office.holidays)
    return thai.deadline(filed_on, ACKNOWLEDGE_DAYS, holidays), thai.deadline(filed_on, ANSWER_DAYS, holidays)


def make_code(world: World) -> str:
    """16 digits, each equally likely: bytes of 250 and more are thrown away, since 256 is no multiple of ten."""
    digits = ""
    while len(digits) < CODE_DIGITS:
        digits += "".join(str(byte % 10) for byte in world.random(2 * CODE_DIGITS) if byte < 250)
    return digits[:CODE_DIGITS]


def grouped(text: str) -> str:
    """The same in groups of four, for reading and typing."""
    return " ".join(text[i : i + 4] for i in range(0, len(text), 4))


def _clean(draft: Draft, name: str, *, margin: int = 0) -> str:
    value: str = getattr(draft, name)
    return thai.clean(value, chars_max=LIMITS[name] + margin, lines=name == "text")


def _place(bundle: Bundle, draft: Draft) -> str:
    """Village and place in one line, the village by its Thai name: staff read it."""
    village = next((village.name.th for village in bundle.office.villages if village.id == draft.village), "")
    return " ".join(filter(None, (village, _clean(draft, "place"))))
