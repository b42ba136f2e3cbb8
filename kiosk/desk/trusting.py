"""New keys of the server: the one door through which a kiosk takes them, whatever way they came.

    learn(world, chain)                       the bytes of `GET /sync/keys`, of a stick, of an edition's piece `keys`
    learn(world, bundle.keys, vouched=True)   of the edition on screen

Key lists vouch for themselves, so it does not matter who brought them.
"""

import threading

from kiosk.desk.world import World

# The line and a stick may bring lists at one time.
_learning = threading.Lock()


def learn(world: World, chain: bytes, *, vouched: bool = False) -> bool:
    """Follow key lists, and believe editions under what they name; true where they led on. See `Trust.learn`."""
    with _learning:
        if not chain or not world.trust.learn(chain, vouched=vouched):
            return False
        world.content.believe(world.trust.bundles)
        return True
