"""What the server of the simulated fleet publishes: editions of the content, and the key lists of the office.

    shop.publish(after=0)           the next edition, of other content than the one before
    shop.roll("sealing")            a new key and the list that names it, signed by the root that lies in a safe
    shop.get("sync/manifest")       what a kiosk fetches, by its address
    shop.give(stick / "sala")       the same by stick

A backup holds a copy of it. Where a restored server's list is older than one the root signed, staff put the newest list
from the root's stick beside it and make new keys: those that the list names are lost.
"""

from dataclasses import replace
from functools import cache
from pathlib import Path

from kiosk.identity import Identity
from shared import content, keylist
from shared import stick as layout
from shared.keylist import KeyList
from shared.keys import SealingKey, SigningKey
from shared.protocol import ServerSelf
from tests.kiosk.worlds import (
    ANSWER_KEY,
    BUNDLE_KEY,
    OFFICE_ID,
    SEALING_KEY,
    an_office,
    pieces_of,
    signed_edition,
    some_services,
)

ROLES = ("answers", "bundles", "sealing")

_ROOT = SigningKey(b"root of the simulated offices...")
#: How many manifests of before a bad line may bring out again.
_OLDER_MAX = 8
#: A restored server leaves out at least so many numbers, and never comes to one that was used: the real one draws it
#: by chance.
_LEAP = 1000


def _listed(number: int, answers: SigningKey, bundles: SigningKey, sealing: SealingKey) -> bytes:
    keys = KeyList(
        keylist.VERSION, OFFICE_ID, number, 1_770_000_000_000 + number, [_ROOT.public.raw], 1, answers.public.raw,
        bundles.public.raw, sealing.public.raw,
    )  # fmt: skip
    return keylist.sign(keys, by=[_ROOT])


#: What every kiosk was enrolled with.
FIRST_LIST = _listed(1, ANSWER_KEY, BUNDLE_KEY, SEALING_KEY)


@cache
def _always() -> dict[str, bytes]:
    return pieces_of(an_office(), some_services()[:1])


class Shop:
    """See the module. `claimed` is the highest edition that a kiosk said it shows."""

    def __init__(self) -> None:
        self.edition = 0
        self.manifest = b""
        self.claimed = 0
        self.older: list[bytes] = []
        self.lists = [FIRST_LIST]
        self._pieces: dict[bytes, bytes] = {}
        self._answers, self._bundles = ANSWER_KEY, BUNDLE_KEY
        self._sealing = {SEALING_KEY.public.id: SEALING_KEY}
        self._newest = SEALING_KEY
        #: How many editions and lists there were, lost ones too: no two of them are alike.
        self._made = 0
        self._highest = 0
        self._leaps = False

    def copy(self) -> "Shop":
        """As it stands now. What is in it is replaced, never changed."""
        other = Shop()
        other.__dict__.update(self.__dict__)
        return other

    def me(self) -> ServerSelf:
        """Who the server is under the present keys."""
        return ServerSelf(OFFICE_ID, self._answers, self._sealing)

    def publish(self, *, after: int) -> None:
        """Other content than before under the number behind ours, and behind `after`; a restored one leaves out those
        that were used since.
        """
        self.edition = self._highest + _LEAP if self._leaps else max(self.edition, after) + 1
        self._highest, self._leaps = max(self._highest, self.edition), False
        self._made += 1
        extra = b"%d of %d, from another time" % (self.edition, self._made) * 20
        pieces = {**_always(), "extra/1": extra, content.KEYS_PIECE: keylist.write_chain(self.lists)}
        self.older = [*self.older[-_OLDER_MAX:], self.manifest] if self.manifest else []
        self.manifest = signed_edition(self.edition, pieces, by=self._bundles)
        self._pieces = {**self._pieces, **{content.piece_hash(data): data for data in pieces.values()}}

    def roll(self, *roles: str) -> None:
        """New keys for these roles. What was sealed to an older one still opens."""
        self._made += 1
        seed = b"%08d%08d" % (len(self.lists), self._made)
        if "answers" in roles:
            self._answers = SigningKey(seed + b"to sign answers.")
        if "bundles" in roles:
            self._bundles = SigningKey(seed + b"to sign editions")
        if "sealing" in roles:
            self._newest = SealingKey(seed + b"to be sealed to.")
            self._sealing = {**self._sealing, self._newest.public.id: self._newest}
        self.lists = [*self.lists, _listed(len(self.lists) + 1, self._answers, self._bundles, self._newest)]

    def restored(self, lists: list[bytes], lost: "Shop", *, leaps: bool) -> None:
        """This copy is in use again, and the `lost` one is not; the root's stick has `lists`. Without `leaps` the next
        edition gets a number that a lost one had.
        """
        self._made, self._highest, self._leaps = lost._made, lost._highest, leaps
        if len(lists) > len(self.lists):
            self.lists = lists
            self.roll(*ROLES)

    def welcome(self, kiosk: Identity) -> Identity:
        """A kiosk that is enrolled now believes the present keys."""
        return replace(
            kiosk, key_list=self.lists[-1], answer_key=self._answers.public, bundle_key=self._bundles.public,
            sealing_key=self._newest.public,
        )  # fmt: skip

    def give(self, root: Path) -> None:
        """Put key lists and content on a stick, as `sync_server.ingest.stick` does; `root` is its folder `sala`."""
        (root / layout.KEYS).write_bytes(self.get("sync/keys"))
        if not self.manifest:
            return
        folder = root / layout.CONTENT
        folder.mkdir(exist_ok=True)
        manifest = content.read_manifest(self.manifest, self._bundles.public, office=OFFICE_ID, at_least=0)
        for ref in manifest.pieces:
            (folder / layout.piece_name(ref.hash)).write_bytes(self._pieces[ref.hash])
        (folder / layout.MANIFEST).write_bytes(self.manifest)

    def get(self, path: str) -> bytes:
        """The bytes at this address; none where there is nothing."""
        if path == "sync/keys":
            return keylist.write_chain(self.lists)
        if path == "sync/manifest":
            return self.manifest
        return self._pieces.get(bytes.fromhex(path.removeprefix("sync/piece/")), b"")
