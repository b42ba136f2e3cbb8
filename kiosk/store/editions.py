"""The content on the kiosk's disk: the edition on screen, the one before it, and the one being fetched.

    content/pieces/<hash>               pieces, named by what they hold; editions share them
    content/pieces/<hash>.begun         the first bytes of a piece whose fetch broke off; believed once it is whole
    content/<edition>.manifest          the signed list of an edition's pieces
    content/current                     the number of the edition on screen, twice: the one pointer that is swapped

    manifest = editions.accept(signed)              # is it ours, and does it not go back?
    for ref in editions.lacking(manifest): editions.put(ref, fetched)
    editions.switch(signed)                         # all verified, synced, then the pointer

The rules of this file:
1. What is on screen was verified whole, signature and every piece, when it was put there and again at each start.
2. The pointer never goes back, and one edition number never stands for two contents, as long as one key signs them.
3. Everything is synced before the pointer moves; a cut at any call leaves the old or the new edition, whole.
4. Old content is shown with its date rather than nothing; a damaged edition gives way to the one before until it is
   fetched again.
5. At most three editions lie on the disk: pieces that none of them names are deleted.
"""

import logging
import threading
from collections.abc import Sequence
from pathlib import Path

from kiosk.store import files
from shared.content import (
    EDITION_BYTES_MAX,
    Bundle,
    Manifest,
    PieceRef,
    assemble,
    check_piece,
    manifest_key,
    missing,
    piece_hash,
    read_manifest,
)
from shared.errors import ContentRefused, SalaError
from shared.keys import VerifyKey

logger = logging.getLogger(__name__)

_POINTER = "current"
_BEGUN = ".begun"


def let_go(folder: Path, key: VerifyKey, office: bytes) -> None:
    """Before a kiosk is enrolled on a disk that held content: what `key` did not sign for `office` goes. Nobody could
    verify it any more, and its numbers would bind: a thief of the key before may have pushed them to the sky.
    """
    strangers = [path for path in folder.glob("*.manifest") if not _is_signed(path, key, office)]
    if strangers:
        (folder / _POINTER).unlink(missing_ok=True)
    for path in strangers:
        path.unlink()
    if strangers:
        files.sync_folder(folder)  # else a power cut could bring them back, beside an identity that is there for good


def _is_signed(path: Path, key: VerifyKey, office: bytes) -> bool:
    try:
        read_manifest(path.read_bytes(), key, office=office, at_least=0)
    except (OSError, SalaError):
        return False
    return True


