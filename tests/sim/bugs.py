"""Some forty planted bugs: the simulator is worth what it finds, so each of these must be found.

Those of the server are switches in `server.py`. Those of the kiosk replace a piece of the real code for the length of
a `with`; `planted(name)` knows both.
"""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from datetime import date
from types import SimpleNamespace
from typing import Any, Final, cast
from unittest import mock

import apsw
import msgspec

from kiosk import bootstrap
from kiosk.desk import asked, hearing, stick_import
from kiosk.desk.hearing import Hearing
from kiosk.desk.world import World
from kiosk.store import Logbook, RecordDamaged, Store, Transaction, editions, logbook, sqlite, store
from kiosk.store.apart import Apart
from kiosk.sync import loop
from shared import envelope, keylist, protocol, wire
from shared.log import Head
from shared.protocol import Append, Intake, Local, Opened

#: Switches of `SimServer`.
SERVER: Final = (
    "server keeps its epoch after a restore",
    "stored is told as backed up",
    "receipt before the commit",
    "gaps are closed over",
    "a repeat is appended again",
    "a branch is dropped",
    "a branch overwrites",
    "the last record is dropped",
    "what a revoked kiosk sends is dropped",
    "a restored server numbers editions anew",
    "nobody looks for the newest key list",
    "a line goes on with what lies on another",
    "what another kiosk brings is refused",
)


def _old_logs_are_forgotten() -> Any:
    def about_the_current_one(world: World, book: Logbook) -> protocol.Push:
        current = book.logs()[-1]
        local = Local(current.name, current.head, current.receipted, current.epoch)
        return protocol.Push(world.trust.me(), [local], lambda log, seq: book.hash_at(seq, log))

    return mock.patch.object(hearing, "conversation", about_the_current_one)


def _a_receipt_outlives_its_epoch() -> Any:
    compare = protocol.Push._compare

    def believing(self: Any, local: Local, stand: Any, _epoch: bytes) -> Any:
        return compare(self, local, stand, local.epoch)

    return _both(
        mock.patch.object(protocol.Push, "_compare", believing),
        mock.patch.object(Hearing, "_forget_ended_epoch", return_value=None),
    )


def _a_receipt_names_more_than_was_sent() -> Any:
    judge = protocol.judge

    def generous(opened: Opened, head: Head, known: Any) -> Any:
        verdict = judge(opened, head, known)
        if isinstance(verdict, Append) and head.seq > verdict.head.seq:
            return Append(verdict.records, verdict.hashes, head)
        return verdict

    return mock.patch.object(protocol, "judge", generous)


def _bodies_are_given_up_at_once() -> Any:
    return mock.patch.object(logbook, "PRUNE_AFTER_MS", 0)


def _a_forked_log_goes_on() -> Any:
    return mock.patch.object(Hearing, "_open_new", return_value=False)


def _a_receipt_covers_the_whole_log() -> Any:
    record = Logbook.record_receipt

    def hopeful(self: Logbook, tx: Any, **told: Any) -> None:
        view = next(each for each in self.logs() if each.log == told["log"])
        record(self, tx, **(told | {"seq": view.head.seq, "hash_": view.head.hash}))

    return mock.patch.object(Logbook, "record_receipt", hopeful)


def _bodies_are_given_up_by_one_too_many() -> Any:
    aged = logbook._aged

    def one_more(aging: Any, server_ms: int, seq: int) -> Any:
        return aged(aging, server_ms, seq + 1)

    return _both(
        mock.patch.object(logbook, "_aged", one_more), mock.patch.object(Logbook, "_proved", return_value=True)
    )


def _backed_up_outlives_its_epoch() -> Any:
    """What lay in a backup of the former epoch is believed to lie in one of this."""
    record = Logbook.record_receipt

    def trusting(self: Logbook, tx: Any, **told: Any) -> None:
        entry = self._entry(told["log"])
        old = self._standing(entry)
        record(self, tx, **told)
        new = self._standing(entry)
        if old.epoch and new.epoch != old.epoch:
            backed_up = max(old.backed_up, new.backed_up)
            self._put_standing(tx, entry, msgspec.structs.replace(new, backed_up=backed_up, aging=old.aging))

    return _both(
        mock.patch.object(Logbook, "record_receipt", trusting),
        mock.patch.object(Logbook, "_proved", return_value=True),
        mock.patch.object(logbook, "PRUNE_AFTER_MS", 24 * 3600 * 1000),
    )


