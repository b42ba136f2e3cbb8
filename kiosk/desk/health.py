"""What the staff corner tells: how far records got, and what needs a person.

Every count comes from the log and from verified receipts, never from what was sent. A problem is a word from a fixed
list, for the screen to put into a sentence.
"""

import shutil
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

from kiosk import SOFTWARE
from kiosk.clock import Moment
from kiosk.desk import contact, tally
from kiosk.desk.boards import Seen
from kiosk.desk.world import World
from kiosk.lan import LanState
from kiosk.paper import PrinterState
from kiosk.speech import SoundState
from shared import protocol
from shared.records import At, Quality

#: How the line to the server stands: "alone" without a server's address, "starting" before the first answer, "ok"
#: after a signed one, "offline" where nothing answered, "not_the_server" where something else did, "certificate" where
#: the server's has ended, "refused" where it takes nothing, "declined" where it takes all but one log.
LinkState = Literal["alone", "starting", "ok", "offline", "not_the_server", "certificate", "refused", "declined"]

Problem = Literal[
    "cannot_record",  # no room on the disk: citizens are sent to the counter
    "disk_nearly_full",  # the reserve was given up
    "store_damaged",  # rows that do not open; see `faults`
    "clock",  # the date is not to be believed
    "no_content",  # never received an edition
    "content_old",  # nothing was published for `content_old_days`: fees and dates on the screen may be of yesterday
    "content_damaged",  # an older edition is shown until the newest is fetched again
    "server_silent",  # nothing heard for two days
    "not_the_server",  # something answers that is not the office's server
    "certificate",  # the server's certificate has ended: it answers, but nothing is sent to it
    "server_restored",  # the server came back from a backup within the last week; records were sent again
    "new_log",  # the log was continued in a new one within the last week; see `Contact.new_log_reason`
    "server_old",  # the server does not know what this newer kiosk says; everything waits until it is updated
    "revoked",  # the office has shut this kiosk out: it takes no complaints, and what it sends is kept apart
    "key_unknown",  # the server does not know this kiosk's key, or not this kiosk: it is to be enrolled again
    "refused",  # the server takes nothing from this kiosk; see `Link.reason`
    "declined",  # the server takes nothing of one log, and all else; see `Link.reason`
    "lobby",  # the lobby's pages should be served and are not: another program has the port, or they failed
    "printer",  # out of paper, stopped or mute
]

#: Who reads a language aloud: nobody, a machine at least in part, or people alone.
VoiceKind = Literal["none", "placeholder", "recorded"]

_KEY_UNKNOWN = (protocol.Reason.BAD_SIGNATURE, protocol.Reason.UNKNOWN_KIOSK)
_ROOM_BYTES_MIN = 256 * 1024
_SILENT_AFTER = timedelta(days=2)
_TELL_FOR_MS = 7 * 24 * 3600 * 1000


@dataclass(frozen=True, slots=True)
class Link:
    """The line to the server as `sync` sees it now.

    `reason` is the server's, where it refuses; `next_try_s` None while a try is on; `last_heard` the time of its last
    signed answer, None before the first since the start.
    """

    state: LinkState
    reason: str = ""
    next_try_s: int | None = None
    last_heard: datetime | None = None


@dataclass(frozen=True, slots=True)
class Health:
    """The staff corner's figures. Counts are records over all logs of this kiosk; ages are None where they cannot be
    told; `free_bytes` is the room on the disk.
    """

    software: str
    kiosk_name: str
    captured: int
    stored: int
    backed_up: int
    waiting: int
    oldest_waiting: timedelta | None
    tickets_today: int
    edition: int
    edition_made: datetime | None
    last_heard: datetime | None
    link: Link
    printer: PrinterState
    new_log_reason: str
    problems: tuple[Problem, ...]
    faults: tuple[str, ...]
    free_bytes: int = 0
    sound: SoundState = "none"
    #: Language -> who reads it aloud.
    voices: dict[str, VoiceKind] = field(default_factory=dict)
    #: How the lobby's own pages stand.
    lobby: LanState = "off"
    #: The boards that told of themselves in the last hours, the newest first.
    boards: tuple[Seen, ...] = ()


