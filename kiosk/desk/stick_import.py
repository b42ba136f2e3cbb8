"""The second road, back: what the server wrote on a stick for this kiosk - its answers, key lists, and the content.

    work = Import(world, clock, stick)
    while not work.step().finished:        # a piece of the content a step, so that no citizen's touch waits long
        ...

An answer is what the line would have brought: it is signed, repeats the nonce of a question of ours
(`kiosk.desk.asked`), and moves the counts by the same way (`kiosk.desk.hearing`). The content goes the way of
`kiosk.store.editions`: every piece verified, then one pointer.

The rules of this file:
1. All of it is verified before anything changes on screen or in a count; what is damaged is told and holds up nothing
   else.
2. Only files of fixed names are opened, regular ones, none larger than it may be: a prepared stick has nothing to say.
3. A stick that is pulled out half-way leaves everything as it was; pieces that came already are not read again.
4. Nothing is written on the stick.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Literal, TypeVar

from kiosk.clock import Clock
from kiosk.desk import asked, contact
from kiosk.desk.hearing import Hearing
from kiosk.desk.stick import Stick, StickFailed, is_folder, read
from kiosk.desk.trusting import learn
from kiosk.desk.world import World
from kiosk.store import Logbook, RecordDamaged, StoreError
from shared import protocol
from shared import stick as layout
from shared.content import MANIFEST_BYTES_MAX, Manifest, PieceRef
from shared.errors import SalaError
from shared.keylist import CHAIN_BYTES_MAX
from shared.protocol import Position, Refused

logger = logging.getLogger(__name__)

#: What is wrong with what lies there: not whole or not signed by the office's server, no room for it on this kiosk's
#: own disk, the server gives this kiosk no answer, or it has been revoked.
Fault = Literal["damaged", "no_room", "refused", "revoked"]

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Brought:
    """What a stick brought so far. `heard` is when the server wrote it, by its own clock (None: nothing that is new);
    `stored` counts the records that it was the first to confirm; `edition` is the content now on screen by it, 0 for
    none. `done` of `total` pieces of new content have been read.
    """

    heard: datetime | None = None
    stored: int = 0
    edition: int = 0
    done: int = 0
    total: int = 0
    faults: tuple[Fault, ...] = ()
    finished: bool = False


class Import:
    """One import of one stick; see the module. Steps are taken one after another, from any thread."""

    def __init__(self, world: World, clock: Clock, stick: Stick) -> None:
        """Reads nothing yet."""
        self.progress = Brought()
        self._world = world
        self._clock = clock
        self._root = stick.folder
        self._top = stick.folder / layout.TOP
        self._answers: dict[str, bytes] = {}
        self._signed: bytes | None = None
        self._lacking: list[PieceRef] = []
        self._begun = False

    def step(self) -> Brought:
        """Look what there is, then read one piece more, then take it all. Raises `StickFailed` where the stick is gone,
        `StoreError` where the kiosk's own disk does not read; after either, a new `Import` goes on.
        """
        try:
            if not self._begun:
                self._begun = True
                self._look()
            elif self._lacking:
                self._fetch(self._lacking.pop(0))
        except OSError as error:
            raise StickFailed("gone", f"{self._root}: {error.strerror}") from error
        if not self._lacking:
            self._take()
        return self.progress

    # --- reading and verifying -----------------------------------------------------------------------------------

    def _look(self) -> None:
        if not is_folder(self._top):
            return
        # Lists prove themselves; what else lies here may be signed by a key that only they tell of.
        chain = self._read(self._top / layout.KEYS, CHAIN_BYTES_MAX)
        if chain is not None:
            self._kept(lambda: learn(self._world, chain))
        self._each_book(self._look_for_answer)
        folder = self._top / layout.CONTENT
        signed = self._read(folder / layout.MANIFEST, MANIFEST_BYTES_MAX)
        manifest = None if signed is None else self._believed(lambda: self._world.content.news(signed))
        if manifest is not None:
            self._plan(signed, manifest)

    def _look_for_answer(self, book: Logbook) -> None:
        place = self._top / layout.folder_name(self._world.identity.kiosk) / (book.name + layout.TOLD)
        data = self._read(place, protocol.MESSAGE_BYTES_MAX)
        if data is None:
            return
        answer = self._believed(lambda: protocol.read_answer(data, self._world.trust.answers))
        heard = contact.read(self._world.store)
        # One that was heard before is no fault: the stick has not been to the server since.
        if answer is not None and asked.awaits(book.store, answer.nonce, answer.epoch, heard):
            self._answers[book.name] = data

    def _plan(self, signed: bytes | None, manifest: Manifest) -> None:
        if not self._world.store.reserve_held:
            self._fault("no_room")
            return
        self._signed = signed
        self._lacking = self._world.content.lacking(manifest)
        self.progress = replace(self.progress, total=len(self._lacking))

    def _fetch(self, ref: PieceRef) -> None:
        data = self._read(self._top / layout.CONTENT / layout.piece_name(ref.hash), ref.size)
        if data is None:
            self._fault("damaged")
        elif self._kept(lambda: self._keep_piece(ref, data)):
            self.progress = replace(self.progress, done=self.progress.done + 1)
            return
        # Without this one there is no edition; those that came stay for the next try.
        self._signed, self._lacking = None, []

    def _keep_piece(self, ref: PieceRef, data: bytes) -> bool:
        self._world.content.put(ref, data)
        return True

    # --- taking --------------------------------------------------------------------------------------------------

    def _take(self) -> None:
        self._each_book(self._hear)
        signed = self._signed
        if signed is not None:
            bundle = self._kept(lambda: self._world.content.switch(signed))
            if bundle is not None:
                self.progress = replace(self.progress, edition=bundle.edition)
                self._kept(lambda: learn(self._world, bundle.keys, vouched=True))
        self.progress = replace(self.progress, finished=True)

    def _hear(self, book: Logbook) -> None:
        data = self._answers.get(book.name)
        if data is None:
            return
        answer = protocol.read_answer(data, self._world.trust.answers)
        # Once more: the line may have said something since this was read.
        question = asked.awaits(book.store, answer.nonce, answer.epoch, contact.read(self._world.store))
        if question is None:
            return
        hearing = Hearing(self._world, self._clock, book)
        before = book.counts().stored
        push = hearing.push()
        push.asked(answer.nonce)
        try:
            events = push.hear(answer)
        except RecordDamaged as damage:
            hearing.end_damaged(damage)
            return
        except StoreError:
            raise
        except SalaError as error:
            self._doubt(error)
            return
        hearing.keep(events, answer, data, question)
        self._clock.remember(contact.read(self._world.store).server_ms)
        asked.answered(book.store, answer.nonce)
        hearing.carry_over()
        heard = contact.instant(answer.server_ms)
        if any(isinstance(event, Refused) for event in events):
            self._fault("refused")
        elif isinstance(answer, Position) and answer.revoked:
            self._fault("revoked")
        self.progress = replace(
            self.progress, heard=heard, stored=self.progress.stored + max(0, book.counts().stored - before)
        )

    # --- small things --------------------------------------------------------------------------------------------

    def _each_book(self, act: Callable[[Logbook], None]) -> None:
        act(self._world.lobby)
        if self._world.apart.exists:
            with self._world.apart.open(self._clock.now().service_date) as book:
                act(book)

    def _read(self, path: Path, bytes_max: int) -> bytes | None:
        """A file of the stick; None where there is none, or nothing that can be read."""
        try:
            if is_folder(path.parent):
                return read(path, bytes_max)
        except FileNotFoundError:
            pass  # a file that the server did not write, or a stick that is gone: seen below
        except OSError as error:
            logger.warning("%s on the stick cannot be read: %s", path.name, error.strerror)
            if is_folder(self._top):
                self._fault("damaged")
        if not is_folder(self._top):
            raise StickFailed("gone", f"{self._top} is gone")
        return None

    def _believed(self, act: Callable[[], T]) -> T | None:
        """What `act` gives; None, and a fault, for what is not whole or not the server's."""
        try:
            return act()
        except SalaError as error:
            self._doubt(error)
            return None

    def _kept(self, act: Callable[[], T]) -> T | None:
        """As `_believed`, for what writes on the kiosk's own disk."""
        try:
            return self._believed(act)
        except OSError as error:
            logger.error("content of the stick was not kept: %s", error)  # noqa: TRY400 - the fault says it
            self._fault("no_room")
            return None

    def _doubt(self, error: SalaError) -> None:
        logger.warning("on the stick: %s", error)
        self._fault("damaged")

    def _fault(self, fault: Fault) -> None:
        if fault not in self.progress.faults:
            self.progress = replace(self.progress, faults=(*self.progress.faults, fault))
