"""One citizen's stay at the screen: what they chose and typed, until it is all forgotten.

Nothing here is ever written to disk. `forget` is called after a thank-you, on "finish", and when nobody has touched the
screen for a while; the next citizen finds the defaults.
"""

from dataclasses import dataclass, field, fields
from typing import Literal

from kiosk.desk import confidential
from kiosk.desk.complaints import Draft

Language = Literal["th", "en", "ms", "ms-Arab"]
Contrast = Literal["normal", "high"]


@dataclass(slots=True)
class Visit:
    """What one citizen has chosen so far; the fields are plain and mutable, the drafts of both doors are replaced as a
    whole.
    """

    language: Language = "th"
    text_scale: float = 1.0
    contrast: Contrast = "normal"
    volume: int = 1
    """How loud a screen is read, 0 to 2."""
    low: bool = False
    """Whether all that is touched stands in the lower half of the screen, for who cannot reach higher."""
    service_id: str = ""
    search: str = ""
    papers_at_hand: frozenset[int] = frozenset()
    draft: Draft = field(default_factory=Draft)
    sealed: confidential.Draft = field(default_factory=confidential.Draft)
    code: str = ""

    def forget(self) -> None:
        """Return everything to the defaults: nothing of this citizen is left."""
        fresh = Visit()
        for part in fields(self):
            setattr(self, part.name, getattr(fresh, part.name))
