"""What the race is about: touches, each a fact that somebody confirmed once, and what becomes of them at a server."""

import itertools
import random
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Protocol

import msgspec

from bench import lobby
from shared import kinds


@dataclass(frozen=True, slots=True)
class Touch:
    """One thing that happened. `name` is how peers know it; Sala draws a name of its own when it captures it."""

    name: str
    body: kinds.Body

    def as_json(self) -> dict[str, Any]:
        """The same fact as a document: its fields by name, bytes as base64, with kind and day beside them."""
        fields = msgspec.json.decode(msgspec.json.encode(msgspec.structs.asdict(self.body)))
        kind, _, _ = kinds.encode(self.body)
        day = fields.get("day") or fields.get("filed_on") or date(2026, 11, 2).isoformat()
        return {"name": self.name, "kind": kind, "day": day, "fields": fields}


def touches(seed: int = 1) -> Iterator[Touch]:
    """A busy lobby's touches, without end; the same ones for the same seed."""
    dice = random.Random(seed)
    for i in itertools.count():
        yield Touch(f"touch-{seed}-{i:06d}", lobby.body(i, dice))


def poison() -> Touch:
    """A fact whose day is none: every program can carry it, and a server that reads it stumbles."""
    return Touch("touch-poison", kinds.TicketIssued("no day", "A", 1, "land_tax_payment", "", "", None, "th"))


class Contestant(Protocol):
    """One way to sync: a server, and devices whose whole state lies in one folder each. `upload` is in the path of
    requests that carry records.
    """

    name: str
    upload: str
    server_folder: Path

    def start(self) -> str:
        """Start the server on its folder, empty or not; its address."""

    def stop(self) -> None:
        """Stop it, as an administrator does."""

    def admit(self, device: Path, url: str) -> None:
        """Make a device that talks to `url`."""

    def capture(self, device: Path, found: Sequence[Touch]) -> list[str]:
        """Keep touches on a device; the names by which they will be known."""

    def sync(self, device: Path) -> float:
        """One sync as the device would do it; seconds without the start of a program. Raises where it breaks off."""

    def held(self) -> Counter[str]:
        """Which touches the server shows to its application, and how often each; it may be called while it runs."""
