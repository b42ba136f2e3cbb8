"""Under which address the office's network knows this machine.

Nothing is sent: the system is only asked which of its own addresses a packet to somewhere else would leave by.
"""

from __future__ import annotations

import socket
from typing import Final, Literal

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


def written(address: str) -> str:
    """The address as it stands in a link: IPv6 in brackets."""
    return f"[{address}]" if ":" in address else address
