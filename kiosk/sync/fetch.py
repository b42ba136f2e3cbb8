"""Bringing the content: the manifest, then the pieces that are lacking, then the switch.

Every piece is kept as it comes, and the beginning of one that broke off, so a fetch goes on at the byte where it
stopped: a line on which no picture comes through at once brings it all the same. What is fetched is believed for its
signature and its hashes, not for where it came from.
"""

import logging

from kiosk.store.editions import Editions
from kiosk.sync.line import CutShort, NotTheServer, Reply, Transport, unbelieved
from shared.content import MANIFEST_BYTES_MAX, PieceRef
from shared.errors import ContentRefused

logger = logging.getLogger(__name__)

_OK = 200
_REST = 206


class PartCame(CutShort):
    """The line broke within a piece, and more of the content lies here than before: the next try begins further on."""


def fetch(content: Editions, transport: Transport, *, at_least: int = 0) -> int:
    """Turn to the newest edition the server has; returns how many pieces were fetched.

    `at_least` is the edition that the server's signed answer named a moment ago: whoever stands between cannot show
    an older one, however truly it was signed. Raises `Unreachable` where the way fails (`PartCame` where a part of a
    piece came first), and another `SalaError` where the content is refused: the edition on screen stays.
    """
    reply = transport.get("sync/manifest", bytes_max=MANIFEST_BYTES_MAX)
    if reply.status != _OK:
        raise unbelieved(reply)
    manifest = content.accept(reply.body, at_least=at_least)
    lacking = content.lacking(manifest)
    for ref in lacking:
        _fetch_piece(content, transport, ref)
    content.switch(reply.body)
    logger.info("edition %d is on the screen, %d pieces fetched", manifest.edition, len(lacking))
    return len(lacking)


def _fetch_piece(content: Editions, transport: Transport, ref: PieceRef) -> None:
    """Bring one piece, or as much of it as the line lets through."""
    begun = content.begun(ref)

    def with_begun(reply: Reply) -> bytes:
        if reply.status not in (_OK, _REST):
            raise unbelieved(reply)
        return begun + reply.body if reply.status == _REST else reply.body

    try:
        reply = transport.get(f"sync/piece/{ref.hash.hex()}", bytes_max=ref.size, begin=len(begun))
    except CutShort as cut:
        longer = with_begun(cut.came)
        if not len(begun) < len(longer) < ref.size:
            raise
        content.begin(ref, longer)
        raise PartCame(str(cut), cut.came) from cut
    try:
        content.put(ref, with_begun(reply))
    except ContentRefused as error:
        raise NotTheServer(str(error)) from error