class Editions:
    """The content of one office in `folder`, believed only under `key`. Any thread may use it: what comes over the line
    and what comes on a stick may meet here.
    """

    def __init__(self, folder: Path, key: VerifyKey, office: bytes, *, earlier: Sequence[VerifyKey] = ()) -> None:
        """`earlier` keys signed editions that may still lie here; nothing new is taken under them."""
        self.faults: list[str] = []
        self._folder = folder
        self._pieces = folder / "pieces"
        self._key = key
        self._earlier = list(earlier)
        self._office = office
        self._lock = threading.RLock()
        files.make_folder(self._pieces)
        self._bundle = self._load()

    @property
    def bundle(self) -> Bundle | None:
        """The edition on screen; None where the kiosk never received one."""
        return self._bundle

    @property
    def edition(self) -> int:
        """Its number, 0 for none."""
        return 0 if self._bundle is None else self._bundle.edition

    def floor(self) -> int:
        """The edition below which nothing is taken. A number given under a key that counts no more binds nobody: a
        thief may have pushed it to the sky.
        """
        newest = self._pointer()
        try:
            signer = manifest_key(self._manifest_path(newest).read_bytes(), [self._key, *self._earlier])
        except (OSError, SalaError):
            return newest
        return newest if signer == self._key else 0

    def believe(self, key: VerifyKey) -> None:
        """Take editions under `key` alone from now on. What is on screen stays until the next one comes."""
        if key != self._key:
            self._earlier.append(self._key)
            self._key = key

    def accept(self, signed: bytes, *, at_least: int = 0) -> Manifest:
        """The manifest, if it may follow what is here; makes room for its pieces. `at_least` is the edition that the
        server said it has. Raises `ContentRefused` or another `SalaError`.
        """
        newest = self.floor()
        manifest = read_manifest(signed, self._key, office=self._office, at_least=max(newest, at_least))
        if manifest.edition == newest and self._kept(newest) not in (None, manifest):
            raise ContentRefused(f"two contents under the number {newest}")
        if sum(ref.size for ref in manifest.pieces) > EDITION_BYTES_MAX:
            raise ContentRefused(f"edition {manifest.edition} is larger than {EDITION_BYTES_MAX} bytes")
        with self._lock:
            self._sweep(keep=[manifest])
        return manifest

    def news(self, signed: bytes) -> Manifest | None:
        """As `accept`, but None for what is on the screen already, and for what is older."""
        manifest = read_manifest(signed, self._key, office=self._office, at_least=0)
        if manifest.edition < self.floor() or manifest == self._kept(self.edition):
            return None
        return self.accept(signed)

    def lacking(self, manifest: Manifest) -> list[PieceRef]:
        """The pieces still to be fetched. Pieces on disk that are not what their name says count as lacking."""
        return missing(manifest, [ref.hash for ref in manifest.pieces if self._piece(ref.hash) is not None])

    def begun(self, ref: PieceRef) -> bytes:
        """The first bytes of a piece that is still to come, as far as they were fetched."""
        try:
            return self._begun_path(ref).read_bytes()
        except FileNotFoundError:
            return b""
        except OSError as error:
            self.note(f"piece {ref.hash.hex()[:8]} begins anew: {error}")
            return b""

    def begin(self, ref: PieceRef, data: bytes) -> None:
        """Keep the first bytes of a piece, to go on from there."""
        if 0 < len(data) < ref.size:
            files.replace(self._begun_path(ref), data, mode=0o644)

    def put(self, ref: PieceRef, data: bytes) -> None:
        """Keep a fetched piece. Raises `ContentRefused` unless it is the one that was signed: what had come of it is
        forgotten, for nobody can tell which byte was wrong.
        """
        self._begun_path(ref).unlink(missing_ok=True)
        check_piece(ref, data)
        with self._lock:
            files.replace(self._pieces / ref.hash.hex(), data, mode=0o644)

    def switch(self, signed: bytes) -> Bundle:
        """Turn to the edition whose pieces are all here. Raises a `SalaError` with nothing changed."""
        with self._lock:
            manifest = self.accept(signed)
            bundle = self._assemble(manifest)
            before = self.edition
            files.replace(self._manifest_path(manifest.edition), signed, mode=0o644)
            files.replace(self._folder / _POINTER, b"%d %d\n" % (manifest.edition, manifest.edition), mode=0o644)
            self._bundle = bundle
            self.faults.clear()
            for number in self._numbers():
                if number not in (before, manifest.edition):
                    self._manifest_path(number).unlink()
            self._sweep(keep=[])
            return bundle

    def note(self, fault: str) -> None:
        """Report trouble with the content to whoever looks after the kiosk, once; the next good switch ends it."""
        if fault not in self.faults:
            self.faults.append(fault)
            logger.error("%s", fault)

    # ---- inside ----------------------------------------------------------------------------------------------------

    def _load(self) -> Bundle | None:
        """The newest edition that is whole, not above the pointer."""
        pointer = self._pointer()
        for number in sorted(self._numbers(), reverse=True):
            manifest = self._kept(number) if number <= pointer else None
            if manifest is None:
                continue
            try:
                return self._assemble(manifest)
            except SalaError as error:
                self.note(f"edition {number} is damaged: {error}")
        if pointer:
            self.note(f"edition {pointer} is gone from the disk")
        return None

    def _assemble(self, manifest: Manifest) -> Bundle:
        found = {ref.hash: self._piece(ref.hash) for ref in manifest.pieces}
        return assemble(manifest, {hash_: data for hash_, data in found.items() if data is not None})

    def _piece(self, hash_: bytes) -> bytes | None:
        """A piece that is here and whole."""
        try:
            data = (self._pieces / hash_.hex()).read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            self.note(f"piece {hash_.hex()[:8]} cannot be read: {error}")
            return None
        return data if piece_hash(data) == hash_ else None

    def _pointer(self) -> int:
        """The highest edition that was ever on screen; 0 before the first."""
        try:
            text = (self._folder / _POINTER).read_bytes()[:64].decode("ascii")
            # Twice, since one flipped bit may make a number a higher one, below which no edition would ever be taken.
            [number] = {int(each) for each in text.split()}
            return number
        except FileNotFoundError:
            return max(self._numbers(), default=0)
        except (OSError, ValueError) as error:
            self.note(f"the pointer to the content cannot be read: {error}")
            return max(self._numbers(), default=0)

    def _numbers(self) -> list[int]:
        names = (path.stem for path in self._folder.glob("*.manifest"))
        return [int(name) for name in names if name.isascii() and name.isdigit()]

    def _begun_path(self, ref: PieceRef) -> Path:
        return self._pieces / (ref.hash.hex() + _BEGUN)

    def _manifest_path(self, edition: int) -> Path:
        return self._folder / f"{edition}.manifest"

    def _kept(self, edition: int) -> Manifest | None:
        """The manifest of an edition that is here and whole."""
        try:
            signed = self._manifest_path(edition).read_bytes()
            key = manifest_key(signed, [self._key, *self._earlier])
            manifest = read_manifest(signed, key, office=self._office, at_least=edition)
        except FileNotFoundError:
            return None
        except (OSError, SalaError) as error:
            self.note(f"the manifest of edition {edition} cannot be read: {error}")
            return None
        return manifest if manifest.edition == edition else None

    def _sweep(self, keep: list[Manifest]) -> None:
        """Rule 5: delete the pieces that no manifest here and none of `keep` names."""
        kept = [manifest for number in self._numbers() if (manifest := self._kept(number)) is not None]
        named = {ref.hash.hex() for manifest in [*kept, *keep] for ref in manifest.pieces}
        for path in self._pieces.iterdir():
            if path.name.removesuffix(_BEGUN) not in named:
                path.unlink(missing_ok=True)
