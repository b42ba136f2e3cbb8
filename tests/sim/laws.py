"""The laws of the simulated fleet, and the one who watches over them.

    watch = Watch(server, devices)
    watch.look(device, anew=False)                      after every step; raises LawBroken
    watch.arrived(contacts=3, apart=False)              once the weather is clear

After every step:

1. **Nothing vanishes.** A record that lay anywhere with its body (on a kiosk, on the server, in its latest backup)
   still lies somewhere, unless a disaster just destroyed the last place, that one and no more: where a bit flipped, the
   records in those very rows; where an image or a backup took a disk's place, what is not in it. Bodies given up too
   early are no disaster.
2. **A receipt is true.** Where a kiosk says "stored" in the server's present epoch, the server holds that record; where
   it says "backed up", the latest backup does.
   A body is given up only behind a kept receipt of that epoch that says so. A kiosk that heard of a restore goes back
   to no earlier epoch.
3. **Chains hold.** Each branch on the server is a chain from record 1.

In the end, after `contacts` contacts each in clear weather (for the confidential log, which keeps to a minute of the
day, one more), and for all logs but those that the server still declines; then for these, too:

4. **Everything arrives.** The server holds every record there is (or, from behind a damaged one, its words at their
   time under another number), and no kiosk waits.
5. **Twins part.** No two devices still write different histories of one log.
6. **No alarm without a cause.** Where no disk was another one than before, no log was left but one that the server
   called broken, and none has two branches.
7. **Tallies are folds.** What each kiosk counts is what its records say.
8. **Who is shut out knows it**, and who was let in again knows that. What a revoked kiosk sends arrives as all else
   does.
9. **Nothing counts twice.** No record lies on two lines of its log, whoever brought it.
10. **Content goes on.** No kiosk turns back to an earlier edition; in the end each shows the very one that the server
    published last, and believes the newest key list, which travels with it.
"""

import itertools
from collections import Counter
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from pathlib import Path

from kiosk.desk import contact, tally
from kiosk.store import LogView, RecordDamaged
from shared import log as chain
from shared.errors import SalaError
from shared.log import Head
from shared.records import At, Quality, Record, header_hash
from tests.sim.device import Device
from tests.sim.server import Line, SimServer, bodies


class LawBroken(BaseException):
    """One of the laws does not hold. The kiosk's loop, which catches every `Exception`, shall not catch it."""


@dataclass(frozen=True, slots=True)
class Known:
    """A record that there is: whose, and what it says whatever its number."""

    kiosk: int
    log: bytes
    seq: int
    words: tuple[str, int, At, bytes | None]

    @property
    def apart(self) -> bool:
        """Whether it is confidential: it tells the day and no more."""
        return self.words[2].quality == Quality.DATE

    def __str__(self) -> str:
        return f"record {self.seq} ({self.words[0]}) of kiosk {self.kiosk}"


def words(record: Record) -> tuple[str, int, At, bytes | None]:
    """What a record says, and when, wherever it lies."""
    return record.header.kind, record.header.schema, record.header.at, record.body


