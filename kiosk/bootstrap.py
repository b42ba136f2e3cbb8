"""Putting a kiosk together: the one file that knows every part.

    with open_kiosk(Path("/var/lib/sala")) as kiosk:
        kiosk.start()                      # the sync loop, the lobby's pages
        run(kiosk.world, kiosk.clock, kiosk.worker, kiosk.printing, kiosk.sync, kiosk.queue)

Tests call it too, with a clock and a transport of their own.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Self

import msgspec

from kiosk import SOFTWARE, config, identity
from kiosk.clock import Clock
from kiosk.config import Config
from kiosk.desk import contact, taking
from kiosk.desk.announcing import Caller
from kiosk.desk.counters import Queue
from kiosk.desk.health import Health, Link, health
from kiosk.desk.inviting import Lying, look
from kiosk.desk.keeping import Keeper
from kiosk.desk.stick import Stick
from kiosk.desk.stick_import import Import
from kiosk.desk.trusting import learn
from kiosk.desk.world import World
from kiosk.devices import printer, sound
from kiosk.devices.host import LanHost
from kiosk.devices.voices import PACKAGED, Voices
from kiosk.identity import CONFIDENTIAL_NAME, CONTENT_NAME, STORE_KEY_NAME, STORE_NAME, TRIPWIRE_NAME, Identity
from kiosk.store import CannotRecord, Logbook, Store, StoreDamaged, read_key_file, salvage
from kiosk.store import apart as confidential
from kiosk.store.apart import Apart
from kiosk.store.editions import Editions
from kiosk.store.tripwire import Tripwire
from kiosk.sync.enrolment import Welcome, ask, ask_by_stick, become, refuse
from kiosk.sync.https import Https
from kiosk.sync.line import Transport
from kiosk.sync.loop import Sync
from kiosk.trust import Trust
from kiosk.worker import Worker
from shared.content import limits_of
from shared.records import BOOT_BYTES

if TYPE_CHECKING:
    from kiosk.lobby.serving import Lobby

logger = logging.getLogger(__name__)

STATUS_NAME = "status.json"


@dataclass(frozen=True, slots=True)
class Kiosk:
    """A running kiosk's parts. `start` begins to sync and to serve; `close` ends what runs, the store last. `lobby` is
    None where the settings name no port.
    """

    world: World
    clock: Clock
    worker: Worker
    printing: Worker
    sync: Sync
    queue: Queue
    lobby: Lobby | None
    caller: Caller
    keeper: Keeper

    def start(self) -> None:
        """Begin to talk to the server, to call people and to serve the lobby's pages."""
        self.sync.start()
        self.caller.start()
        self.keeper.start()
        if self.lobby is not None:
            self.lobby.start()

    def close(self) -> None:
        """Finish what was touched, end the threads, let the store go."""
        if self.lobby is not None:
            self.lobby.close()
        self.caller.close()
        self.keeper.close()
        self.worker.close()
        self.printing.close()
        self.sync.close()
        self.world.store.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: object, error: object, trace: object) -> None:
        self.close()


def open_kiosk(
    data: Path,
    *,
    clock: Clock | None = None,
    transport: Transport | None = None,
    random: Callable[[int], bytes] = os.urandom,
) -> Kiosk:
    """The kiosk that enrolment left in `data`. `clock` and `transport` stand in for the machine's own.

    Raises `NotEnrolled`, `ConfigError`, `IdentityDamaged`, or what `Store` raises, above all `WrongKey`.
    """
    try:
        return _open_kiosk(data, clock, transport, random)
    except StoreDamaged as damage:
        logger.error("%s", damage)  # noqa: TRY400 - met while the day was read: the store's mark has it salvaged now
        return _open_kiosk(data, clock, transport, random)