def _what_lies_behind_damage_is_left() -> Any:
    return mock.patch.object(Hearing, "carry_over", return_value=None)


def _the_confidential_log_stays_at_home() -> Any:
    return mock.patch.object(loop.Sync, "_converse_apart", return_value=None)


def _envelopes_are_not_padded() -> Any:
    return mock.patch.object(protocol, "PADDED_LOGS", ())


def _nobody_hears_that_it_is_shut_out() -> Any:
    return mock.patch.object(protocol.Position, "revoked", property(lambda _: False))


def _what_a_stick_says_is_not_verified() -> Any:
    def read(data: bytes, _key: Any) -> Any:
        payload = envelope.read_note(data, envelope.Label.ANSWER).payload
        return wire.decode(cast("Any", protocol.Answer), payload, bytes_max=protocol.MESSAGE_BYTES_MAX)

    return mock.patch.object(stick_import, "protocol", SimpleNamespace(**vars(protocol) | {"read_answer": read}))


def _an_answer_on_a_stick_is_news_for_ever() -> Any:
    return mock.patch.object(asked, "awaits", return_value=asked.Question(b"", b""))


def _ticket_numbers_are_forgotten_at_a_restart() -> Any:
    def remembered_only(self: Transaction, service_date: date, series: str, mark: int) -> None:
        self.cells[store._number_cell(service_date, series)] = store._encode(mark)

    return mock.patch.object(Transaction, "_set_mark", remembered_only)


def _nothing_is_synced() -> Any:
    return mock.patch.object(sqlite, "SYNCHRONOUS", "OFF")


def _no_complaint_is_synced() -> Any:
    whole = Apart._open_store

    def careless(self: Apart, day: date) -> Store:
        with mock.patch.object(sqlite, "SYNCHRONOUS", "OFF"):
            return whole(self, day)

    return mock.patch.object(Apart, "_open_store", careless)


def _a_refused_touch_stays() -> Any:
    def kept(self: Store, tx: Transaction) -> None:
        self.open_transaction = None
        if self._db is not None and self._db.in_transaction:
            self._db.execute("COMMIT")
        self._heads.update(tx.heads)
        self.lock.release()

    return mock.patch.object(Store, "abandon", kept)


def _an_older_edition_is_taken() -> Any:
    read = editions.read_manifest

    def whatever(signed: bytes, key: Any, *, office: bytes, at_least: int) -> Any:
        del at_least
        return read(signed, key, office=office, at_least=0)

    return mock.patch.object(editions, "read_manifest", whatever)


def _key_lists_are_not_followed() -> Any:
    return mock.patch.object(keylist, "steps", return_value=iter(()))


def _a_declined_log_ends_the_conversation() -> Any:
    step = protocol.State.SENT, protocol.Step.SET_ASIDE
    return mock.patch.dict(protocol.TRANSITIONS, {step: protocol.State.STOPPED})


def _a_declined_log_keeps_content_away() -> Any:
    return mock.patch.object(protocol.Refused, "of_one_log", new=False)


def _a_new_key_is_told_of_once() -> Any:
    """Who did not hear that the server took its new key asks again in vain."""

    def once(self: Intake, data: bytes, find: Any) -> Any:
        wish = roll(self, data, find)
        envelope.verify_note(envelope.read_note(data, envelope.Label.ROLL), find(wish.kiosk).key)
        return wish

    roll = Intake.roll
    return mock.patch.object(Intake, "roll", once)


def _a_restored_kiosk_skips_no_numbers() -> Any:
    return mock.patch.object(Transaction, "jump_numbers", return_value=None)