class Watch:
    """Knows every record there is. `disturbed` says that some disk was not what it was before."""

    def __init__(self, server: SimServer) -> None:
        self.server = server
        self.devices: list[Device] = []
        self.known: dict[bytes, Known] = {}
        self.disturbed = False
        #: Logs that the server called broken.
        self.left: set[bytes] = set()
        #: Of which records this step destroyed a copy.
        self._destroyed: set[bytes] = set()
        #: What records said that a disaster took: of one behind damage, perhaps the copy that was to travel.
        self._taken: set[tuple[str, int, At, bytes | None]] = set()
        self._epochs: dict[Path, bytes] = {}
        self._editions: dict[Path, int] = {}
        self._bare: dict[Path, dict[bytes, int]] = {}
        self._changes = self._losses = -1
        #: Records that the server lacks: few, so that nobody goes through all there are at every step.
        self._alone: set[bytes] = set()

    def meet(self, device: Device) -> None:
        """One device more."""
        self.devices.append(device)
        self._learn(device, anew=True)
        self._bare[device.folder] = device.last_given_up()

    def enrolled(self, device: Device) -> None:
        """It was enrolled again: of content that was signed by earlier keys it knows nothing any more."""
        self._editions.pop(device.folder, None)

    def promised(self, device: Device, records: Sequence[Record]) -> None:
        """Somebody was told that these are recorded."""
        for record in records:
            self._know(device, record, header_hash(record.header))

    def put_back(self, device: Device) -> None:
        """Its disk is one of an earlier day: it has not heard yet what it had heard, nor given up what it had."""
        for known in (self._epochs, self._editions, self._bare):
            known.pop(device.folder, None)

    def destroyed(self, hashes: AbstractSet[bytes]) -> None:
        """The disaster of this step destroyed a copy of each of these."""
        self._destroyed |= hashes

    def look(self, device: Device, *, anew: bool, elsewhere: bool = False) -> None:
        """Laws 1 to 3, after something happened to `device`, or `elsewhere`."""
        before = len(device.given_up)
        if not elsewhere:
            self._check_epoch(device)
            self._check_edition(device)
            self._learn(device, anew=anew)
        if len(device.given_up) != before or device.folder not in self._bare:
            self._check_given_up(device)
        news = self._changes != self.server.changes
        if news:
            self._changes = self.server.changes
            lost, self._losses = self._losses != self.server.losses, self.server.losses
            self._alone = set(self.known if lost else self._alone) - self.server.hashes()
            self._check_chains()
            self._check_receipts(device)
        if news or anew:
            self._check_nothing_vanished()
        self._destroyed.clear()

    def arrived(self, *, contacts: int, apart: bool, but_for: AbstractSet[bytes] = frozenset()) -> None:
        """Laws 4 to 10, for the confidential logs too or not yet, and not for the logs `but_for`."""
        for device in self.devices:
            self.look(device, anew=True)
        views = {id(device): _views(device) for device in self.devices}
        lines = [line for lines in self.server.logs.values() for line in lines]
        told = {words(record) for line in lines for record in line.records if record.body is not None}
        # What lay behind damage may have been carried over to a log that is declined, and waits there.
        told |= {known.words for known in self.known.values() if known.log in but_for}
        alone = [known for hash_, known in self.known.items() if hash_ in self._alone]
        missing = [known for known in alone if (apart or not known.apart) and known.log not in but_for]
        behind = any(view.damaged_seq for each in views.values() for view in each)
        lost = [known for known in missing if known.words not in told | self._taken or not behind]
        if lost:
            raise LawBroken(f"after {contacts} contacts the server lacks {len(lost)} records, such as {lost[0]}")
        self._check_once()
        shop = self.server.shop
        for device in self.devices:
            mine = [view for view in views[id(device)] if apart or view.name == device.world.lobby.name]
            waiting = sum(view.waiting for view in mine if view.log not in but_for)
            if waiting:
                raise LawBroken(f"after {contacts} contacts {waiting} records of kiosk {device.number} still wait")
            revoked = self.server.kiosks[device.kiosk].revoked
            if contact.read(device.world.store).revoked != revoked:
                raise LawBroken(f"kiosk {device.number} was {'shut out' if revoked else 'let in'} and does not know it")
            if wrong := tally.differences(device.world):
                raise LawBroken(f"kiosk {device.number}: {wrong[0]}")
            shown = device.manifest, device.world.trust.number
            if apart and shop.edition and shown != (shop.manifest, len(shop.lists)):
                raise LawBroken(
                    f"kiosk {device.number} shows edition {device.world.content.edition} under key list"
                    f" {device.world.trust.number}, the server has {shop.edition} under {len(shop.lists)}"
                )
        self._check_twins(but_for)
        self._check_peace(views)

    # --- inside ----------------------------------------------------------------------------------------------------

    def _check_epoch(self, device: Device) -> None:
        before, now = self._epochs.get(device.folder, b""), device.world.lobby._epoch()
        self._epochs[device.folder] = now
        if now < before:
            raise LawBroken(f"kiosk {device.number} has heard of {before!r} and believes in {now!r} again")

    def _check_edition(self, device: Device) -> None:
        before, now = self._editions.get(device.folder, 0), device.world.content.edition
        self._editions[device.folder] = now
        if now < before:
            raise LawBroken(f"kiosk {device.number} showed edition {before} and shows {now} again")

    def _check_given_up(self, device: Device) -> None:
        now = device.last_given_up()
        before = self._bare.get(device.folder, now)
        # What was given up stays so, though its row is not read for a while: until two that changed places do so again.
        self._bare[device.folder] = before | {log: max(seq, before.get(log, 0)) for log, seq in now.items()}
        for log in now:
            receipts = device.world.lobby.receipts(log)
            proofs = [each.backed_up for each in receipts if each.epoch == receipts[-1].epoch]
            if now[log] > before.get(log, 0) and now[log] > max(proofs, default=0):
                raise LawBroken(f"record {now[log]} of kiosk {device.number} was given up, and no receipt lets it go")

    def _learn(self, device: Device, *, anew: bool) -> None:
        for hash_, record in device.look(anew=anew).items():
            self._know(device, record, hash_)

    def _know(self, device: Device, record: Record, hash_: bytes) -> None:
        if hash_ not in self.known:
            self.known[hash_] = Known(device.number, record.header.log, record.header.seq, words(record))
            if hash_ not in self.server.hashes():
                self._alone.add(hash_)

    def _check_nothing_vanished(self) -> None:
        gone = self._alone
        for device in self.devices:
            gone = gone - device.held  # in place it would go through all that the device holds
        for backup in self.server.backups[-1:]:
            gone = gone - bodies(backup.logs) if gone else gone
        given_up = {hash_ for hash_ in gone if any(hash_ in each.given_up for each in self.devices)}
        if broken := gone - self._destroyed | given_up:
            first = min((self.known[hash_] for hash_ in broken), key=lambda known: (known.kiosk, known.seq))
            raise LawBroken(f"{len(broken)} records are nowhere any more, such as {first}")
        for hash_ in gone:
            self._taken.add(self.known.pop(hash_).words)
        self._alone -= gone

    def _check_receipts(self, device: Device) -> None:
        for log, receipt in device.last_receipts().items():
            if receipt.epoch != self.server.epoch:
                continue
            if receipt.seq and not _holds(self.server.logs, log, receipt.seq, receipt.hash):
                raise LawBroken(f"a receipt for record {receipt.seq} that the server does not hold")
            told = min(receipt.backed_up, receipt.seq)
            mine = _hash_at(device, told, log) if told else None
            copies = self.server.backups[-1].logs if self.server.backups else {}
            if mine is not None and not _holds(copies, log, told, mine):
                raise LawBroken(f"'backed up' for record {told} that lies in no backup")

    def _check_chains(self) -> None:
        for log, lines in self.server.logs.items():
            for line in lines:
                after = line.verified or Head.empty(log)
                if after == line.head(log):
                    continue
                if line.hash_at(after.seq) != after.hash:
                    raise LawBroken(f"record {after.seq} of log {log.hex()[:8]} changed on the server")
                try:
                    head = chain.verify(after, line.records[after.seq :])
                except SalaError as error:
                    raise LawBroken(f"log {log.hex()[:8]} on the server is no chain: {error}") from error
                if head != line.head(log):
                    raise LawBroken(f"log {log.hex()[:8]} on the server does not end as it says")
                line.verified = head

    def _check_once(self) -> None:
        for log, lines in self.server.logs.items():
            own = Counter(hash_ for line in lines for hash_ in line.hashes[line.base :])
            hash_, count = max(own.items(), key=lambda each: each[1], default=(b"", 0))
            if count > 1:
                raise LawBroken(f"a record lies on {count} lines of log {log.hex()[:8]}: {self.known.get(hash_)}")

    def _check_twins(self, but_for: AbstractSet[bytes]) -> None:
        for one, other in itertools.combinations(self.devices, 2):
            mine, yours = one.world.lobby.head, other.world.lobby.head
            if one.number != other.number or mine.log in but_for:
                continue
            both = min(mine.seq, yours.seq)
            if mine.log == yours.log and _hash_at(one, both, mine.log) != _hash_at(other, both, mine.log):
                raise LawBroken(f"two devices still write in log {mine.log.hex()[:8]}, and not the same")

    def _check_peace(self, views: dict[int, list[LogView]]) -> None:
        if self.disturbed:
            return
        if any(len(lines) > 1 for lines in self.server.logs.values()):
            raise LawBroken("a log has two branches, and no disk was ever another one")
        for device in self.devices:
            names = Counter(view.name for view in views[id(device)] if view.log not in self.left)
            if any(count > 1 for count in names.values()):
                raise LawBroken(f"kiosk {device.number} left a log, and its disk was always its own")


def _holds(logs: dict[bytes, list[Line]], log: bytes, seq: int, hash_: bytes) -> bool:
    return any(line.hash_at(seq) == hash_ for line in logs.get(log, []))


def _hash_at(device: Device, seq: int, log: bytes) -> bytes | None:
    """None where it cannot be told, since the record and the one behind it are damaged."""
    try:
        return device.world.lobby.hash_at(seq, log)
    except RecordDamaged:
        return None


def _views(device: Device) -> list[LogView]:
    with device.books() as books:
        return [view for book in books for view in book.logs()]
