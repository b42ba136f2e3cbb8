"""The server's side of sync in memory, made of `shared.protocol.Intake`, with faults to order.

It is a `Transport`: what the kiosk posts is answered as the real server would, or as a broken world does.
"""

import copy
from collections.abc import Callable
from dataclasses import dataclass, field

from kiosk.sync.line import Reply, Unreachable
from shared import content, keylist, protocol
from shared.errors import SalaError
from shared.keys import SealingKey, SigningKey, VerifyKey
from shared.log import Head
from shared.protocol import Append, Ask, Claim, Intake, KnownKiosk, Limits, NotTaken, Opened, Reason, ServerSelf, Stand
from shared.records import NO_HASH, Record
from tests.kiosk.worlds import ANSWER_KEY, BUNDLE_KEY, KIOSK_ID, KIOSK_KEY, OFFICE_ID, SEALING_KEY, signed_edition

#: Some day in 2026, in milliseconds.
SERVER_MS = 1_773_632_000_000


@dataclass
class Branch:
    """One line of a log from record 1 on, with the hash of each header."""

    records: list[Record] = field(default_factory=list)
    hashes: list[bytes] = field(default_factory=list)

    def hash_at(self, seq: int) -> bytes | None:
        """The hash at `seq`, zeros before the first record."""
        if seq == 0:
            return NO_HASH
        return self.hashes[seq - 1] if seq <= len(self.hashes) else None


