"""A kiosk that belongs to no office yet: its code is typed, scanned or read from a stick, then four words are compared.

    enrolling = Enrolling(entry, worker, clock, say=saying("th"), on_main=on_main, on_change=draw, on_enrolled=stop)
    enrolling.view                      # an `EnrolView`, after each `on_change`
    enrolling.tick()                    # some times a minute: a stick may have been plugged in

There is no visit and no store here, so this is no step of the flow. `Entry` is who carries words to the server; nothing
but the kiosk's own key is kept before a person has said that both screens show the same four words.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Protocol

from kiosk.desk.inviting import Lying
from kiosk.ui.presenters.base import View
from kiosk.worker import Done, Result
from shared.errors import Malformed, SalaError
from shared.fourwords import four_words, numbers
from shared.invitation import MARK, Invitation, read

if TYPE_CHECKING:
    from kiosk.clock import Clock
    from kiosk.identity import Identity
    from kiosk.ui.presenters.flow import Desk
    from kiosk.ui.strings import Say

logger = logging.getLogger(__name__)

HTTPS: Final = "https://"
#: The words stand so long before a touch is believed: a finger that was on its way to another button has seen none.
SEEN_MS: Final = 1_000

#: Names of errors -> the table's words for them; of an error nobody knows, its own sentence is shown.
_WHY: Final = {
    "CodeRefused": "code", "StickCodeRefused": "stick_code", "KeyRefused": "form", "Malformed": "form",
    "ConfigError": "address", "NotTheServer": "server", "CertificateEnded": "certificate", "Unreachable": "line",
    "WelcomeSpoilt": "spoilt", "StickFailed": "stick",
}  # fmt: skip


#: Keeps numbers in one row, and in this order where writing runs from the right (`kiosk.bidi.whole_numbers`).
_NO_BREAK: Final = "\u00a0"
#: state -> what can be done there, the usual first.
_ACTS: Final = {
    "type": ("ask", "by_stick"), "carry": ("carry_on", "again"), "words": ("same", "differ"),
    "differed": ("again", ""), "starting": ("", ""),
}  # fmt: skip


class Entry(Protocol):
    """The ways to the server, off the drawing thread. All raise `SalaError` or `OSError`."""

    def look(self) -> Lying:
        """What is plugged in."""

    def ask(self, url: str, code: str) -> Identity:
        """Who the server behind `url` lets this kiosk be; not kept yet."""

    def ask_by_stick(self, stick: Path, code: str) -> Identity | None:
        """The same from a stick; None where the request was put there first."""

    def become(self) -> None:
        """Keep what the last answer brought."""

    def refuse(self) -> None:
        """Forget it, and the key it was given for."""


@dataclass(frozen=True, slots=True)
class EnrolView(View):
    """`state` is "type", "carry" (the request lies on the stick), "words", "differed" or "starting". `fixed`: the
    settings name the server; `field` is what the keyboard writes into; `first` and `second` are what can be done now
    (`Enrolling.act`), once it is `ready`; `message` is what went wrong last, or came from a stick. Before anything is
    known it writes into nothing: a page must not take the keyboard before it is shown.
    """

    state: str = ""
    field: str = ""
    address: str = HTTPS
    fixed: bool = False
    code: str = ""
    first: str = ""
    second: str = ""
    ready: bool = False
    busy: bool = False
    message: str = ""
    message_sub: str = ""
    name: str = ""
    words: tuple[str, ...] = ()
    numbers: str = ""


class Enrolling:
    """See the module. All calls come from the drawing thread."""

    def __init__(
        self,
        entry: Entry,
        desk: Desk,
        clock: Clock,
        *,
        say: Say,
        server_url: str = "",
        on_main: Callable[[Callable[[Result[Any]], None]], Callable[[Result[Any]], None]] = lambda fn: fn,
        on_change: Callable[[Enrolling], None] = lambda _: None,
        on_enrolled: Callable[[], None] = lambda: None,
    ) -> None:
        self._entry, self._desk, self._clock, self._say = entry, desk, clock, say
        self._on_main, self._on_change, self._on_enrolled = on_main, on_change, on_enrolled
        self._state, self._field = "type", "code" if server_url else "address"
        self._fixed, self._address = bool(server_url), server_url or HTTPS
        self._code = ""
        self._lying = Lying()
        self._busy = False
        self._message = ("", "")
        self._me: Identity | None = None
        self._words_ms = 0

    @property
    def view(self) -> EnrolView:
        """As things stand."""
        me, say = self._me, self._say
        first, second = _ACTS[self._state]
        if self._state == "type" and self._lying.stick is None:
            second = ""
        return EnrolView(
            say, self._state, self._field, self._address, self._fixed, self._code, first, second,
            self._state != "type" or bool(self._code.strip()), self._busy, *self._message,
            say("enrol.name", kiosk=me.kiosk_name, office=me.office_name) if me else "",
            four_words(me.fingerprint) if me else (), numbers(me.fingerprint).replace(" ", _NO_BREAK) if me else "",
        )  # fmt: skip

    def tick(self) -> None:
        """Look what is plugged in, while that matters."""
        if self._state == "type" and not self._busy:
            self._desk.submit(self._entry.look, self._on_main(self._looked))

    def _looked(self, result: Result[Lying]) -> None:
        if not isinstance(result, Done):
            logger.warning("sticks cannot be looked at: %s", result.error)
            return
        before, self._lying = self._lying, result.value
        invitation = self._lying.invitation
        if invitation is not None and invitation != before.invitation and self._state == "type":
            self._take(invitation)
            self._message = (self._say("enrol.read"), self._say("enrol.read_do"))
        if self._lying != before:
            self._on_change(self)

    # --- what is typed -------------------------------------------------------------------------------------------

    def focus(self, field: str) -> None:
        """The keyboard writes into "address" or "code"."""
        if self._state == "type" and not (field == "address" and self._fixed):
            self._field = field
            self._on_change(self)

    def address(self, text: str) -> None:
        """The whole address as typed."""
        if not self._fixed:
            self._address = text
            self._on_change(self)

    def code(self, text: str) -> None:
        """The whole code as typed; a scanner types more than that (`enter`)."""
        self._code = text
        self._on_change(self)

    def enter(self) -> None:
        """Enter, or the end of what a scanner typed, in whichever field it did."""
        typed = next((each for each in (self._code, self._address) if MARK in each), None)
        if typed is not None:
            self._scanned(typed[typed.index(MARK) :])
        elif self._field == "address":
            self._field = "code"
        else:
            self.ask()
            return
        self._on_change(self)

    def _scanned(self, text: str) -> None:
        self._code, self._address = "", self._address if self._fixed else HTTPS
        try:
            self._take(read(text))
        except Malformed:
            self._message = (self._say("enrol.why_qr"), self._say("enrol.why_qr_do"))
            return
        self.ask()

    def _take(self, invitation: Invitation) -> None:
        self._code, self._message = invitation.code, ("", "")
        if not self._fixed:
            self._address = invitation.url

    def act(self, name: str) -> None:
        """Do what a button of the view says."""
        acts: dict[str, Callable[[], None]] = {
            "ask": self.ask, "by_stick": self.by_stick, "carry_on": self.by_stick, "again": self.again,
            "same": self.same, "differ": self.differ,
        }  # fmt: skip
        acts[name]()

    # --- asking --------------------------------------------------------------------------------------------------

    def ask(self) -> None:
        """Ask the server."""
        url, code = self._address.strip(), self._code.strip()
        if self._state == "type" and code:
            self._work(lambda: self._entry.ask(url, code), self._answered)

    def by_stick(self) -> None:
        """Put the request on the stick, or read the answer that lies there."""
        stick, code = self._lying.stick, self._code.strip()
        if stick is not None and code and self._state in ("type", "carry"):
            self._work(lambda: self._entry.ask_by_stick(stick, code), self._answered)

    def _answered(self, me: Identity | None) -> None:
        self._me = me
        self._state, self._words_ms = ("words" if me else "carry"), self._clock.mono_ms()

    # --- comparing -----------------------------------------------------------------------------------------------

    def same(self) -> None:
        """A person sees the same four words at the server: this kiosk belongs to the office."""
        if self._may_judge():
            self._work(self._entry.become, self._kept)

    def differ(self) -> None:
        """The words differ: nothing is kept."""
        if self._may_judge():
            self._work(self._entry.refuse, self._refused)

    def _may_judge(self) -> bool:
        return self._state == "words" and not self._busy and self._clock.mono_ms() - self._words_ms >= SEEN_MS

    def _refused(self, _: None) -> None:
        self._me, self._state, self._code = None, "differed", ""

    def _kept(self, _: None) -> None:
        self._state = "starting"
        self._on_enrolled()

    def again(self) -> None:
        """From the beginning."""
        if self._state in ("carry", "differed") and not self._busy:
            self._state, self._me, self._message = "type", None, ("", "")
            self._on_change(self)

    # --- away from the drawing thread ----------------------------------------------------------------------------

    def _work(self, fn: Callable[[], Any], then: Callable[[Any], None]) -> None:
        if self._busy:
            return
        self._busy, self._message = True, ("", "")

        def done(result: Result[Any]) -> None:
            self._busy = False
            if isinstance(result, Done):
                then(result.value)
            else:
                self._message = self._why(result.error)
            self._on_change(self)

        self._desk.submit(fn, self._on_main(done))
        self._on_change(self)

    def _why(self, error: Exception) -> tuple[str, str]:
        logger.error("not enrolled: %s: %s", type(error).__name__, error)
        known = (_WHY[kind.__name__] for kind in type(error).__mro__ if kind.__name__ in _WHY)
        why = next(known, "other")
        remedy = f"{error}. {error.remedy}" if isinstance(error, SalaError) else str(error)
        return self._say(f"enrol.why_{why}"), self._say(f"enrol.why_{why}_do", why=remedy)
