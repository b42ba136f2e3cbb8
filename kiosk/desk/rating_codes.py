"""The one-time code on a ticket's slip: a rating comes by it from somebody who was served, and nobody can tell who.

Of a code the kiosk keeps a verifier alone, and never beside the ticket: a keyed hash that is the row's own number in a
table. So rows lie in the order of their hashes, not in that of the tickets, and what a rating uses up leads to no
number. Beside it stand the service, as far as the ticket's record names it, and a day up to which the code is good: the
same for all codes of a week.

    code = issue(world, today, "sign_tax")      # inside the transaction that records the ticket
    known(world, today, typed)                  # while the citizen types
    redeem(world, today, typed)                 # inside the transaction that records the rating: once

A code is known to the kiosk that gave it, for `GOOD_DAYS` days and to the end of that week, over the fiscal year's end
too. A kiosk that was set up anew knows none of the old ones: whoever brings one may rate without it.
"""

import hashlib
import hmac
from datetime import date, timedelta
from typing import Final

from tinydb.table import Document

from kiosk.desk.world import World
from shared import thai

TABLE: Final = "rating_codes"
#: The key of the hashes: row numbers are legible in the file, and ten million codes are tried in a minute.
KEY_TABLE: Final = "rating_code_key"
_KEY_ROW: Final = 1

#: Digits are read by many who read little, and typed alike in every language. A guess hits one of a month's codes of a
#: busy kiosk once in thirty thousand times, and few tries are taken in a minute.
DIGITS: Final = 8
GOOD_DAYS: Final = 30

_LABEL: Final = b"sala/v1/rating-code"
_ROWS: Final = 2**39


def issue(world: World, day: date, service_id: str) -> str:
    """A new code of `DIGITS` digits; call it inside the transaction that records the ticket."""
    key, table = _key(world), world.store.table(TABLE)
    while True:
        code = f"{int.from_bytes(world.random(16)) % 10**DIGITS:0{DIGITS}d}"
        row = _row(key, code)
        if table.one(row) is None:
            table.insert(Document({"service": service_id, "until": _good_until(day).toordinal()}, row))
            return code


def digits(typed: str) -> str:
    """What was typed as bare digits: Thai ones, spaces and hyphens accepted. May be no code at all."""
    return "".join(thai.ascii_digits(typed).split()).replace("-", "")


def known(world: World, day: date, typed: str) -> bool:
    """Whether this code is good on `day`: given here, not used yet, and not too old."""
    return _find(world, day, typed) is not None


def redeem(world: World, day: date, typed: str) -> str | None:
    """Use a code up and return the service it was given for ("" where the ticket tells none); None where it is not
    good. Call it inside the transaction that records the rating.
    """
    found = _find(world, day, typed)
    if found is None:
        return None
    world.store.table(TABLE).remove(doc_ids=[found.doc_id])
    return str(found["service"])


def drop_old(world: World, day: date) -> None:
    """Forget the codes that are no longer good on `day`. Raises `CannotRecord` with nothing changed."""
    table = world.store.table(TABLE)
    if old := [each.doc_id for each in table if each["until"] < day.toordinal()]:
        table.remove(doc_ids=old)


def _find(world: World, day: date, typed: str) -> Document | None:
    code = digits(typed)
    if len(code) != DIGITS or not (code.isascii() and code.isdigit()):
        return None
    found = world.store.table(TABLE).sound(_row(_key(world), code))
    return found if found is not None and found["until"] >= day.toordinal() else None


def _good_until(day: date) -> date:
    """The Sunday on or after `GOOD_DAYS` days: a day of its own would tell on which day a code was given."""
    last = day + timedelta(days=GOOD_DAYS)
    return last + timedelta(days=6 - last.weekday())


def _row(key: bytes, code: str) -> int:
    digest = hmac.digest(key, _LABEL + code.encode("ascii"), hashlib.sha256)
    return 1 + int.from_bytes(digest[:8]) % _ROWS


def _key(world: World) -> bytes:
    """The key of this store's hashes, drawn at the first code."""
    table = world.store.table(KEY_TABLE)
    kept = table.sound(_KEY_ROW)
    if kept is None:
        kept = Document({"key": world.random(32)}, _KEY_ROW)
        table.upsert(kept)
    return bytes(kept["key"])
