"""Screens: what each step of a visit looks like. One pair a step: `name.py` has the classes, `name.kv` the layout.

A screen is a picture of its presenter's view and holds nothing of its own. It is built when its step first comes, so
that the first picture of all is on screen soon.

    screen = build("home")
    screen.show(flow)
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from kiosk.ui.screens.base import Page

#: step -> module below this package and class in it.
SCREENS: Final[Mapping[str, tuple[str, str]]] = MappingProxyType({
    "idle": ("idle", "IdleScreen"),
    "home": ("home", "HomeScreen"),
    "services": ("services", "ServicesScreen"),
    "service": ("service", "ServiceScreen"),
    "form": ("forms", "FormScreen"),
    "ticket": ("ticket", "TicketScreen"),
    "doors": ("doors", "DoorsScreen"),
    "ask": ("ask", "AskScreen"),
    "outside": ("outside", "OutsideScreen"),
    "category": ("category", "CategoryScreen"),
    "where": ("where", "WhereScreen"),
    "write": ("write", "WriteScreen"),
    "contact": ("contact", "ContactScreen"),
    "review": ("review", "ReviewScreen"),
    "recorded": ("recorded", "RecordedScreen"),
    "whom": ("category", "CategoryScreen"),
    "which": ("details", "DetailsScreen"),
    "sort": ("category", "CategoryScreen"),
    "tell": ("write", "WriteScreen"),
    "when": ("details", "DetailsScreen"),
    "reach": ("contact", "ContactScreen"),
    "check": ("review", "ReviewScreen"),
    "kept": ("recorded", "RecordedScreen"),
    "rating": ("rating", "RatingScreen"),
    "slip_code": ("slip_code", "SlipCodeScreen"),
    "thanks": ("rating", "ThanksScreen"),
    "notices": ("notices", "NoticesScreen"),
    "budget": ("budget", "BudgetScreen"),
    "hours": ("hours", "HoursScreen"),
    "way": ("way", "WayScreen"),
    "praise": ("praise", "PraiseScreen"),
    "praised": ("praise", "PraisedScreen"),
    "track": ("track", "TrackScreen"),
    "status": ("status", "StatusScreen"),
    "returning": ("returning", "ReturningScreen"),
    "pin": ("pin", "PinScreen"),
    "date": ("date", "DateScreen"),
    "staff": ("staff", "StaffScreen"),
    "stick": ("stick", "StickScreen"),
    "counters": ("counters", "CountersScreen"),
    "pair": ("counters", "PairingScreen"),
    "pins": ("counters", "PinsScreen"),
    "set_pin": ("counters", "SetPinScreen"),
    "strip": ("counters", "StripScreen"),
    "close": ("counters", "ClosingScreen"),
    "cleaning": ("upkeep", "CleaningScreen"),
    "shutting": ("upkeep", "SureScreen"),
    "leaving": ("upkeep", "SureScreen"),
    "cannot": ("cannot", "CannotScreen"),
    "closed": ("cannot", "ClosedScreen"),
    "enrol": ("enrol", "EnrolScreen"),
})  # fmt: skip

#: Nobody but staff comes here, or few citizens of a day: built when they do, in the time of a frame or two, and let go
#: with the visit. Kept, they would be two fifths of all widgets.
RARE: Final = frozenset({
    "pin", "date", "staff", "stick", "counters", "pair", "pins", "set_pin", "strip", "close", "cleaning", "shutting",
    "leaving", "cannot", "closed", "enrol",
    "outside", "slip_code", "track", "status", "returning",
    "whom", "which", "sort", "tell", "when", "reach", "check", "kept",
})  # fmt: skip

_loaded: set[str] = set()


def load(name: str) -> None:
    """Read a module of this package and its `.kv`, once."""
    if name in _loaded:
        return
    from kivy.lang import Builder

    _loaded.add(name)
    import_module(f"{__name__}.{name}")
    Builder.load_file(str(Path(__file__).with_name(f"{name}.kv")), rulesonly=True)


def build(step: str) -> Page:
    """A fresh screen of this step."""
    module, name = SCREENS[step]
    load("base")
    load(module)
    screen: Page = getattr(import_module(f"{__name__}.{module}"), name)()
    return screen
