"""A whole kiosk without its window, to be killed: serves its pages, and calls somebody for each line it reads.

python -m tests.kiosk.lobby.served_alone FOLDER      prints "ready", then the number of each call, flushed
"""

import os
import sys
import time
from pathlib import Path

from kiosk.bootstrap import open_kiosk
from kiosk.desk.queue import take_ticket


def main(folder: Path) -> None:
    """Until killed."""
    with open_kiosk(folder) as kiosk:
        kiosk.start()
        while kiosk.world.lan.state != "serving":
            time.sleep(0.01)
        _say("ready")
        for _ in sys.stdin:
            now = kiosk.clock.now()
            kiosk.queue.seen(now, "3", "open", staff="a", groups=("tax",))
            take_ticket(kiosk.world, now, service_id="sign_tax", language="th")
            called = kiosk.queue.call_next(now, "3", action=os.urandom(16))
            kiosk.queue.move(now, "finish", called.key, "3", action=os.urandom(16))
            _say(called.label)


def _say(word: str) -> None:
    sys.stdout.write(word + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