def _a_start_cuts_off_what_lies_behind_damage() -> Any:
    """In the very step in which a bit flips, or never: a law that excuses all of such a step does not find it."""
    mend = Store._mend_twins
    met: set[tuple[bytes, int]] = set()

    def cut_off(self: Store) -> None:
        mend(self)
        lobby = Logbook(self, "lobby", software="")
        for view in lobby.logs():
            with suppress(apsw.FullError):
                try:
                    lobby.check(view.log)
                except RecordDamaged as damage:
                    shelf, place = lobby.shelf(view.log), (damage.log, damage.seq)
                    if place not in met:
                        met.add(place)
                        behind = shelf.place(damage.seq + 1), shelf.span[1]
                        self._connected().execute("DELETE FROM record WHERE place BETWEEN ? AND ?", behind)

    return mock.patch.object(Store, "_mend_twins", cut_off)


def _a_restored_kiosk_leaves_what_waits() -> Any:
    look = bootstrap._look_at_tripwire

    def leaving(world: World, *args: Any) -> None:
        look(world, *args)
        for view in world.lobby.logs()[:-1]:
            shelf = world.lobby.shelf(view.log)
            behind = shelf.place(view.receipted.seq + 1), shelf.span[1]
            with suppress(apsw.Error):
                world.store._connected().execute("DELETE FROM record WHERE place BETWEEN ? AND ?", behind)

    return mock.patch.object(bootstrap, "_look_at_tripwire", leaving)


@contextmanager
def _both(*patches: Any) -> Iterator[None]:
    with ExitStack() as stack:
        for patch in patches:
            stack.enter_context(patch)
        yield


#: Replacements on the kiosk, or in what both sides share.
KIOSK: Final[dict[str, Callable[[], Any]]] = {
    "old logs are forgotten": _old_logs_are_forgotten,
    "a receipt outlives its epoch": _a_receipt_outlives_its_epoch,
    "a receipt names more than was sent": _a_receipt_names_more_than_was_sent,
    "bodies are given up at once": _bodies_are_given_up_at_once,
    "a forked log goes on": _a_forked_log_goes_on,
    "a receipt covers the whole log": _a_receipt_covers_the_whole_log,
    "bodies are given up by one too many": _bodies_are_given_up_by_one_too_many,
    "backed up outlives its epoch": _backed_up_outlives_its_epoch,
    "what lies behind damage is left": _what_lies_behind_damage_is_left,
    "the confidential log stays at home": _the_confidential_log_stays_at_home,
    "envelopes are not padded": _envelopes_are_not_padded,
    "what a stick says is not verified": _what_a_stick_says_is_not_verified,
    "an answer on a stick is news for ever": _an_answer_on_a_stick_is_news_for_ever,
    "nobody hears that it is shut out": _nobody_hears_that_it_is_shut_out,
    "ticket numbers are forgotten at a restart": _ticket_numbers_are_forgotten_at_a_restart,
    "nothing is synced": _nothing_is_synced,
    "no complaint is synced": _no_complaint_is_synced,
    "a refused touch stays": _a_refused_touch_stays,
    "an older edition is taken": _an_older_edition_is_taken,
    "key lists are not followed": _key_lists_are_not_followed,
    "a new key is told of once": _a_new_key_is_told_of_once,
    "a restored kiosk skips no numbers": _a_restored_kiosk_skips_no_numbers,
    "a restored kiosk leaves what waits": _a_restored_kiosk_leaves_what_waits,
    "a start cuts off what lies behind damage": _a_start_cuts_off_what_lies_behind_damage,
    "a declined log ends the conversation": _a_declined_log_ends_the_conversation,
    "a declined log keeps content away": _a_declined_log_keeps_content_away,
}

ALL: Final = (*SERVER, *KIOSK)


@contextmanager
def planted(name: str) -> Iterator[frozenset[str]]:
    """The bug is in place as long as the block lasts; gives the switches for the server."""
    if name in SERVER:
        yield frozenset({name})
        return
    with KIOSK[name]():
        yield frozenset()
