"""Which browsers may press for a counter: let in once, by a code on the staff screen.

A browser is paired, a person signs in (`kiosk.desk.duty`). Staff show a code on the kiosk; whoever scans it, or types
its eight digits at the kiosk's address, holds the browser that is let in. The code is good for two minutes and for one
browser; the browser then keeps a token in a cookie. Of both the store keeps hashes alone, and of the browser what kind
of machine it is and since which day, so that staff know which one to shut out.

    code = offer(world, moment)                          # shown as a QR code of `address(world.config, code)`
    token = redeem(world, moment, code, machine="phone")   # None: not this code, too late, or tried too often
    browser = find(world, token)
    unpair(world, browser.number)

All of it is small and rare: rows are read where they lie, and nothing is remembered beside the store.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import msgspec
from tinydb.table import Document

from kiosk.desk.tickets import between_ms
from kiosk.lan import pages_at
from shared import thai
from shared.records import At

if TYPE_CHECKING:
    from kiosk.clock import Moment
    from kiosk.config import Config
    from kiosk.desk.world import World

TABLE: Final = "browsers"
OFFER_TABLE: Final = "browser_offer"
_OFFER: Final = 1

DIGITS: Final = 8
CODE_S: Final = 120
#: So many wrong codes end an offer: a guess then hits once in five million offers.
TRIES_MAX: Final = 20
#: More machines than counters have; whoever wants another shuts one out first.
BROWSERS_MAX: Final = 64
_TOKEN_BYTES: Final = 32


@dataclass(frozen=True, slots=True)
class Browser:
    """A browser that was let in: `number` names it on the staff screen, `machine` is what it said it was, `since` a
    service date (YYYY-MM-DD).
    """

    number: int
    machine: str
    since: str


class TooManyBrowsers(Exception):
    """There are as many as there may be; one must be unpaired first."""


# --- the code ----------------------------------------------------------------------------------------------------


def offer(world: World, moment: Moment) -> str:
    """A new code of `DIGITS` digits; an earlier one is void. Raises `CannotRecord`, or `TooManyBrowsers`."""
    if len(world.store.table(TABLE)) >= BROWSERS_MAX:
        raise TooManyBrowsers
    code = f"{int.from_bytes(world.random(16)) % 10**DIGITS:0{DIGITS}d}"
    world.store.table(OFFER_TABLE).upsert(
        Document({"hash": _hash(code), "at": msgspec.structs.astuple(moment.at), "tries": 0}, _OFFER)
    )  # fmt: skip
    return code


def address(config: Config, code: str) -> str:
    """What the QR code says: the kiosk's page for pairing with the code behind the hash, which no request carries.
    Empty where the kiosk serves no pages or is on no network.
    """
    pages = pages_at(config)
    return f"{pages}/pair#{code}" if pages else ""


def seconds_left(world: World, moment: Moment) -> int:
    """How long the code on the screen is still good; 0 where it was used, tried too often, or there is none."""
    found = world.store.table(OFFER_TABLE).sound(_OFFER)
    return 0 if found is None else _seconds_left(found, moment)


def withdraw(world: World) -> None:
    """Staff have left the screen: its code is void."""
    if world.store.table(OFFER_TABLE).one(_OFFER) is not None:
        world.store.table(OFFER_TABLE).remove(doc_ids=[_OFFER])


def redeem(world: World, moment: Moment, code: str, *, machine: str) -> str | None:
    """Pair the browser that brought this code: its token, or None where the code is not good. `machine` is "phone",
    "tablet", "computer" or "kiosk". Raises `CannotRecord`.
    """
    typed = "".join(thai.ascii_digits(code).split()).replace("-", "")
    with world.store.transaction():
        offers = world.store.table(OFFER_TABLE)
        found = offers.sound(_OFFER)
        if found is None or not _seconds_left(found, moment):
            return None
        if not hmac.compare_digest(_hash(typed), bytes(found["hash"])):
            offers.update({"tries": found["tries"] + 1}, doc_ids=[_OFFER])
            return None
        offers.remove(doc_ids=[_OFFER])
        secret = world.random(_TOKEN_BYTES).hex()
        row = {"hash": _hash(secret), "machine": machine, "since": moment.service_date.isoformat()}
        number = world.store.table(TABLE).insert(row)
    return f"{number}.{secret}"


# --- browsers ----------------------------------------------------------------------------------------------------


def paired(world: World) -> tuple[Browser, ...]:
    """All browsers that are let in, in the order in which they were."""
    return tuple(_browser(row) for row in world.store.table(TABLE))


def find(world: World, token: str) -> Browser | None:
    """The browser with this token; None where it is nobody's (any more), or a kiosk's."""
    number, _, secret = token.partition(".")
    if not (number.isascii() and number.isdigit() and len(number) < 10):
        return None
    row = world.store.table(TABLE).one(int(number))
    if row is None or row["machine"] == "kiosk" or not hmac.compare_digest(_hash(secret), bytes(row["hash"])):
        return None
    return _browser(row)


def unpair(world: World, number: int) -> None:
    """Shut a browser out at once. What it is signed in to, `duty.sign_out` ends before."""
    if world.store.table(TABLE).one(number) is not None:
        world.store.table(TABLE).remove(doc_ids=[number])


def _browser(row: Document) -> Browser:
    return Browser(row.doc_id, str(row["machine"]), str(row["since"]))


def _seconds_left(found: Document, moment: Moment) -> int:
    if found["tries"] >= TRIES_MAX:
        return 0
    age_ms = between_ms(At(*found["at"]), moment.at)
    return 0 if age_ms is None else max(0, CODE_S - age_ms // 1000)


def kiosk_key(world: World, number: str) -> bytes | None:
    """The key that a second kiosk proves itself with; None where this is no kiosk that was let in."""
    row = (
        world.store.table(TABLE).one(int(number))
        if number.isascii() and number.isdigit() and len(number) < 10
        else None
    )
    return bytes(row["hash"]) if row is not None and row["machine"] == "kiosk" else None


def token_key(token: str) -> tuple[str, bytes]:
    """A token as a second kiosk keeps it: its number there, and the key that `kiosk_key` finds."""
    number, _, secret = token.partition(".")
    return number, _hash(secret)


def _hash(secret: str) -> bytes:
    # A code of eight digits is found from its hash at once; whoever reads the store has the store's key anyway.
    return hashlib.sha256(b"sala/v1/browser" + secret.encode()).digest()
