"""Writing what waits onto a USB stick, from the staff corner: which stick, how far it is, when it may be pulled out.

One file is written at a time (`kiosk.desk.stick.Export.step`), so the desk stays free for others in between and
leaving this page stops it at once. What lies on the stick by then is whole; the next try goes on from there.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from kiosk.desk.stick import Export, Progress, Stick, StickFailed
from kiosk.ui.presenters.base import Presenter, View, verb
from kiosk.ui.presenters.staff import STAFF_S, age_words

logger = logging.getLogger(__name__)

#: A stick that was just plugged in is seen this soon.
LOOK_MS: Final = 2_000
_MIB: Final = 1024 * 1024


@dataclass(frozen=True, slots=True)
class StickRow:
    """One stick that can be chosen."""

    folder: str
    name: str
    room: str


@dataclass(frozen=True, slots=True)
class StickView(View):
    """`state` is "none" (nothing plugged in), "choose", "writing", "done", "nothing" (to write) or "failed"; the words
    say it, `count` how far it is. `again` whether another try may help.
    """

    state: str = "none"
    icon: str = "usb"
    text: str = ""
    why: str = ""
    then: str = ""
    count: str = ""
    done: int = 0
    total: int = 0
    rows: tuple[StickRow, ...] = ()
    again: bool = False


_ICONS: Final = {"done": "check-circle", "nothing": "check-circle", "failed": "warning", "writing": "hourglass"}


class StickPage(Presenter[StickView]):
    """Choose a stick, wait, pull it out."""

    step = "stick"
    final = True
    ends_after_s = STAFF_S

    _state = "none"
    _sticks: tuple[Stick, ...] = ()
    _looked_ms = 0
    _export: Export | None = None
    _progress = Progress(0, 0, 0, None, finished=False)
    _failure = "gone"

    def enter(self) -> None:
        """Look what is plugged in."""
        self._state, self._export = "none", None
        self._look()

    def leave(self) -> None:
        """Write nothing more."""
        self._export = None

    def tick(self) -> None:
        """Look again for sticks while one is to be chosen; stay while one is written to."""
        if self._state == "writing":
            self.flow.touched()
        elif self._state in ("none", "choose") and self.flow.clock.mono_ms() - self._looked_ms >= LOOK_MS:
            self._look()

    def _look(self) -> None:
        self._looked_ms = self.flow.clock.mono_ms()
        self.flow.aside(self.flow.sticks, self._seen, lambda _error: True)

    def _seen(self, found: tuple[Stick, ...]) -> None:
        self._sticks = found
        if self._state in ("none", "choose"):
            self._state = "choose" if found else "none"

    def present(self) -> StickView:
        """As things stand."""
        say, state, progress = self.say, self._state, self._progress
        words = f"failed_{self._failure}" if state == "failed" else state
        age = say("staff.age_unknown") if progress.oldest is None else age_words(say, progress.oldest)
        then = say("stick.left_out", n=f"{progress.left_out:,}") if progress.left_out else say("stick.then")
        return StickView(
            say, state, _ICONS.get(state, "usb"), say(f"stick.{words}"),
            say(f"stick.{words}_why", n=f"{progress.done:,}", age=age), then if state == "done" else "",
            say("stick.count", done=f"{progress.done:,}", total=f"{progress.total:,}") if state == "writing" else "",
            progress.done, progress.total,
            tuple(_row(each, say("stick.room", mib=f"{each.free_bytes // _MIB:,}")) for each in self._sticks)
            if state == "choose" else (),
            state == "failed",
        )  # fmt: skip

    @verb
    def choose(self, folder: str) -> None:
        """Write onto this stick."""
        chosen = next((each for each in self._sticks if each.folder == Path(folder)), None)
        if chosen is None or self._state != "choose":
            return
        world, moment = self.world, self.flow.clock.now()
        self._state, self._progress = "writing", Progress(0, 0, 0, None, finished=False)
        self.flow.aside(lambda: Export(world, moment, chosen), self._begun, self._failed)

    def _begun(self, export: Export) -> None:
        if self.flow.presenter is not self:
            return  # whoever chose it has left meanwhile
        self._export, self._progress = export, export.progress
        if export.progress.total == 0 and export.progress.left_out == 0:
            self._state = "nothing"
        else:
            self.flow.aside(export.step, self._stepped, self._failed)

    def _stepped(self, progress: Progress) -> None:
        export = self._export
        if export is None:
            return
        self._progress = progress
        if progress.finished:
            self._state, self._export = "done", None
        else:
            self.flow.aside(export.step, self._stepped, self._failed)

    def _failed(self, error: Exception) -> bool:
        if not isinstance(error, StickFailed):
            logger.error("the export ended with %s", type(error).__name__)
        self._state, self._export = "failed", None
        self._failure = error.why if isinstance(error, StickFailed) else "kiosk"
        return True

    @verb
    def again(self) -> None:
        """Choose a stick once more."""
        self._state = "choose" if self._sticks else "none"
        self._look()

    @verb
    def done(self) -> None:
        """Back to the staff corner, whatever was being done."""
        self.flow.follow("done")


def _row(stick: Stick, room: str) -> StickRow:
    return StickRow(str(stick.folder), stick.folder.name or str(stick.folder), room)
