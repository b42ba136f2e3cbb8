"""The server of the simulated fleet: `shared.protocol` as it is, over a disk that can be lost and restored.

What decides (`Intake`, `judge`) is the real thing. Rows are lists in memory, so that ten thousand visits take seconds;
`tests/sim/twin.py` lets the real server, Django and SQL, answer the same letters and compares every word. `faults`
names planted bugs (see `bugs.py`).
"""

from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace

from kiosk.sync.line import Reply
from shared import protocol
from shared.errors import SalaError
from shared.keys import VerifyKey
from shared.log import Head
from shared.protocol import (
    NO_ID,
    Append,
    Branch,
    Claim,
    Intake,
    KnownKiosk,
    Limits,
    NotTaken,
    Opened,
    Reason,
    Stand,
    StandState,
)
from shared.records import NO_HASH, Record
from tests.sim.shop import Shop


@dataclass
class Line:
    """One branch of a log from record 1 on, its own from behind `base`. `bodies` are the hashes of the records that
    have theirs; `counts` is how far it counts (None: to its end, whatever comes); `verified` is how far somebody has
    walked its chain. `by` is the kiosk that sent it, and wrote otherwise elsewhere where it is `forked`; `left` is the
    line that it left, and `taken_in` what a person said last of its fork.
    """

    records: list[Record] = field(default_factory=list)
    hashes: list[bytes] = field(default_factory=list)
    bodies: set[bytes] = field(default_factory=set)
    base: int = 0
    counts: int | None = None
    verified: Head | None = None
    by: bytes = b""
    forked: bool = False
    left: int | None = None
    taken_in: bool | None = None

    def hash_at(self, seq: int) -> bytes | None:
        """The hash at `seq`, zeros before the first record, None behind the last."""
        if seq == 0:
            return NO_HASH
        return self.hashes[seq - 1] if seq <= len(self.hashes) else None

    def head(self, log: bytes) -> Head:
        """Where it stands."""
        return Head(log, len(self.hashes), self.hashes[-1]) if self.hashes else Head.empty(log)

    def around(self, first: int, last: int) -> dict[int, bytes]:
        """The hashes held from one before `first` to `last`."""
        since = max(0, first - 2)
        return dict(enumerate(self.hashes[since:last], since + 1))

    def extend(self, records: Sequence[Record], hashes: Sequence[bytes]) -> None:
        """Go on."""
        self.records += records
        self.hashes += hashes
        self.bodies.update(with_bodies(records, hashes))

    def until(self, seq: int) -> "Line":
        """A copy of it up to `seq`. Records are values: a copy of the lists is a copy of the disk."""
        line = Line()
        line.extend(self.records[:seq], self.hashes[:seq])
        return line


@dataclass
class Backup:
    """A verified copy of the disk, when it was made, and in which epoch."""

    logs: dict[bytes, list[Line]]
    trusted: dict[bytes, int]
    kiosks: dict[bytes, KnownKiosk]
    sent_shut_out: set[bytes]
    made_ms: int
    epoch: bytes
    shop: Shop

    def reaches(self, log: bytes, branch: int) -> int:
        """How far a branch of a log lies in it."""
        lines = self.logs.get(log, [])
        return len(lines[branch].hashes) if branch < len(lines) else 0


