"""Every sentence of the lobby's pages, in Thai, Malay and, where visitors read it, English.

Keys begin with their page: `counter.`, `board.`, `ticket.`; `lobby.` is said on several. `{braces}` are filled in by
the page. Sentences that refuse a press are keyed by what refused it (`queue.taken`), and say what to do.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from shared.content import Text


def _say(th: str, ms: str, en: str = "") -> Text:
    return Text(th=th, ms=ms, en=en)


WORDS: Final[Mapping[str, Text]] = MappingProxyType({
    "lobby.lost": _say("ขาดการต่อกับตู้", "Terputus daripada kiosk", "Not connected"),
    "lobby.back": _say("ต่อกับตู้แล้ว", "Bersambung dengan kiosk", "Connected"),
})  # fmt: skip
