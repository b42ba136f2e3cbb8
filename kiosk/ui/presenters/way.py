"""Finding the way: the floor plan with "you are here", a list of places, and the way to one, drawn and in words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from kiosk.desk import way
from kiosk.ui.presenters.base import Presenter, View, verb
from shared.content import FloorLevel, Place
from shared.floor import Cell, Move, Way

#: What a move looks like.
SIGNS: Final = {
    "ahead": "arrow-up", "right": "arrow-right", "behind": "arrow-u-up-left", "left": "arrow-left",
    "up": "trend-up", "down": "arrow-down", "arrive": "map-pin",
}  # fmt: skip
#: What a place looks like.
PLACE_SIGNS: Final = {
    "counter": "users", "room": "door", "toilet": "toilet", "entrance": "sign-out", "stairs": "trend-up",
    "lift": "arrow-fat-lines-up", "ramp": "wheelchair",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class LevelChoice:
    """One level to look at."""

    id: str
    name: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class Drawn:
    """A place on the plan, in cells."""

    id: str
    kind: str
    x: int
    y: int
    wide: int
    deep: int
    door: Cell
    name: str
    number: str
    icon: str
    sought: bool
    chosen: bool


@dataclass(frozen=True, slots=True)
class Plan:
    """One level to draw. `here` is where the kiosk stands, if it is on this level; `path` the cells walked over."""

    columns: int = 1
    rows: int = 1
    places: tuple[Drawn, ...] = ()
    here: Cell | None = None
    path: tuple[Cell, ...] = ()


@dataclass(frozen=True, slots=True)
class PlaceRow:
    """One place in the list."""

    id: str
    name: str
    sub: str
    icon: str


@dataclass(frozen=True, slots=True)
class StepRow:
    """One move of the way."""

    number: str
    icon: str
    text: str


@dataclass(frozen=True, slots=True)
class WayView(View):
    """The page. While a place is `chosen`, `steps` say the way to it; `help` is for who cannot climb its stairs."""

    levels: tuple[LevelChoice, ...] = ()
    plan: Plan = Plan()
    here: str = ""
    places: tuple[PlaceRow, ...] = ()
    chosen: str = ""
    chosen_sub: str = ""
    steps: tuple[StepRow, ...] = ()
    help: str = ""
    page: int = 0
    pages: int = 1
    page_text: str = ""


class WayPage(Presenter[WayView]):
    """Where is it, and how do I come there."""

    step = "way"

    _place = ""
    _level = ""
    _page = 0
    _rows = 16

    def present(self) -> WayView:
        """The plan of the level in view, and the list or the way; an empty page without a plan."""
        say, plan = self.say, self.bundle.floor
        if plan is None:
            return WayView(say)
        start = way.here(self.bundle, self.world.identity)
        sought = way.places(self.bundle)
        found = next(((level, place) for level, place in sought if place.id == self._place), None)
        walked = way.find(self.bundle, self.world.identity, self._place) if found else None
        wanted = self._level or (start.level if start else found[0].id if found else plan.levels[0].id)
        level = next((each for each in plan.levels if each.id == wanted), plan.levels[0])
        here = (start.x, start.y) if start and start.level == level.id else None
        pages = max(1, -(-len(sought) // self._rows))
        page = min(self._page, pages - 1)
        on = next((each.name.into(say.language) for each in plan.levels if start and each.id == start.level), "")
        here_on = say("way.here_on", level=on) if on else ""
        levels = tuple(LevelChoice(each.id, each.name.into(say.language), each is level) for each in plan.levels)
        return WayView(
            say,
            levels if len(levels) > 1 else (),
            self._drawn(level, here, walked),
            self.dated(" · ".join(part for part in (here_on, "" if found else say("way.choose")) if part)),
            tuple(self._row(*each) for each in sought[page * self._rows : (page + 1) * self._rows]),
            self._called(found[1]) if found else "",
            found[0].name.into(say.language) if found else "",
            self._steps(walked),
            plan.stairs_help.into(say.language) if walked and walked.stairs else "",
            page,
            pages,
            say("services.page", page=page + 1, pages=pages),
        )

    def fit(self, rows: int) -> None:
        """The screen has room for this many rows."""
        if rows > 0 and rows != self._rows:
            first = self._page * self._rows
            self._rows = rows
            self._page = first // rows
            self.flow.show()

    def _drawn(self, level: FloorLevel, here: Cell | None, walked: Way | None) -> Plan:
        path = [cell for leg in (walked.legs if walked else ()) if leg.level == level.id for cell in leg.cells]
        passed = _passed(level, walked)
        places = tuple(
            Drawn(
                each.id, each.kind, each.x, each.y, each.wide, each.deep, (each.door_x, each.door_y),
                each.name.into(self.say.language), each.number, PLACE_SIGNS[each.kind], each.kind in way.SOUGHT,
                each.id == self._place or each.id in passed,
            )
            for each in level.places
        )  # fmt: skip
        return Plan(level.columns, level.rows, places, here, tuple(path))

    def _row(self, level: FloorLevel, place: Place) -> PlaceRow:
        divisions = {each.id: each.name.into(self.say.language) for each in self.bundle.office.divisions}
        name = place.name.into(self.say.language)
        parts = (self._number(place), level.name.into(self.say.language), divisions.get(place.houses, ""))
        return PlaceRow(
            place.id,
            name,
            " · ".join(part for part in parts if part and not part.startswith(name)),
            PLACE_SIGNS[place.kind],
        )

    def _number(self, place: Place) -> str:
        return self.say("way.room", number=place.number) if place.number and place.kind == "room" else ""

    def _called(self, place: Place) -> str:
        number = self._number(place)
        return " · ".join(part for part in (place.name.into(self.say.language), number) if part)

    def _steps(self, walked: Way | None) -> tuple[StepRow, ...]:
        if walked is None:
            return ()
        return tuple(
            StepRow(str(at), SIGNS[move.what], self._words(move, at == 1)) for at, move in enumerate(walked.moves, 1)
        )

    def _words(self, move: Move, first: bool) -> str:
        say = self.say
        if move.what in ("up", "down"):
            plan = self.bundle.floor
            names = {each.id: each.name.into(say.language) for each in plan.levels} if plan else {}
            return say(f"way.{move.link}_{move.what}", level=names.get(move.level, ""))
        if move.what == "arrive":
            return say(f"way.door_{move.side}", n=move.door) if move.door else say(f"way.at_{move.side}")
        return say(f"way.{'start' if first else 'turn'}_{move.what}")

    @verb
    def choose(self, place: str) -> None:
        """Show the way to a place; the plan turns to the level one stands on."""
        self._place, self._level = place, ""

    @verb
    def again(self) -> None:
        """Look for another place."""
        self._place, self._level = "", ""

    @verb
    def level(self, level: str) -> None:
        """Look at another level."""
        self._level = level

    @verb
    def turn(self, pages: int) -> None:
        """Another page of the list."""
        self._page = max(0, min(self._page + pages, self.present().pages - 1))


def _passed(level: FloorLevel, walked: Way | None) -> set[str]:
    """The stairs or lift of this level that a way takes."""
    if walked is None or len(walked.legs) < 2:
        return set()
    ends = {cell for leg in walked.legs if leg.level == level.id for cell in (leg.cells[0], leg.cells[-1])}
    return {each.id for each in level.places if each.joins and (each.door_x, each.door_y) in ends}
