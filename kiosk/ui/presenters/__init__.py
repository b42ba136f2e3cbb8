"""Presenters: what each screen of a visit shows and what a touch on it does, in plain Python without a window.

`flow.STEPS` is the map of a visit; read it first. `PRESENTERS` names who answers for each step.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from kiosk.ui.presenters.base import Presenter, View
from kiosk.ui.presenters.budget import BudgetPage
from kiosk.ui.presenters.complaint import Ask, Category, Contact, Doors, Outside, Recorded, Review, Where, Write
from kiosk.ui.presenters.counters import Closing, Counters, Pairing, Pins, SetPin, StripPage
from kiosk.ui.presenters.flow import Chrome, Flow, StillThere
from kiosk.ui.presenters.forms import FormPage
from kiosk.ui.presenters.hours import Hours
from kiosk.ui.presenters.idle import Home, Idle
from kiosk.ui.presenters.notices import NoticesPage
from kiosk.ui.presenters.praise import Praise, Praised
from kiosk.ui.presenters.rating import Rating, SlipCode, Thanks
from kiosk.ui.presenters.sealed import Check, Kept, Reach, Sort, Tell, When, Which, Whom
from kiosk.ui.presenters.services import ServicePage, Services, TicketPage
from kiosk.ui.presenters.staff import Pin, Staff
from kiosk.ui.presenters.stick import StickPage
from kiosk.ui.presenters.tracking import CaseStatus, Returning, Track
from kiosk.ui.presenters.trouble import Cannot, Closed
from kiosk.ui.presenters.upkeep import Cleaning, Dating, Leaving, Shutting
from kiosk.ui.presenters.way import WayPage

__all__ = ["PRESENTERS", "Chrome", "Flow", "Presenter", "StillThere", "View"]

_ALL: Final[tuple[type[Presenter[Any]], ...]] = (
    Idle, Home, Services, ServicePage, FormPage, TicketPage, Doors, Outside, Category, Where, Write, Contact,
    Review, Recorded, Whom, Which, Sort, Tell, When, Reach, Check, Kept, Ask, Praise, Praised, Rating, SlipCode,
    Thanks, NoticesPage, BudgetPage, Hours, WayPage, Track, CaseStatus, Returning, Pin, Dating, Staff, StickPage,
    Counters, Pairing, Pins, SetPin, StripPage, Closing, Cleaning, Shutting, Leaving, Cannot, Closed,
)  # fmt: skip

#: step -> who answers for it.
PRESENTERS: Final[Mapping[str, type[Presenter[Any]]]] = MappingProxyType({each.step: each for each in _ALL})
