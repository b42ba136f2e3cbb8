"""A kiosk's small day, told as JSON: `python drive.py FOLDER URL [future]`, in the program whose folder is the path.

It is packed with each release (`tests/golden/make.py`), so that the kiosk of that release still lives through this day
when today's desk has other words for it. `future` makes it a kiosk of tomorrow: one kind more, and one schema more.
"""

import json
import sys
from pathlib import Path

import msgspec

from kiosk.bootstrap import open_kiosk
from kiosk.desk import queue, ratings
from kiosk.sync.https import Https
from shared import kinds
from shared.kinds import Kind


class SurveyTaken(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """A kind that only tomorrow's program knows."""

    service_date: str
    answers: list[int]


class SlipPrintedThen(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """A schema of a known kind that only tomorrow's program knows: with a field more at its end."""

    what: str
    seq: int
    outcome: str
    metres: int


FUTURE = (
    Kind("survey.taken", 1, SurveyTaken, "ตอบแบบสำรวจ", "Survey taken", "lobby", "server", (), 365, "body and salt"),
    Kind("slip.printed", 99, SlipPrintedThen, "พิมพ์", "Slip printed", "lobby", "server", (), 365, "body and salt"),
)


def main(folder: str, url: str, *more: str) -> None:
    """Touches, and three turns of the sync loop; the line is the machine's own."""
    with open_kiosk(Path(folder), transport=Https(url)) as kiosk:
        world, now = kiosk.world, kiosk.clock.now()
        kiosk.sync.turn()
        for score in (1, 3, 5):
            ratings.rate(world, now, score)
        bundle = world.content.bundle
        assert bundle is not None
        queue.take_ticket(world, now, service_id=bundle.services[0].id, language="th")
        if "future" in more:
            for kind in FUTURE:
                kinds.BY_NAME[kind.name, kind.schema] = kinds._BY_BODY[kind.body] = kind
            day = now.service_date.isoformat()
            for body in (SurveyTaken(day, [5, 4]), SlipPrintedThen("ticket", 1, "printed", 2)):
                with world.store.transaction() as tx:
                    world.lobby.append(tx, body, at=now.at, edition=world.content.edition)
        kiosk.sync.turn()
        kiosk.sync.turn()
        told = {
            "state": kiosk.sync.link.state,
            "waiting": world.lobby.counts().waiting,
            "edition": world.content.edition,
            "faults": list(map(str, world.content.faults)),
            "heads": {view.log.hex(): view.head.seq for view in world.lobby.logs()},
        }
    sys.stdout.write(json.dumps(told) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
