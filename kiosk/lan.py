"""Under which address the office's network knows this machine.

Nothing is sent: the system is only asked which of its own addresses a packet to somewhere else would leave by.
"""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING, Final, Literal

if TYPE_CHECKING:
    from kiosk.config import Config

#: Addresses that belong to nobody (RFC 5737, RFC 3849), so that a route is looked for and no machine is meant.
_NOBODY: Final = ((socket.AF_INET, "192.0.2.1"), (socket.AF_INET6, "2001:db8::1"))

#: "off" where the kiosk serves no pages; "starting" before it answers, "serving" while it does; "port_taken" while
#: another program has its port, "failed" after a fault: either is tried again.
LanState = Literal["off", "starting", "serving", "port_taken", "failed"]


class Lan:
    """How the lobby's pages stand: written by whoever serves them, read by the staff corner."""

    __slots__ = ("state",)

    def __init__(self) -> None:
        self.state: LanState = "off"


def own_address() -> str:
    """This machine's address on the network it is plugged into, such as "192.168.1.10"; empty where it has none."""
    for family, nobody in _NOBODY:
        try:
            with socket.socket(family, socket.SOCK_DGRAM) as probe:
                probe.connect((nobody, 9))
                found = str(probe.getsockname()[0])
        except OSError:
            continue  # no route by this family: the machine is not plugged in, or does not speak it
        if found and not found.startswith("127."):
            return found
    return ""


def pages_at(config: Config) -> str:
    """Where the lobby's pages of a kiosk with these settings are found, such as "http://192.168.1.10:8080"; empty where
    it serves none, or is on no network.
    """
    host = config.lobby_address or (own_address() if config.lobby_port else "")
    bracketed = f"[{host}]" if ":" in host else host  # as IPv6 stands in a link
    return f"http://{bracketed}:{config.lobby_port}" if config.lobby_port and host else ""
