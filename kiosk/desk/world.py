"""Everything a desk function may reach, in one frozen value; `bootstrap` makes it.

Tests make it too, with a store in a temporary folder and a printer that writes pictures.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from kiosk.config import Config
from kiosk.desk.boards import Boards
from kiosk.host import Host
from kiosk.identity import Identity
from kiosk.lan import Lan
from kiosk.paper import Printer
from kiosk.speech import Floor, NoSound, Sound, Voices, no_voices
from kiosk.store import Logbook, Store
from kiosk.store.apart import Apart
from kiosk.store.editions import Editions
from kiosk.trust import Trust
from shared.content import Limits, limits_of


@dataclass(frozen=True, slots=True)
class World:
    """`random` gives that many unpredictable bytes; `lobby` is the log that desk functions append to, `apart` the
    confidential one, in a store of its own; `trust` has the server's keys as they count now; `lan` says how the
    lobby's pages stand, `boards` how the boards on the walls are, `floor` whether a call sounds; `host` is the kiosk
    that keeps the queue, where this one does not.
    """

    store: Store
    lobby: Logbook
    content: Editions
    config: Config
    identity: Identity
    printer: Printer
    random: Callable[[int], bytes]
    apart: Apart
    trust: Trust
    sound: Sound = field(default_factory=NoSound)
    voices: Voices = no_voices
    floor: Floor = field(default_factory=Floor)
    lan: Lan = field(default_factory=Lan)
    boards: Boards = field(default_factory=Boards)
    host: Host | None = None

    @property
    def limits(self) -> Limits:
        """How much the office takes at once, by the edition on the screen; the program's own where there is none."""
        return limits_of(self.content.bundle)
