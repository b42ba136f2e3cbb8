"""Bringing the content: the manifest, then the pieces that are lacking, then the switch.

Every piece is kept as it comes, so a fetch that broke off goes on where it stopped. What is fetched is believed for its
signature and its hashes, not for where it came from.
"""

import logging

from kiosk.store.editions import Editions
from kiosk.sync.line import NotTheServer, Transport, unbelieved
from shared.content import MANIFEST_BYTES_MAX
from shared.errors import SalaError

logger = logging.getLogger(__name__)

_OK = 200


def fetch(content: Editions, transport: Transport, *, at_least: int = 0) -> int:
    """Turn to the newest edition the server has; returns how many pieces were fetched.

    `at_least` is the edition that the server's signed answer named a moment ago: whoever stands between cannot show
    an older one, however truly it was signed. Raises `Unreachable` where the way fails, and another `SalaError` where
    the content is refused: the edition on screen stays.
    """
    reply = transport.get("sync/manifest", bytes_max=MANIFEST_BYTES_MAX)
    if reply.status != _OK:
        raise unbelieved(reply)
    manifest = content.accept(reply.body, at_least=at_least)
    lacking = content.lacking(manifest)
    for ref in lacking:
        piece = transport.get(f"sync/piece/{ref.hash.hex()}", bytes_max=ref.size)
        if piece.status != _OK:
            raise unbelieved(piece)
        try:
            content.put(ref, piece.body)
        except SalaError as error:
            raise NotTheServer(str(error)) from error
    content.switch(reply.body)
    logger.info("edition %d is on the screen, %d pieces fetched", manifest.edition, len(lacking))
    return len(lacking)
