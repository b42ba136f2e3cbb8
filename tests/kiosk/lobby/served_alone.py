"""A whole kiosk without its window, to be killed: serves its pages, and does what it is told on its standard input.

python -m tests.kiosk.lobby.served_alone FOLDER      prints "ready", then one line for each it reads, flushed

    take      somebody takes a number: the number
    call      somebody takes a number, is called to counter 3 and is done there: the number
    offer     a code that lets one browser in
    line      everybody's number, state and counter
"""

import os
import sys
import time
from pathlib import Path

from kiosk.bootstrap import Kiosk, open_kiosk
from kiosk.desk import pairing
from kiosk.desk.queue import take_ticket


def main(folder: Path) -> None:
    """Until killed."""
    with open_kiosk(folder) as kiosk:
        kiosk.start()
        while kiosk.world.lan.state != "serving":
            time.sleep(0.01)
        _say("ready")
        for word in sys.stdin:
            _say(_WORDS[word.strip()](kiosk))


def _take(kiosk: Kiosk) -> str:
    given = take_ticket(kiosk.world, kiosk.clock.now(), service_id="sign_tax", language="th")
    return f"{given.series}{given.number:03d}"


def _call(kiosk: Kiosk) -> str:
    kiosk.queue.seen(kiosk.clock.now(), "3", "open", staff="a", groups=("tax",))
    label = _take(kiosk)
    called = kiosk.queue.call_next(kiosk.clock.now(), "3", action=os.urandom(16))
    assert called is not None
    kiosk.queue.move(kiosk.clock.now(), "finish", called.key, "3", action=os.urandom(16))
    assert called.label == label
    return label


def _line(kiosk: Kiosk) -> str:
    tickets = kiosk.queue.look().tickets
    return ", ".join(
        f"{series}{number:03d} {each.state} {each.counter}".strip()
        for (_, series, number), each in sorted(tickets.items())
    )


_WORDS = {
    "take": _take,
    "call": _call,
    "offer": lambda kiosk: pairing.offer(kiosk.world, kiosk.clock.now()),
    "line": _line,
}


def _say(word: str) -> None:
    sys.stdout.write(word + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
