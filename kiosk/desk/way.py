"""Finding the way: from this kiosk to a place of the office's floor plan."""

from kiosk.identity import Identity
from shared import floor
from shared.content import Bundle, FloorLevel, Place, Standpoint
from shared.floor import Way

#: What somebody looks for; stairs, lifts and ramps are only on the way to it.
SOUGHT = ("counter", "room", "toilet", "entrance")


def here(bundle: Bundle, identity: Identity) -> Standpoint | None:
    """Where this kiosk stands; None where there is no plan, or it does not say."""
    return floor.standpoint(bundle.floor, identity.kiosk_name) if bundle.floor else None


def places(bundle: Bundle) -> list[tuple[FloorLevel, Place]]:
    """What can be looked for: counters first, then rooms, toilets, the door out; each kind in the plan's order."""
    levels = bundle.floor.levels if bundle.floor else []
    found = [(level, place) for level in levels for place in level.places if place.kind in SOUGHT]
    return sorted(found, key=lambda each: SOUGHT.index(each[1].kind))


def find(bundle: Bundle, identity: Identity, place_id: str) -> Way | None:
    """The way from this kiosk; None where it is not known where that stands, or the content has just changed."""
    start = here(bundle, identity)
    return floor.find(bundle.floor, start, place_id) if bundle.floor and start else None
