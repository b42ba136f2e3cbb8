"""Whether records are arriving just now.

Folding and ingest share one interpreter and, on SQLite, one writer. Records that wait to be folded lose nothing by
waiting; a kiosk that waits for its receipt holds a line open. So `append` says when it is at work, and the follower
steps aside while it is.
"""

import threading
import time
from types import TracebackType


class Traffic:
    """Counts appends under way: `with traffic:` around each; `quiet_s` for whoever wants to keep out of the way."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._under_way = 0
        self._last_end = -1e9

    def __enter__(self) -> None:
        with self._lock:
            self._under_way += 1

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with self._lock:
            self._under_way -= 1
            self._last_end = time.monotonic()

    def quiet_s(self) -> float:
        """Seconds since the last append ended; 0 while one is under way."""
        with self._lock:
            return 0.0 if self._under_way else time.monotonic() - self._last_end

    def step_aside(self, quiet_s: float, patience_s: float) -> None:
        """Return once nothing has arrived for `quiet_s`, or after `patience_s` at the latest."""
        give_up = time.monotonic() + patience_s
        while (left := min(quiet_s - self.quiet_s(), give_up - time.monotonic())) > 0:
            time.sleep(max(left, 0.01))


#: Of this process.
traffic = Traffic()