class SimServer:
    """Answers bytes with bytes. `crash` makes the next commit fail before or after it is on the disk."""

    def __init__(self, now_ms: int, faults: AbstractSet[str] = frozenset()) -> None:
        self.kiosks: dict[bytes, KnownKiosk] = {}
        #: Whose each log is.
        #: Of the logs of revoked kiosks, how far their first lines were trusted.
        self.trusted: dict[bytes, int] = {}
        #: Revoked kiosks that sent something new all the same.
        self.sent_shut_out: set[bytes] = set()
        self.logs: dict[bytes, list[Line]] = {}
        self.backups: list[Backup] = []
        self.epoch_number = 1
        self.now_ms = now_ms
        self.crash: str = ""
        #: Grows with every change of the disk, and `losses` with those after which something may no longer lie there.
        self.changes = 0
        self.losses = 0
        self._held: set[bytes] = set()
        self._faults = faults
        self.shop = Shop()
        self._intake = Intake(self.shop.me())

    @property
    def epoch(self) -> bytes:
        """Changes whenever the disk went back."""
        return b"epoch %010d" % self.epoch_number

    # --- what happens to it

    def enrol(self, kiosk: KnownKiosk) -> None:
        """Let a kiosk in, for the first time or once more with another key."""
        self.kiosks[kiosk.kiosk] = kiosk

    def revoke(self, kiosk: bytes, through: Mapping[bytes, int]) -> None:
        """Shut a kiosk out: of each of its logs what comes behind the seq that `through` names does not count, nor, of
        those it does not name, what comes from now on.
        """
        self.kiosks[kiosk] = replace(self.kiosks[kiosk], revoked=True)
        for log, line in self._lines_of(kiosk):
            seq = len(line.hashes)
            limit = max(line.base, min(seq, through.get(log, seq)))
            if line.left is None:
                self.trusted[log] = limit
            line.counts = limit if line.counts is None else min(limit, line.counts)

    def reinstate(self, kiosk: bytes) -> None:
        """Let it in again; what was kept apart of its logs counts, but for what was decided of forks."""
        self.kiosks[kiosk] = replace(self.kiosks[kiosk], revoked=False)
        for log, line in self._lines_of(kiosk):
            self.trusted.pop(log, None)
            taken_in = line.left is None if line.taken_in is None else line.taken_in
            if line.counts is not None:
                line.counts = None if taken_in else self._own_part(log, line)

    def decide(self, log: bytes, number: int, *, count: bool) -> bool:
        """The clerk has looked at a line: it counts, or it does not. False where nothing about it is in doubt."""
        line = self.logs[log][number]
        revoked = self.kiosks[line.by].revoked
        trusted = self.trusted.get(log, 0) if revoked and line.left is None else None
        doubts = [seq for seq in (trusted, self._own_part(log, line)) if seq is not None]
        if not doubts:
            return False
        line.counts = min(doubts) if not count else len(line.hashes) if revoked else None
        if line.forked:
            # As little as there is, nothing of it is kept apart: then it was taken in.
            line.taken_in = count or line.counts == len(line.hashes)
        return True

    def _own_part(self, log: bytes, line: Line) -> int | None:
        """The last record that is in no doubt because of a fork."""
        lines = self.logs[log]
        number = next(n for n, each in enumerate(lines) if each is line)
        own = (each.base for each in lines if each.left == number and each.by == line.by)
        return line.base if number else min(own, default=None)

    def _lines_of(self, kiosk: bytes) -> Iterator[tuple[bytes, Line]]:
        return ((log, line) for log, lines in self.logs.items() for line in lines if line.by == kiosk)

    def publish(self) -> None:
        """The next edition; behind those that a server before it was restored may have made."""
        self.shop.publish(after=self.shop.claimed)

    def roll(self, *roles: str) -> None:
        """New keys for these roles, and an edition that tells of them."""
        self.shop.roll(*roles)
        self._take_keys()

    def _take_keys(self) -> None:
        self._intake = Intake(self.shop.me())
        if self.shop.edition:
            self.publish()

    def back_up(self) -> None:
        """Copy the disk, verified, elsewhere."""
        self.backups.append(
            Backup(
                _copied(self.logs), dict(self.trusted), dict(self.kiosks), set(self.sent_shut_out), self.now_ms,
                self.epoch, self.shop.copy(),
            )
        )  # fmt: skip

    def restore(self, backup: Backup) -> None:
        """The disk is lost; this copy takes its place, and whoever comes learns of a new epoch."""
        self.logs, self.trusted, self.kiosks = _copied(backup.logs), dict(backup.trusted), dict(backup.kiosks)
        self.sent_shut_out = set(backup.sent_shut_out)
        self._restore_shop(backup)
        self._lost()
        del self.backups[self.backups.index(backup) + 1 :]
        self.changes += 1
        if "server keeps its epoch after a restore" not in self._faults:
            self.epoch_number += 1

    def _restore_shop(self, backup: Backup) -> None:
        before, self.shop = self.shop, backup.shop.copy()
        stick = [] if "nobody looks for the newest key list" in self._faults else before.lists
        self.shop.restored(stick, before, leaps="a restored server numbers editions anew" not in self._faults)
        self._take_keys()

    def hashes(self) -> set[bytes]:
        """Every record it holds with its body: one set, which grows with it."""
        return self._held

    def _lost(self) -> None:
        self._held = bodies(self.logs)
        self.losses += 1

    def _extend(self, line: Line, records: Sequence[Record], hashes: Sequence[bytes]) -> None:
        line.extend(records, hashes)
        self._held.update(with_bodies(records, hashes))

    def settle(self) -> None:
        """Faults are over, and everything has arrived: what else must hold is `twin`'s to say."""

    def close(self) -> None:
        """Nothing to let go here."""

    # --- what it answers

    def post(self, path: str, body: bytes) -> Reply | None:
        """The answer; None where it crashed instead."""
        self.now_ms += 7
        act = {"sync/position": self._position, "sync/push": self.push, "sync/roll": self._roll_kiosk}[path]
        try:
            answer = act(body)
        except (NotTaken, SalaError) as error:
            return self._refusal(body, protocol.reason_of(error), self.epoch)
        return None if answer is None else Reply(200, answer)

    def decline(self, body: bytes, reason: Reason, *, retry_after_s: int = 0, away: bool = False) -> Reply:
        """What it says to a letter that it would have taken on another day; where its database is `away`, it knows no
        epoch.
        """
        self.now_ms += 7
        return self._refusal(body, reason, NO_ID if away else self.epoch, retry_after_s)

    def _refusal(self, body: bytes, reason: Reason, epoch: bytes, retry_after_s: int = 0) -> Reply:
        signed = self._intake.refuse(body, reason, epoch=epoch, server_ms=self.now_ms, retry_after_s=retry_after_s)
        return Reply(409, signed, retry_after_s)

    def _position(self, body: bytes) -> bytes:
        ask = self._intake.ask(body, self.kiosks.get)
        stands = [self._stand(claim, revoked=self.kiosks[ask.kiosk].revoked) for claim in ask.logs]
        self.shop.claimed = max(self.shop.claimed, ask.edition)
        if ask.edition > self.shop.edition:  # as `publish_statuses` does, some minutes later
            self.publish()
        return self._intake.position(
            ask, stands, epoch=self.epoch, server_ms=self.now_ms, edition=self.shop.edition,
            limits=Limits(batch_count_max=40),
        )  # fmt: skip

    def _stand(self, claim: Claim, *, revoked: bool) -> Stand:
        log = claim.log
        lines = self.logs.get(log, [Line()])
        # A kiosk on another branch is told of its own branch, so that it goes on there.
        claimed = Head(log, claim.seq, claim.hash)
        branch = next((n for n, line in enumerate(lines) if n and line.head(log) == claimed), 0)
        head, backed_up = lines[branch].head(log), 0
        if self.backups and self.backups[-1].epoch == self.epoch:  # earlier ones say nothing after a restore
            backed_up = self.backups[-1].reaches(log, branch)
        if "stored is told as backed up" in self._faults:
            backed_up = head.seq
        state: StandState = "revoked" if revoked else "forked" if lines[branch].forked else "open"
        return Stand(log, head.seq, head.hash, state, min(backed_up, head.seq))

    def _roll_kiosk(self, body: bytes) -> bytes | None:
        wish = self._intake.roll(body, self.kiosks.get)
        if any(each.key.raw == wish.new_key for each in self.kiosks.values() if each.kiosk != wish.kiosk):
            raise NotTaken(Reason.BAD_SIGNATURE)
        crash, self.crash = self.crash, ""
        if crash == "before":
            return None
        self.kiosks[wish.kiosk] = replace(self.kiosks[wish.kiosk], key=VerifyKey(wish.new_key))
        return None if crash == "after" else self._intake.rolled(wish, epoch=self.epoch, server_ms=self.now_ms)

    def push(self, body: bytes) -> bytes | None:
        """Take an envelope, by line or by stick."""
        opened = self._intake.open(body, self.kiosks.get)
        crash, self.crash = self.crash, ""
        if crash == "before":
            if "receipt before the commit" in self._faults:
                return self._receipt(opened, _end(opened), forked=False, apart=False)
            return None
        if "what a revoked kiosk sends is dropped" in self._faults and self.kiosks[opened.header.kiosk].revoked:
            return self._receipt(opened, _end(opened), forked=False, apart=True)
        head, forked, apart = self._keep(opened)
        self.changes += 1
        return None if crash == "after" else self._receipt(opened, head, forked=forked, apart=apart)

    def _receipt(self, opened: Opened, head: Head, *, forked: bool, apart: bool) -> bytes:
        return self._intake.receipt(
            opened.header, head, forked=forked, epoch=self.epoch, server_ms=self.now_ms, apart=apart
        )

    def _keep(self, opened: Opened) -> tuple[Head, bool, bool]:
        header, last = opened.header, _last(opened)
        revoked = self.kiosks[header.kiosk].revoked
        lines = self.logs.get(header.log, [Line(counts=0 if revoked else None, by=header.kiosk)])
        fitting = [line for line in lines if line.hash_at(header.first_seq - 1) == header.prev]
        line = max(fitting, key=lambda fit: _agreement(fit, opened), default=lines[0])
        if "a line goes on with what lies on another" in self._faults:
            line = next((each for each in fitting if len(each.hashes) == header.first_seq - 1), line)
        known = line.around(header.first_seq, last)
        if "gaps are closed over" in self._faults and header.first_seq > len(line.hashes) + 1:
            verdict: Append | Branch = Append(opened.records, opened.hashes, _end(opened))
        else:
            verdict = protocol.judge(opened, line.head(header.log), known)
        # What is refused leaves nothing behind, not even whose the log is.
        self.logs[header.log] = lines
        if revoked and verdict.records:
            self.sent_shut_out.add(header.kiosk)
        if header.kiosk != lines[0].by and "what another kiosk brings is refused" in self._faults:
            raise NotTaken(Reason.BROKEN)
        if isinstance(verdict, Append) and not (verdict.records and line.by != header.kiosk):
            new = opened if "a repeat is appended again" in self._faults and not verdict.records else verdict
            until = -1 if "the last record is dropped" in self._faults and len(new.records) > 5 else len(new.records)
            self._extend(line, new.records[:until], new.hashes[:until])
        elif "a branch is dropped" not in self._faults:
            self._part(lines, line, opened)
            return verdict.head, True, revoked
        return verdict.head, line.forked, revoked and line.counts is not None and verdict.head.seq > line.counts

    def _part(self, lines: list[Line], line: Line, opened: Opened) -> None:
        before = opened.header.first_seq - 1
        branch = line.until(before)
        branch.base = branch.counts = before + _agreement(line, opened)
        branch.by, branch.left = opened.header.kiosk, next(n for n, each in enumerate(lines) if each is line)
        for each in (branch, *(each for each in lines if each.by == branch.by)):
            each.forked = True
        self._extend(branch, opened.records, opened.hashes)
        if "a branch overwrites" in self._faults:
            line.records, line.hashes, line.bodies = branch.records, branch.hashes, branch.bodies
            self._lost()
        else:
            lines.append(branch)


def with_bodies(records: Sequence[Record], hashes: Sequence[bytes]) -> set[bytes]:
    """The hashes of those records that come with their bodies."""
    return {hash_ for hash_, record in zip(hashes, records, strict=True) if record.body is not None}


def _copied(logs: dict[bytes, list[Line]]) -> dict[bytes, list[Line]]:
    def copied(line: Line) -> Line:
        return replace(line, records=list(line.records), hashes=list(line.hashes), bodies=set(line.bodies))

    return {log: [copied(line) for line in lines] for log, lines in logs.items()}


def bodies(logs: dict[bytes, list[Line]]) -> set[bytes]:
    """The hashes of all records that lie there with their bodies."""
    return set().union(*(line.bodies for lines in logs.values() for line in lines))


def _last(opened: Opened) -> int:
    return opened.header.first_seq + len(opened.hashes) - 1


def _end(opened: Opened) -> Head:
    return Head(opened.header.log, _last(opened), opened.hashes[-1])


def _agreement(line: Line, opened: Opened) -> int:
    """How many records of a batch a branch holds already."""
    return sum(line.hash_at(seq) == hash_ for seq, hash_ in enumerate(opened.hashes, opened.header.first_seq))
