"""The address on a ticket's slip: a page of this kiosk that tells how the queue stands for this one number.

    link(world, ticket.key)                     # "http://192.168.1.10:8080/t/A027-k3f9xq"; None without a lobby page
    read(world, line, "A027-k3f9xq")            # the ticket's key; None for a guess, and for a slip of another day

Behind the number stand a few characters of a keyed hash over the whole key, the day included: whoever knows their own
number does not know their neighbour's page, and yesterday's slip opens nobody's page today. Nothing else is in it: no
person, no service, no parameter. The key of the hash lies in the store and is never shown.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from typing import Final

from tinydb.table import Document

from kiosk.desk import queue
from kiosk.desk.tickets import NOBODYS, Key
from kiosk.desk.turns import Line
from kiosk.desk.world import World
from kiosk.lan import pages_at

KEY_TABLE: Final = "ticket_link_key"
_KEY_ROW: Final = 1
_LABEL: Final = b"sala/v1/ticket-link"

#: No letter that is read as a figure: i, l, o and u are left out. Thirty bits; the page takes few tries in a minute.
ALPHABET: Final = "0123456789abcdefghjkmnpqrstvwxyz"
CHECK_CHARS: Final = 6
_FORM: Final = re.compile(rf"([A-Z]{{1,2}})(\d{{1,6}})-([{ALPHABET}]{{{CHECK_CHARS}}})")


def name(world: World, key: Key) -> str:
    """The last part of the address, such as "A027-k3f9xq"."""
    return f"{queue.label(key[1], key[2])}-{_check(world, key)}"


def link(world: World, key: Key) -> str | None:
    """The whole address, for the slip's QR code; None where this kiosk serves no pages or is on no network."""
    pages = pages_at(world.config)
    return f"{pages}/t/{name(world, key)}" if pages else None


def read(world: World, line: Line, text: str) -> Key | None:
    """Which ticket of `line` this is the name of; None where it is nobody's. A wrong one costs the time of a right
    one.
    """
    series, dash, check = text.partition("-")
    found = _FORM.fullmatch(series.upper() + dash + check.lower())
    if found is None:
        return None
    number = int(found[2])
    over = (key for key, gone in line.gone.items() if gone.end not in NOBODYS)
    same = [key for key in (*line.tickets, *over) if key[1:] == (found[1], number)]
    return next((key for key in same if hmac.compare_digest(_check(world, key), found[3])), None)


def _check(world: World, key: Key) -> str:
    day, series, number = key
    digest = hmac.digest(_key(world), _LABEL + f"{day}/{series}/{number}".encode(), hashlib.sha256)
    bits = int.from_bytes(digest[:8])
    return "".join(ALPHABET[bits >> 5 * at & 31] for at in range(CHECK_CHARS))


def _key(world: World) -> bytes:
    """The key of this store's links, drawn when the first one is made."""
    table = world.store.table(KEY_TABLE)
    with world.store.lock:
        kept = table.sound(_KEY_ROW)
        if kept is None:
            kept = Document({"key": world.random(32)}, _KEY_ROW)
            table.upsert(kept)
    return bytes(kept["key"])
