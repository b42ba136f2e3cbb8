"""Not fixed: whoever holds the code of a case says so, once each time the office has answered or closed it.

The status tells in which round the case is (`shared.content.Status.round`), and the record repeats it: the server takes
the case up again only if it still stands there, so two kiosks, or one that was offline, cannot reopen it twice. This
kiosk remembers what was said here until a newer status tells another round.

Complaints about people have no round, and nothing is recorded of them here: words about them go to their readers only
(docs/decisions/0025-a-sealed-case-is-not-returned.md).
"""

from dataclasses import dataclass
from datetime import date
from typing import Final

from tinydb.table import Document

from kiosk.clock import Moment
from kiosk.desk import complaints, services
from kiosk.desk.tracking import Found
from kiosk.desk.world import World
from shared import thai
from shared.errors import SalaError
from shared.kinds import RETURN_REASONS, CaseReturned

TABLE: Final = "returns"

#: Characters, after cleaning.
WORDS_MAX: Final = 1000

_ROWS: Final = 2**39


class AlreadySaid(SalaError):
    """It was said in this round, or cannot be said of this case."""

    remedy = "Look at the case again when the office has answered."


class NoReason(SalaError):
    """A reason is chosen before it is sent."""

    remedy = "Choose the reason that is nearest."


@dataclass(frozen=True, slots=True)
class Returned:
    """It was recorded; `answer_by` is the last day of the office's answer."""

    seq: int
    answer_by: date


def said(world: World, found: Found) -> bool:
    """Whether it was said at this kiosk in the round that the status tells."""
    kept = world.store.table(TABLE).one(_row(found.status_id))
    return kept is not None and kept["id"] == found.status_id and kept["round"] == found.status.round


def may_say(world: World, found: Found) -> bool:
    """Whether the holder of this code may say now that it is not fixed."""
    return found.status.round > 0 and not said(world, found)


def say(world: World, moment: Moment, found: Found, reason: str, words: str, language: str) -> Returned:
    """Record that a case is not fixed.

    Raises `NoReason`, `AlreadySaid`, `NoContent`, or `CannotRecord` with nothing changed.
    """
    if reason not in RETURN_REASONS:
        raise NoReason(f"no reason {reason!r}")
    if not may_say(world, found):
        raise AlreadySaid("this case was returned in this round")
    bundle = services.shown(world)
    day = moment.service_date
    told = thai.clean(words, chars_max=WORDS_MAX, lines=True)
    body = CaseReturned(day.isoformat(), found.status_id, found.status.round, reason, told, language)
    with world.store.transaction() as tx:
        record = world.lobby.append(tx, body, at=moment.at, edition=bundle.edition)
        table = world.store.table(TABLE)
        # What no status of this edition belongs to any more is forgotten.
        if gone := [each.doc_id for each in table if each["id"] not in bundle.statuses]:
            table.remove(doc_ids=gone)
        table.upsert(Document({"id": found.status_id, "round": body.round}, _row(found.status_id)))
    return Returned(record.header.seq, complaints.deadlines(bundle, day)[1])


def _row(status_id: bytes) -> int:
    return 1 + int.from_bytes(status_id[:8]) % _ROWS