def _open_kiosk(data: Path, clock: Clock | None, transport: Transport | None, random: Callable[[int], bytes]) -> Kiosk:
    settings = config.load(data)
    me = identity.load(data)
    key = read_key_file(data / STORE_KEY_NAME)
    store = _open_store(data, key)
    try:
        clock = clock or Clock(random(BOOT_BYTES), signed_ms=contact.read(store).server_ms or None)
        world = _world(settings, me, store, key, random)
        _look_at_tripwire(world, clock, Tripwire(data / TRIPWIRE_NAME))
        if transport is None and settings.server_url:
            transport = _line(settings, settings.server_url, clock)
        sync = Sync(world, clock, transport, on_change=lambda: _tell_status(world, clock, sync))
        queue = Queue(world)
        lobby = _lobby(world, clock, queue)
        caller = Caller(world, clock, queue)
    except BaseException:
        store.close()
        raise
    worker, printing = Worker(after=sync.wake), Worker(after=sync.wake, name="printer")
    return Kiosk(world, clock, worker, printing, sync, queue, lobby, caller, Keeper(queue, clock))


def _lobby(world: World, clock: Clock, queue: Queue) -> Lobby | None:
    if not world.config.lobby_port:
        return None
    from kiosk.lobby.serving import Lobby  # a server and what it stands on: no business of a kiosk without pages

    return Lobby(world, clock, queue, port=world.config.lobby_port)


def _line(settings: Config, url: str, clock: Clock) -> Https:
    ca_file = str(settings.path(settings.ca_file)) if settings.ca_file else ""
    return Https(url, ca_file=ca_file, now=clock.guess)


def _open_store(data: Path, key: bytes) -> Store:
    """The store; where its file is damaged beyond single rows, a new one with all that can still be read."""
    path = data / STORE_NAME
    try:
        return Store(path, key)
    except StoreDamaged as damage:
        logger.error("%s", damage)  # noqa: TRY400 - what is done about it follows
        salvaged = salvage(path, key)
    store = Store(path, key)
    store.note(f"the store was damaged; {salvaged.rows} rows were saved, the damaged file is kept: {salvaged.damaged}")
    return store


def _world(settings: Config, me: Identity, store: Store, key: bytes, random: Callable[[int], bytes]) -> World:
    trust = Trust(settings.data, me)
    content = Editions(settings.data / CONTENT_NAME, trust.bundles, me.office, earlier=trust.earlier_bundles)

    def body_bytes_max() -> int:
        return limits_of(content.bundle).record_bytes

    world = World(
        store=store,
        lobby=Logbook(store, "lobby", software=SOFTWARE, body_bytes_max=body_bytes_max),
        content=content,
        config=settings,
        identity=me,
        printer=printer.from_config(settings),
        random=random,
        apart=Apart(settings.data / CONFIDENTIAL_NAME, key, software=SOFTWARE, body_bytes_max=body_bytes_max),
        trust=trust,
        sound=sound.from_config(settings),
        voices=Voices([settings.path(settings.voices_folder), PACKAGED]),
    )
    if settings.host_kiosk:
        member = taking.membership(world)
        if member is None:
            logger.warning(
                "this kiosk has not joined %s yet (sala-kiosk join); numbers are its own", settings.host_kiosk
            )
        else:
            world = replace(world, host=LanHost(settings.host_kiosk, *member))
    if world.content.bundle is not None:
        # The switch to an edition may have been cut before its key lists were kept.
        learn(world, world.content.bundle.keys, vouched=True)
    return world


def _look_at_tripwire(world: World, clock: Clock, tripwire: Tripwire) -> None:
    """A copied or restored folder goes on in a new log that cites the old one."""
    reason = tripwire.check()
    if reason is None:
        return
    logger.warning("this folder was copied or restored: %s", reason)
    try:
        with world.store.transaction() as tx:
            world.lobby.open_new(tx, "copied", at=clock.now().at, edition=world.content.edition)
            contact.note_new_log(world.store, "copied")
        _renew_confidential(world, clock)
        tripwire.arm(world.random)
    except (CannotRecord, OSError) as error:
        # The server sees a copy at the first contact; a full disk must not keep the reading pages shut.
        logger.error("the tripwire could not be set again: %s", error)  # noqa: TRY400


