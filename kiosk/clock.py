"""The kiosk's clock: what it believes, and how far that may be trusted.

A lobby PC with an empty battery starts in 1970; one that was set to the Buddhist year 2569 makes `time.time()`
raise. None of that may stop a touch, so `Clock.now()` never raises: it says what the device claims and marks it.
Time is learned only from the server's signed answers to our own questions, fresh ones (`learn`) and such as were long
on their way (`remember`), never from a web server's headers.

The rules of this file:
1. A claim before the build, before the newest signed time, ten years past it, or running backwards is BAD.
2. A BAD claim dates nothing: the service date is then the last believable day.
3. The newest signed answer resets the guard, downwards too: an hour in 2069 is forgiven at the next contact.
4. Staff may say what time it is; that replaces the device's claim, and is judged as one.
5. Elapsed time is counted by the machine, sleep included, whatever the wall clock does.
"""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from shared.records import At, Quality
from shared.thai import OFFICE_OFFSET_MIN, service_date

#: No right clock reads earlier than this: the program did not exist yet.
BUILT = datetime(2025, 6, 1, tzinfo=UTC)

#: Beyond this a device claims a future it cannot know: "69" for 2569 lands in 2069.
AHEAD_MAX = timedelta(days=3653)

#: Signed times travel and clocks drift; less than this is no disagreement.
TOLERANCE_MS = 5 * 60 * 1000

#: A clock may be set back this far (a time server's correction) without being called bad.
BACKWARDS_MS_MAX = 2 * 60 * 1000


def elapsed() -> float:
    """Seconds since any start, those included in which the machine slept: a tablet sleeps over night."""
    # Linux stops the plain monotonic clock meanwhile.
    return time.clock_gettime(time.CLOCK_BOOTTIME) if hasattr(time, "CLOCK_BOOTTIME") else time.monotonic()


@dataclass(frozen=True, slots=True)
class Moment:
    """One reading. `wall` is the claim in UTC (None when it is no moment at all); `trusted` False means that no time
    of day may be shown.

    `service_date` is the office's calendar day to number and date things by; it is always usable.
    """

    at: At
    service_date: date
    wall: datetime | None
    trusted: bool


@dataclass(frozen=True, slots=True)
class _Anchor:
    """A time of the server or of staff, and the monotonic clock when it was heard in this start of the program."""

    server_ms: int
    mono_ms: int


