"""A new signing key for this kiosk: made here, named to the server under the old one, and then the only one.

    begin(data, random)              make it and lay it aside; nothing else has changed yet
    go_on(world, clock, transport)   tell the server, and turn to it once it has; does nothing without `begin`

    signing.key.next        the new key until identity.json names it

The order lets it be cut anywhere. Until the server answered, the old key counts here; if it had taken the new one and
the answer was lost, the same request is answered the same way. identity.json is the one file that decides: written anew
it names the new key, wherever that still lies (`kiosk.identity.load` finds it).
"""

import logging
from collections.abc import Callable
from pathlib import Path

from kiosk import identity
from kiosk.clock import Clock
from kiosk.desk.world import World
from kiosk.store import files
from kiosk.sync.line import Transport, unbelieved
from shared import keys, protocol
from shared.errors import BadSignature, SalaError
from shared.keys import SigningKey
from shared.protocol import Rolled

logger = logging.getLogger(__name__)

_NONCE_BYTES = 16


def begin(data: Path, random: Callable[[int], bytes]) -> None:
    """Lay a new key aside, unless one lies there already: the server may have heard of that one."""
    path = data / identity.NEXT_KEY_NAME
    if not path.exists():
        files.create(path, keys.write(SigningKey(random(keys.KEY_BYTES))).encode(), mode=0o600)


def go_on(world: World, clock: Clock, transport: Transport) -> bool:
    """Turn to the key that was laid aside, if there is one and the server takes it; true where that was done.

    Whatever goes wrong on the way leaves the old key in use, to be tried again with the next turn. Raises `OSError`
    where the disk fails.
    """
    new = _laid_aside(world)
    if new is None:
        return False
    me, nonce = world.trust.me(), world.random(_NONCE_BYTES)
    try:
        reply = transport.post("sync/roll", protocol.roll(me, new, nonce=nonce))
        try:
            answer = protocol.read_answer(reply.body, me.answers)
        except SalaError as error:
            raise unbelieved(reply) from error
        if (answer.office, answer.kiosk, answer.nonce) != (me.office, me.kiosk, nonce):
            raise BadSignature("the answer is to another question")
    except SalaError as error:
        logger.warning("the new key waits: %s", error)
        return False
    clock.learn(answer.server_ms)
    if not isinstance(answer, Rolled) or answer.key != new.public.id:
        logger.warning("the server does not take the new key: %s", getattr(answer, "reason", "another answer"))
        return False
    world.trust.turn_to(new)
    logger.info("this kiosk signs with a new key")
    return True


def _laid_aside(world: World) -> SigningKey | None:
    path = world.config.data / identity.NEXT_KEY_NAME
    try:
        key = keys.parse(path.read_text("ascii"))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, SalaError) as error:
        logger.error("%s cannot be read and is left alone: %s", path, error)  # noqa: TRY400 - the sentence says it
        return None
    if not isinstance(key, SigningKey):
        return None
    if key.public == world.trust.me().key.public:
        path.unlink()  # a cut came before this
        return None
    return key