def health(world: World, moment: Moment, link: Link) -> Health:
    """How this kiosk stands. Reads a few rows; fit for a screen that refreshes every second."""
    counts = world.lobby.counts()
    heard = contact.read(world.store)
    bundle = world.content.bundle
    printer = world.printer.state()
    return Health(
        software=SOFTWARE,
        kiosk_name=world.identity.kiosk_name,
        captured=counts.captured,
        stored=counts.stored,
        backed_up=counts.backed_up,
        waiting=counts.waiting,
        oldest_waiting=None if counts.waiting_since is None else age_of(counts.waiting_since, moment),
        tickets_today=tally.of(world, moment.service_date).tickets,
        edition=world.content.edition,
        edition_made=contact.instant(bundle.made_ms) if bundle else None,
        last_heard=link.last_heard or contact.instant(heard.server_ms),
        link=link,
        printer=printer,
        new_log_reason=heard.new_log_reason,
        problems=tuple(_problems(world, moment, link, heard, printer)),
        faults=(*world.store.faults, *world.apart.faults, *world.content.faults),
        free_bytes=shutil.disk_usage(world.config.data).free,
        sound=world.sound.state(),
        voices={language: _voice(world, language) for language in world.config.languages},
        lobby=world.lan.state,
        boards=tuple(world.boards.seen(moment.at.mono_ms)),
    )


def _voice(world: World, language: str) -> VoiceKind:
    voice = world.voices(language)
    return "none" if voice is None else "placeholder" if voice.placeholder else "recorded"


def for_server(world: World, moment: Moment) -> protocol.Health:
    """The same figures as the server is told them with each question."""
    counts = world.lobby.counts()
    age = None if counts.waiting_since is None else age_of(counts.waiting_since, moment)
    age_ms = None if age is None else age // timedelta(milliseconds=1)
    return protocol.Health(SOFTWARE, counts.captured, counts.stored, counts.backed_up, age_ms, moment.at.wall_ms)


def _problems(world: World, moment: Moment, link: Link, heard: contact.Contact, printer: PrinterState) -> list[Problem]:
    silent_since = contact.instant(heard.server_ms)
    now = moment.wall if moment.trusted else None
    # Notes near it, before or after, are told: one made in a wrong year of the server is no news in the right one.
    newest_ms = heard.server_ms
    refused = link.reason if link.state == "refused" else None
    tests: list[tuple[Problem, bool]] = [
        ("cannot_record", shutil.disk_usage(world.config.data).free < _ROOM_BYTES_MIN),
        ("disk_nearly_full", not world.store.reserve_held),
        ("store_damaged", bool(world.store.faults or world.apart.faults)),
        ("clock", not moment.trusted),
        ("no_content", world.content.bundle is None),
        ("content_old", old_since(world, moment) is not None),
        ("content_damaged", bool(world.content.faults)),
        ("server_silent", silent_since is not None and now is not None and now - silent_since > _SILENT_AFTER),
        ("not_the_server", link.state == "not_the_server"),
        ("certificate", link.state == "certificate"),
        ("server_restored", heard.restored_ms > 0 and abs(newest_ms - heard.restored_ms) < _TELL_FOR_MS),
        ("new_log", bool(heard.new_log_reason) and abs(newest_ms - heard.new_log_ms) < _TELL_FOR_MS),
        ("server_old", refused == protocol.Reason.UNKNOWN_VERSION),
        ("key_unknown", refused in _KEY_UNKNOWN),
        ("refused", refused not in (None, protocol.Reason.UNKNOWN_VERSION, *_KEY_UNKNOWN)),
        ("declined", link.state == "declined"),
        ("revoked", heard.revoked),
        ("lobby", world.lan.state in ("port_taken", "failed")),
        ("printer", printer in (PrinterState.OUT, PrinterState.STOPPED, PrinterState.UNKNOWN)),
    ]
    return [problem for problem, holds in tests if holds]


def old_since(world: World, moment: Moment) -> datetime | None:
    """When what is on the screen was published, where that is longer ago than the office wants; else None, also where
    no clock tells.
    """
    bundle = world.content.bundle
    made = contact.instant(bundle.made_ms) if bundle else None
    if made is None or moment.wall is None or not moment.trusted:
        return None
    return made if moment.wall - made > timedelta(days=world.config.content_old_days) else None


def age_of(since: At, moment: Moment) -> timedelta | None:
    """How long ago something was: by the monotonic clock within one start, else by two believable wall clocks."""
    if since.boot == moment.at.boot:
        return timedelta(milliseconds=max(0, moment.at.mono_ms - since.mono_ms))
    then = since.instant()
    if then is None or moment.wall is None or not moment.trusted or since.quality == Quality.BAD:
        return None
    return max(timedelta(0), moment.wall - then)