class Clock:
    """Reads wall and monotonic time. Thread-safe. `wall` gives seconds since 1970 in UTC, `mono` seconds since any
    start, as `elapsed` counts them.
    """

    def __init__(
        self,
        boot: bytes,
        *,
        wall: Callable[[], float] = time.time,
        mono: Callable[[], float] = elapsed,
        signed_ms: int | None = None,
    ) -> None:
        """`boot` is 8 random bytes for this start of the program; `signed_ms` the newest signed server time known
        from before.
        """
        self._boot = boot
        self._wall = wall
        self._mono = mono
        self._started = mono()
        self._lock = threading.Lock()
        self._signed_ms = signed_ms if signed_ms is not None and possible(signed_ms) else None
        self._anchor: _Anchor | None = None
        self._staff: _Anchor | None = None
        self._highest_ms = 0

    @property
    def signed_ms(self) -> int | None:
        """The newest signed server time that was learned: kept across restarts by whoever built the clock."""
        return self._signed_ms

    def mono_ms(self) -> int:
        """Milliseconds since this start of the program."""
        return max(0, round((self._mono() - self._started) * 1000))

    def now(self) -> Moment:
        """What it is now; never raises."""
        with self._lock:
            mono_ms = self.mono_ms()
            claim_ms = self._claim_ms()
            quality = self._judge(claim_ms, mono_ms)
            if quality is not Quality.BAD and claim_ms is not None:
                self._highest_ms = max(self._highest_ms, claim_ms)
            at = At(claim_ms, OFFICE_OFFSET_MIN, self._boot, mono_ms, quality)
            trusted = quality is not Quality.BAD
            day_of = at.instant() if trusted else None
            return Moment(at, service_date(day_of or self._last_believable(mono_ms)), at.instant(), trusted)

    def guess(self) -> datetime:
        """The likeliest moment in UTC: the device's claim where it can be believed, else the newest one known."""
        moment = self.now()
        if moment.trusted and moment.wall is not None:
            return moment.wall
        with self._lock:
            return self._last_believable(self.mono_ms())

    def learn(self, server_ms: int) -> None:
        """Take the time of a verified answer to a question of ours. A time that no server can honestly mean is
        passed over.
        """
        if not possible(server_ms):
            return
        with self._lock:
            self._signed_ms = server_ms
            self._anchor = _Anchor(server_ms, self.mono_ms())
            self._highest_ms = 0
            if self._staff is not None and abs(_gone_on(self._staff, self.mono_ms()) - server_ms) > TOLERANCE_MS:
                self._staff = None

    def remember(self, server_ms: int) -> None:
        """Take a signed time that was long on its way, as a start takes the one of before: it says what is past and not
        what it is now. What was learned since the start outranks it.
        """
        with self._lock:
            if self._anchor is None and possible(server_ms):
                self._signed_ms = server_ms
                self._highest_ms = 0

    def set_by_staff(self, instant: datetime) -> None:
        """Take the time that staff read off a watch of their own, in place of the device's claim, until the next start
        or until a signed answer says otherwise. It is judged as any claim is.
        """
        with self._lock:
            self._staff = _Anchor(_ms(instant), self.mono_ms())
            self._highest_ms = 0

    def _claim_ms(self) -> int | None:
        if self._staff is not None:
            return _gone_on(self._staff, self.mono_ms())
        try:
            claim_ms = round(self._wall() * 1000)
        except (OverflowError, ValueError, OSError):
            return None
        # A claim that no date can express is no claim.
        return claim_ms if At(claim_ms, 0, b"", 0, Quality.BAD).instant() is not None else None

    def _judge(self, claim_ms: int | None, mono_ms: int) -> Quality:
        if claim_ms is None:
            return Quality.BAD
        if self._anchor is not None:
            expected_ms = self._anchor.server_ms + mono_ms - self._anchor.mono_ms
            return Quality.GOOD if abs(claim_ms - expected_ms) <= TOLERANCE_MS else Quality.BAD
        floor_ms = _ms(BUILT) if self._signed_ms is None else self._signed_ms - TOLERANCE_MS
        ceiling_ms = max(floor_ms, _ms(BUILT)) + _ms(datetime(1970, 1, 1, tzinfo=UTC) + AHEAD_MAX)
        backwards = claim_ms < self._highest_ms - BACKWARDS_MS_MAX
        return Quality.BAD if backwards or not floor_ms <= claim_ms <= ceiling_ms else Quality.UNSURE

    def _last_believable(self, mono_ms: int) -> datetime:
        """The best guess where the device's claim is bad: signed time gone on, else the newest moment known to have
        been.
        """
        if self._anchor is not None:
            return _instant(self._anchor.server_ms + mono_ms - self._anchor.mono_ms)
        return _instant(max(_ms(BUILT), self._signed_ms or 0, self._highest_ms))


def _gone_on(anchor: _Anchor, mono_ms: int) -> int:
    """The anchor's time, gone on until now."""
    return anchor.server_ms + mono_ms - anchor.mono_ms


def possible(server_ms: int) -> bool:
    """Whether a server can honestly have meant this time (milliseconds since 1970)."""
    return BUILT <= _instant(server_ms) <= BUILT + 3 * AHEAD_MAX


def _ms(instant: datetime) -> int:
    return round(instant.timestamp() * 1000)


def _instant(ms: int) -> datetime:
    try:
        return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=ms)
    except OverflowError:
        return datetime.max.replace(tzinfo=UTC)
