"""Which keys of the server this kiosk believes now, and the key it signs with.

    trust = Trust(data, me)
    trust.me()                      for the protocol: whoever asks is given the present keys
    trust.learn(chain)              key lists came: true where they led on

    keys.chain        the key lists followed so far, oldest first, as they came; written aside, synced, renamed

It begins with what enrolment pinned and walks the lists of `keys.chain` again at each start, so that file proves
itself: where it is damaged the kiosk stands where it was enrolled, and the next chain it meets (that of the edition on
its own disk first) leads it on. `kiosk.desk.trusting` is how others call this, with what else depends on it.
"""

import logging
from pathlib import Path

from kiosk import identity
from kiosk.identity import Identity
from kiosk.store import files
from shared import keylist
from shared.errors import SalaError
from shared.keylist import Held
from shared.keys import SigningKey, VerifyKey
from shared.protocol import KioskSelf

logger = logging.getLogger(__name__)

CHAIN_NAME = "keys.chain"


class Trust:
    """The present keys. One thread at a time learns; any may read."""

    def __init__(self, data: Path, me: Identity) -> None:
        self._path = data / CHAIN_NAME
        self._identity = me
        self._lists: list[bytes] = [me.key_list] if me.key_list else []
        self._held: Held | None = keylist.first(me.key_list, office=me.office) if self._lists else None
        self._walk(self._kept(), vouched=True)

    @property
    def number(self) -> int:
        """The number of the key list that counts; 0 where there was none yet."""
        return self._held.list.number if self._held else 0

    @property
    def answers(self) -> VerifyKey:
        """What signs the server's answers."""
        return self._held.answers if self._held else self._identity.answer_key

    @property
    def bundles(self) -> VerifyKey:
        """What signs editions."""
        return self._held.bundles if self._held else self._identity.bundle_key

    @property
    def earlier_bundles(self) -> list[VerifyKey]:
        """What signed the editions that may still lie here."""
        listed = [keylist.first(signed, office=self._identity.office).bundles for signed in self._lists]
        return [key for key in dict.fromkeys([self._identity.bundle_key, *listed]) if key != self.bundles]

    def me(self) -> KioskSelf:
        """Who the kiosk is and whom it believes, for the protocol."""
        seal_to = self._held.sealing if self._held else self._identity.sealing_key
        return KioskSelf(self._identity.office, self._identity.kiosk, self._identity.key, self.answers, seal_to)

    def turn_to(self, key: SigningKey) -> None:
        """Sign with `key`, laid aside in signing.key.next and confirmed by the server, from now on."""
        self._identity = identity.turn_to(self._path.parent, self._identity, key)

    def learn(self, chain: bytes, *, vouched: bool = False) -> bool:
        """Follow the key lists of `chain` as far as they may be followed; true where that led on, and is kept.

        `vouched`: they came in an edition that was believed, so that a kiosk which has no list yet may take its first
        one from it. Whatever is not to be believed is passed over; raises `OSError` where the disk fails.
        """
        try:
            lists = keylist.read_chain(chain)
        except SalaError as error:
            logger.warning("key lists that cannot be read: %s", error)
            return False
        before = self._held, list(self._lists)
        if not self._walk(lists, vouched=vouched):
            return False
        try:
            files.replace(self._path, keylist.write_chain(self._lists), mode=0o644)
        except OSError:
            self._held, self._lists = before  # at the next start it would be so: better to learn it again
            raise
        logger.info("key list %d counts now", self.number)
        return True

    def _walk(self, lists: list[bytes], *, vouched: bool) -> bool:
        office, followed = self._identity.office, []
        try:
            if self._held is None and vouched and lists:
                followed.append(keylist.first(lists[0], office=office))
        except SalaError as error:
            logger.warning("a first key list that cannot be read: %s", error)
        held = followed[0] if followed else self._held
        if held is None:
            return False
        followed += keylist.steps(held, lists, office=office)
        if not followed:
            return False
        # What was passed over on the way is nobody's: kept, it would have to be believed at the next start.
        self._lists += [each.signed for each in followed]
        self._held = followed[-1]
        return True

    def _kept(self) -> list[bytes]:
        try:
            return keylist.read_chain(self._path.read_bytes())
        except FileNotFoundError:
            return []
        except (OSError, SalaError) as error:
            logger.error("%s cannot be read, the keys of the enrolment count: %s", self._path, error)  # noqa: TRY400
            return []
