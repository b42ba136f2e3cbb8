"""A USB stick in the staff corner: which one, what it brings, how far the writing is, when it may be pulled out.

First what the server wrote is taken (`kiosk.desk.stick_import`), then what still waits is written
(`kiosk.desk.stick`), one file at a time: the desk stays free for others in between, and leaving this page stops it at
once. What lies on the stick by then is whole; the next try goes on from there.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from kiosk.desk import contact
from kiosk.desk.stick import Export, Progress, Stick, StickFailed
from kiosk.desk.stick_import import Brought, Import
from kiosk.ui.presenters.base import Presenter, View, verb
from kiosk.ui.presenters.staff import STAFF_S, age_words
from shared import thai

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
class StickNews:
    """One thing that a stick brought, or that is wrong with it. `kind` is a banner's."""

    icon: str
    kind: str
    text: str
    sub: str = ""


@dataclass(frozen=True, slots=True)
class StickView(View):
    """`state` is "none" (nothing plugged in), "choose", "reading", "writing", "done", "nothing" (came, and nothing
    waits) or "failed"; the words say it, `count` how far it is, `news` what it brought. `again` whether another try
    may help.
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
    news: tuple[StickNews, ...] = ()
    again: bool = False


_ICONS: Final = {
    "done": "check-circle", "nothing": "check-circle", "failed": "warning",
    "reading": "hourglass", "writing": "hourglass",
}  # fmt: skip
_BUSY: Final = ("reading", "writing")


class StickPage(Presenter[StickView]):
    """Choose a stick, wait, see what it brought, pull it out."""

    step = "stick"
    final = True
    ends_after_s = STAFF_S

    _state = "none"
    _sticks: tuple[Stick, ...] = ()
    _looked_ms = 0
    _chosen: Stick | None = None
    _brought = Brought()
    _progress = Progress(0, 0, 0, None, finished=False)
    _failure = "gone"

    def enter(self) -> None:
        """Look what is plugged in."""
        self._state, self._chosen = "none", None
        self._look()

    def leave(self) -> None:
        """Read and write nothing more."""
        self._chosen = None

    def tick(self) -> None:
        """Look again for sticks while one is to be chosen; stay while one is at work."""
        if self._state in _BUSY:
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
        say, state = self.say, self._state
        words = f"failed_{self._failure}" if state == "failed" else state
        return StickView(
            say, state, _ICONS.get(state, "usb"), say(f"stick.{words}"), self._why(words), self._then(),
            self._count(), *self._share(),
            tuple(_row(each, say("stick.room", mib=f"{each.free_bytes // _MIB:,}")) for each in self._sticks)
            if state == "choose" else (),
            self._news() if state in ("done", "failed") else (),
            state == "failed",
        )  # fmt: skip

    def _why(self, words: str) -> str:
        progress = self._progress
        if words != "done":
            return self.say(f"stick.{words}_why")
        if not progress.done:
            return self.say("stick.done_empty_why")
        n = f"{progress.done:,}"
        if progress.oldest is None:
            return self.say("stick.done_count_why", n=n)
        return self.say("stick.done_why", n=n, age=age_words(self.say, progress.oldest))

    def _then(self) -> str:
        """What is to be done with it next."""
        progress = self._progress
        if self._state != "done":
            return ""
        if progress.left_out:
            return self.say("stick.left_out", n=f"{progress.left_out:,}")
        return self.say("stick.then") if progress.done else ""

    def _share(self) -> tuple[int, int]:
        if self._state == "reading":
            return self._brought.done, self._brought.total
        return self._progress.done, self._progress.total

    def _count(self) -> str:
        done, total = (f"{each:,}" for each in self._share())
        if self._state == "writing":
            return self.say("stick.count", done=done, total=total)
        return self.say("stick.count_files", done=done, total=total) if self._state == "reading" else ""

    def _news(self) -> tuple[StickNews, ...]:
        """What the stick brought: the server's word with its age, content, and what is wrong."""
        say, brought = self.say, self._brought
        news = [
            StickNews("warning", "refused", say(f"stick.fault_{fault}"), say(f"stick.fault_{fault}_do"))
            for fault in brought.faults
        ]
        if brought.heard is not None:
            key = "stick.confirmed" if brought.stored else "stick.confirmed_none"
            told = (*self._ago(brought.heard), say(key, n=f"{brought.stored:,}"))
            when = f"{say.short_day(brought.heard.astimezone(thai.OFFICE_ZONE).date())} {say.clock(brought.heard)}"
            news.append(StickNews("hard-drives", "done", say("stick.heard", when=when), " · ".join(told)))
        bundle = self.world.content.bundle
        made = contact.instant(bundle.made_ms) if bundle and brought.edition else None
        if made is not None:
            day = say.short_day(made.astimezone(thai.OFFICE_ZONE).date())
            news.append(StickNews(
                "newspaper", "done", say("stick.edition", n=brought.edition), say("stick.edition_of", day=day)
            ))  # fmt: skip
        if not news and self._state == "done":
            news.append(StickNews("info", "quiet", say("stick.no_news")))
        return tuple(news)

    def _ago(self, heard: datetime) -> tuple[str, ...]:
        """How long ago the server wrote it; nothing where this kiosk's clock cannot tell."""
        moment = self.flow.clock.now()
        if not moment.trusted or moment.wall is None or moment.wall < heard:
            return ()
        return (self.say("stick.ago", age=age_words(self.say, moment.wall - heard)),)

    @verb
    def choose(self, folder: str) -> None:
        """Take what this stick brings, then write onto it."""
        chosen = next((each for each in self._sticks if each.folder == Path(folder)), None)
        if chosen is None or self._state != "choose":
            return
        self._state, self._chosen = "reading", chosen
        self._brought, self._progress = Brought(), Progress(0, 0, 0, None, finished=False)
        work = Import(self.world, self.flow.clock, chosen)
        self.flow.aside(work.step, lambda brought: self._read(work, brought), self._failed)

    def _read(self, work: Import, brought: Brought) -> None:
        chosen = self._still()
        if chosen is None:
            return
        self._brought = brought
        if not brought.finished:
            self.flow.aside(work.step, lambda more: self._read(work, more), self._failed)
            return
        self._state = "writing"
        world, moment = self.world, self.flow.clock.now()
        self.flow.aside(lambda: Export(world, moment, chosen), self._begun, self._failed)

    def _begun(self, export: Export) -> None:
        if self._still() is None:
            return
        self._progress = export.progress
        self.flow.aside(export.step, lambda progress: self._stepped(export, progress), self._failed)

    def _stepped(self, export: Export, progress: Progress) -> None:
        if self._still() is None:
            return
        self._progress = progress
        if not progress.finished:
            self.flow.aside(export.step, lambda more: self._stepped(export, more), self._failed)
            return
        self._chosen = None
        nothing = self._brought == Brought(finished=True) and progress.total == 0 and progress.left_out == 0
        self._state = "nothing" if nothing else "done"

    def _still(self) -> Stick | None:
        """The stick that is at work; None where whoever chose it has left meanwhile."""
        return self._chosen if self.flow.presenter is self else None

    def _failed(self, error: Exception) -> bool:
        if not isinstance(error, StickFailed):
            logger.error("the work on a stick ended with %s", type(error).__name__)
        self._state, self._chosen = "failed", None
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