class MemoryServer:
    """Kiosks are in `kiosks`; what was received in `logs`. `answer` is put before every answer when set."""

    def __init__(self) -> None:
        self.kiosks = {KIOSK_ID: KnownKiosk(KIOSK_ID, KIOSK_KEY.public, revoked=False)}
        self.logs: dict[bytes, list[Branch]] = {}
        self.epoch = b"epoch-1 of tests"
        self.server_ms = SERVER_MS
        self.backed_up = 0
        self.edition = 0
        self.manifest = b""
        self.pieces: dict[bytes, bytes] = {}
        self.requests: list[tuple[str, int]] = []
        self.answers: list[int] = []
        self.asked: list[Ask] = []
        self.batch_count_max = 500
        self.envelope_bytes_max = 1024 * 1024
        #: Logs of which it takes nothing, and the reason that it gives.
        self.declined: dict[bytes, Reason] = {}
        #: Whether a piece is given from a byte in its midst.
        self.ranges = True
        #: What a position says of it, where that is something else.
        self.told_bytes_max: int | None = None
        #: Called with path and genuine reply (a function that makes it); may drop, replace or refuse.
        self.weather: Callable[[str, Callable[[], Reply]], Reply] = lambda _path, genuine: genuine()
        #: The level of each receipt.
        self.levels: list[str] = []
        self._intake = Intake(ServerSelf(OFFICE_ID, ANSWER_KEY, {SEALING_KEY.public.id: SEALING_KEY}))
        #: The office's key lists (`roll` makes them) and the root that signs them.
        self.lists: list[bytes] = []
        self.root = SigningKey(b"r" * 32)
        self.answer_key, self.bundle_key, self.sealing_key = ANSWER_KEY, BUNDLE_KEY, SEALING_KEY

    # --- Transport

    def post(self, path: str, body: bytes) -> Reply:
        """Answer a question or an envelope."""
        self.requests.append((path, len(body)))
        acts = {"sync/position": self._position, "sync/push": self._push, "sync/roll": self._roll_kiosk}
        reply = self.weather(path, lambda: self._signed(body, acts[path]))
        self.answers.append(len(reply.body))
        return reply

    def get(self, path: str, *, bytes_max: int, begin: int = 0) -> Reply:
        """Give manifest or piece, or the rest of it."""
        self.requests.append((path, 0))

        def genuine() -> Reply:
            name = path.removeprefix("sync/piece/")
            if path == "sync/keys":
                return Reply(200, keylist.write_chain(self.lists)) if self.lists else Reply(404, b"")
            data = self.manifest if path == "sync/manifest" else self.pieces.get(bytes.fromhex(name), b"")
            if not data:
                return Reply(404, b"")
            return Reply(206, data[begin:]) if begin and self.ranges else Reply(200, data)

        reply = self.weather(path, genuine)
        assert len(reply.body) <= bytes_max or reply.status != 200
        return reply

    # --- what tests arrange

    def first_list(self) -> bytes:
        """List 1: the keys a kiosk of `worlds` was enrolled with."""
        self._put_list()
        return self.lists[0]

    def roll(self, *roles: str, forget_sealing: bool = False) -> None:
        """New keys for some of "answers", "bundles" and "sealing", and the list that tells of them."""
        n = len(self.lists) + 1
        if "answers" in roles:
            self.answer_key = SigningKey(bytes([n]) * 32)
        if "bundles" in roles:
            self.bundle_key = SigningKey(bytes([100 + n]) * 32)
        kept = {} if forget_sealing else dict(self._intake._me.sealing)
        if "sealing" in roles:
            self.sealing_key = SealingKey(bytes([200 + n]) * 32)
        kept[self.sealing_key.public.id] = self.sealing_key
        self._intake = Intake(ServerSelf(OFFICE_ID, self.answer_key, kept))
        self._put_list()

    def _put_list(self) -> None:
        number = len(self.lists) + 1
        listed = keylist.KeyList(
            1, OFFICE_ID, number, SERVER_MS, [self.root.public.raw], 1, self.answer_key.public.raw,
            self.bundle_key.public.raw, self.sealing_key.public.raw,
        )  # fmt: skip
        self.lists.append(keylist.sign(listed, by=[self.root]))

    def publish(self, edition: int, pieces: dict[str, bytes]) -> None:
        """Offer an edition; with the key lists, where there are some."""
        if self.lists:
            pieces = {**pieces, content.KEYS_PIECE: keylist.write_chain(self.lists)}
        self.edition = edition
        self.manifest = signed_edition(edition, pieces, by=self.bundle_key)
        self.pieces |= {content.piece_hash(data): data for data in pieces.values()}

    def snapshot(self) -> dict[bytes, list[Branch]]:
        """A backup of what was received."""
        return copy.deepcopy(self.logs)

    def restore(self, backup: dict[bytes, list[Branch]]) -> None:
        """Come back from a backup, under a new epoch."""
        self.logs = copy.deepcopy(backup)
        self.epoch = b"epoch-2 of tests"

    def count(self) -> int:
        """How many records are held, branches included."""
        return len({hash_ for branches in self.logs.values() for branch in branches for hash_ in branch.hashes})

    # --- the protocol

    def _signed(self, body: bytes, act: Callable[[bytes], bytes]) -> Reply:
        self.server_ms += 1000
        try:
            return Reply(200, act(body))
        except (NotTaken, SalaError) as error:
            reason = protocol.reason_of(error)
        return Reply(409, self._intake.refuse(body, reason, epoch=self.epoch, server_ms=self.server_ms))

    def _position(self, body: bytes) -> bytes:
        ask = self._intake.ask(body, self.kiosks.get)
        self.asked.append(ask)
        return self._intake.position(
            ask,
            [self._stand(ask.kiosk, claim) for claim in ask.logs],
            epoch=self.epoch,
            server_ms=self.server_ms,
            edition=self.edition,
            limits=Limits(self.batch_count_max, self.told_bytes_max or self.envelope_bytes_max),
        )

    def _stand(self, kiosk: bytes, claim: Claim) -> Stand:
        log, branches = claim.log, self.logs.get(claim.log, [Branch()])
        heads = [_head(log, branch) for branch in branches]
        # A kiosk on another branch is told of its own.
        head = next((own for own in heads[1:] if (own.seq, own.hash) == (claim.seq, claim.hash)), heads[0])
        state = "revoked" if self.kiosks[kiosk].revoked else "forked" if len(branches) > 1 else "open"
        return Stand(log, head.seq, head.hash, state, min(self.backed_up, head.seq))

    def _roll_kiosk(self, body: bytes) -> bytes:
        wish = self._intake.roll(body, self.kiosks.get)
        self.kiosks[wish.kiosk] = KnownKiosk(wish.kiosk, VerifyKey(wish.new_key), revoked=False)
        return self._intake.rolled(wish, epoch=self.epoch, server_ms=self.server_ms)

    def _push(self, body: bytes) -> bytes:
        if len(body) > self.envelope_bytes_max:
            raise NotTaken(Reason.TOO_LARGE)
        opened = self._intake.open(body, self.kiosks.get)
        header = opened.header
        if header.log in self.declined:
            raise NotTaken(self.declined[header.log])
        branches = self.logs.setdefault(header.log, [Branch()])
        fitting = [branch for branch in branches if branch.hash_at(header.first_seq - 1) == header.prev]
        branch = max(fitting, key=lambda fit: _agreement(fit, opened), default=branches[0])
        verdict = protocol.judge(opened, _head(header.log, branch), dict(enumerate(branch.hashes, 1)))
        if isinstance(verdict, Append):
            branch.records += verdict.records
            branch.hashes += verdict.hashes
        else:
            before = header.first_seq - 1
            branches.append(
                Branch(branch.records[:before] + list(verdict.records), branch.hashes[:before] + list(verdict.hashes))
            )
        apart = self.kiosks[header.kiosk].revoked
        self.levels.append("quarantined" if apart else "stored")
        return self._intake.receipt(
            header, verdict.head, forked=len(branches) > 1, epoch=self.epoch, server_ms=self.server_ms, apart=apart
        )


def _head(log: bytes, branch: Branch) -> Head:
    return Head(log, len(branch.hashes), branch.hashes[-1]) if branch.hashes else Head.empty(log)


def _agreement(branch: Branch, opened: Opened) -> int:
    """How many records of a batch a branch holds already."""
    return sum(branch.hash_at(seq) == hash_ for seq, hash_ in enumerate(opened.hashes, opened.header.first_seq))


def lost(path_end: str, times: int = 1) -> Callable[[str, Callable[[], Reply]], Reply]:
    """Weather in which the server acts and its answer is lost, `times` times."""
    left = [times]

    def weather(path: str, genuine: Callable[[], Reply]) -> Reply:
        reply = genuine()
        if path.endswith(path_end) and left[0]:
            left[0] -= 1
            raise Unreachable("the line was cut")
        return reply

    return weather