def _renew_confidential(world: World, clock: Clock) -> None:
    """The confidential log, too, goes on in a new one; where there is none yet, there is nothing to cite."""
    if not world.apart.exists:
        return
    day = clock.now().service_date
    with world.apart.open(day) as book, book.store.transaction() as tx:
        book.open_new(tx, "copied", at=confidential.at(day), edition=world.content.edition)


# --- before there is a kiosk -------------------------------------------------------------------------------------


class Entry:
    """The ways to a server for the kiosk that `settings.data` shall hold (`kiosk.ui.presenters.enrolling.Entry`).
    `connect` stands in for the line to an address.
    """

    def __init__(
        self,
        settings: Config,
        clock: Clock,
        *,
        connect: Callable[[str], Transport] | None = None,
        random: Callable[[int], bytes] = os.urandom,
    ) -> None:
        self._settings, self._clock, self._random = settings, clock, random
        self._connect = connect or (lambda url: _line(settings, url, clock))
        self._welcome: Welcome | None = None
        self._stick: Stick | None = None

    def look(self) -> Lying:
        """What is plugged in."""
        return look(self._settings)

    def ask(self, url: str, code: str) -> Identity:
        """Who the server behind `url` lets this kiosk be. Raises what `kiosk.sync.enrolment.ask` raises."""
        line = self._connect(url)
        self._welcome = ask(self._settings.data, line, code=code, url=url, clock=self._clock, random=self._random)
        return self._welcome.me

    def ask_by_stick(self, stick: Path, code: str) -> Identity | None:
        """The same from a stick. Raises what `kiosk.sync.enrolment.ask_by_stick` raises."""
        self._stick = Stick(stick, 0)
        self._welcome = ask_by_stick(self._settings.data, stick, code=code, random=self._random)
        os.sync()
        return self._welcome.me if self._welcome is not None else None

    def refuse(self) -> None:
        """Forget the last answer."""
        self._welcome = None
        refuse(self._settings.data)

    def become(self) -> None:
        """Keep what the last answer brought, and the content that lies beside it on a stick."""
        assert self._welcome is not None, "nobody was asked"
        if not identity.is_enrolled(self._settings.data):
            become(self._settings.data, self._welcome, self._clock, self._random)
        if self._welcome.spent and self._stick is not None:
            take_content(self._settings.data, self._stick.folder, self._clock)


def take_content(data: Path, stick: Path, clock: Clock) -> int:
    """What the server wrote on a stick for the kiosk in `data`; the edition that came, 0 for none. Raises what
    `open_kiosk` raises, and `StickFailed`.
    """
    with open_kiosk(data, clock=clock) as kiosk:
        work = Import(kiosk.world, clock, Stick(stick, 0))
        while not work.step().finished:
            pass
    return work.progress.edition


# --- what others may read while the kiosk runs -------------------------------------------------------------------


def _tell_status(world: World, clock: Clock, sync: Sync) -> None:
    """Write the health aside for `sala-kiosk status`: the store itself belongs to this process alone."""
    path = world.config.data / STATUS_NAME
    aside = path.with_name(path.name + ".new")
    # Not synced to disk: it is gone with the power, and so is the process it is about.
    aside.write_bytes(status_json(health(world, clock.now(), sync.link)))
    aside.replace(path)


def status_json(view: Health) -> bytes:
    """The health as JSON, for people's scripts."""
    return msgspec.json.format(msgspec.json.encode(view), indent=1) + b"\n"


def read_status(told: bytes) -> Health:
    """What `status_json` wrote."""
    return msgspec.json.decode(told, type=Health)


def status(data: Path) -> bytes:
    """The health of a kiosk that is not running, as JSON. Raises as `open_kiosk` does; `StoreInUse` while one runs."""
    with open_kiosk(data) as kiosk:
        # Only a look: neither thread was started, and nothing is sent.
        return status_json(health(kiosk.world, kiosk.clock.now(), Link("starting")))
