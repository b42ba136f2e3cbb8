"""The way through a floor plan: from a kiosk to the door of a place, as cells to draw and as moves to say.

A level is a grid; what no place covers can be walked on, and a place is entered only through its door. The way found
is the one with the fewest turns among the short ones, for it must be kept in the head. A lift is taken where there is
one, stairs only where nothing else leads there.

    way = find(plan, standpoint(plan, "ตู้ 1"), "treasury")
    way.legs        # one for each level: the cells walked over, first to last
    way.moves       # Move("behind"), Move("left"), Move("arrive", side="right", door=2)
"""

import heapq
import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal

from shared.content import FloorLevel, FloorPlan, Place, Side, Standpoint

Cell = tuple[int, int]

SIDES: Final[tuple[Side, ...]] = ("north", "east", "south", "west")
_STEP: Final[dict[Side, Cell]] = {"north": (0, -1), "east": (1, 0), "south": (0, 1), "west": (-1, 0)}

#: What a cell, a turn, a lift and stairs cost, in cells.
_TURN: Final = 4
_LIFT: Final = 20
_STAIRS: Final = 500
#: A door this many cells away is in sight: it is "on the left", not "turn left, then ahead".
_NEAR: Final = 3
#: What leads to another level.
_LINKS: Final = ("stairs", "lift")
#: What nobody counts as a door.
_NO_DOORS: Final = ("entrance", "ramp")
#: No office has a wider plan; a larger grid is a slip of the pen and would take long to walk.
CELLS_MAX: Final = 120

Relation = Literal["ahead", "right", "behind", "left"]
_RELATIONS: Final[tuple[Relation, ...]] = ("ahead", "right", "behind", "left")


@dataclass(frozen=True, slots=True)
class Move:
    """One thing to do or see, by `what`:

    "ahead", "right", "behind", "left": begin to walk, or turn, to that side of oneself;
    "up", "down": take the stairs or lift (`link`) to `level`;
    "arrive": the door is on `side`, the `door`-th there since the last turn (0: not one of several to count).
    """

    what: Literal["ahead", "right", "behind", "left", "up", "down", "arrive"]
    link: str = ""
    level: str = ""
    side: Relation = "ahead"
    door: int = 0


@dataclass(frozen=True, slots=True)
class Leg:
    """The part of a way on one level: the cells walked over."""

    level: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Way:
    """A whole way. `stairs` says whether it climbs any."""

    place: str
    legs: tuple[Leg, ...]
    moves: tuple[Move, ...]
    stairs: bool


@dataclass(frozen=True, slots=True, order=True)
class _Stand:
    """Somebody on a cell, who came into it looking to a side (an index into `SIDES`)."""

    level: str
    cell: Cell
    looks: int


def standpoint(plan: FloorPlan, kiosk: str) -> Standpoint | None:
    """Where the kiosk of this name is; None where the plan does not say."""
    own = [each for each in plan.kiosks if each.kiosk == kiosk]
    return next(iter(own + [each for each in plan.kiosks if not each.kiosk]), None)


def place_of(plan: FloorPlan, place_id: str) -> tuple[FloorLevel, Place] | None:
    """A place and its level; None where there is none of this id."""
    for level in plan.levels:
        for place in level.places:
            if place.id == place_id:
                return level, place
    return None


def find(plan: FloorPlan, start: Standpoint, place_id: str) -> Way | None:
    """The way from `start` to the door of a place; None where nothing leads there."""
    target = place_of(plan, place_id)
    if target is None:
        return None
    level, place = target
    path = _walk(plan, start, level.id, place)
    return None if path is None else _told(plan, path, level, place)


# --- walking -----------------------------------------------------------------------------------------------------


def _walk(plan: FloorPlan, start: Standpoint, level: str, place: Place) -> list[_Stand] | None:
    """The stands from `start` to the door, both included. Ties are broken by place, so it is always the same way."""
    free = {each.id: _free(each) for each in plan.levels}
    links = _links(plan)
    # A turn to a door already in sight is none that has to be remembered.
    before_door = {(level, cell): SIDES.index(_into(place)) for cell in _before(place, free[level])}
    first = _Stand(start.level, (start.x, start.y), SIDES.index(start.looks))
    best: dict[_Stand, int] = {first: 0}
    before: dict[_Stand, _Stand] = {}
    waiting = [(0, first)]
    while waiting:
        cost, stand = heapq.heappop(waiting)
        if cost > best[stand]:
            continue
        if (stand.level, stand.cell) == (level, (place.door_x, place.door_y)):
            path = [stand]
            while path[-1] in before:
                path.append(before[path[-1]])
            return path[::-1]
        turned = before_door.get((stand.level, stand.cell))
        for price, following in (*links.get((stand.level, stand.cell), ()), *_onward(stand, free[stand.level], turned)):
            if cost + price < best.get(following, cost + price + 1):
                best[following], before[following] = cost + price, stand
                heapq.heappush(waiting, (cost + price, following))
    return None


def _onward(stand: _Stand, free: set[Cell], turned: int | None) -> Iterator[tuple[int, _Stand]]:
    for looks, side in enumerate(SIDES):
        dx, dy = _STEP[side]
        cell = (stand.cell[0] + dx, stand.cell[1] + dy)
        if cell in free:
            turn = 0 if looks == stand.looks else 1 if looks == turned else _TURN
            yield 1 + turn, _Stand(stand.level, cell, looks)


def _before(place: Place, free: set[Cell]) -> list[Cell]:
    """The cells from which the door is near, straight ahead and in sight."""
    dx, dy = _STEP[_into(place)]
    cells = [(place.door_x - far * dx, place.door_y - far * dy) for far in range(_NEAR + 1)]
    return list(itertools.takewhile(free.__contains__, cells))


def _free(level: FloorLevel) -> set[Cell]:
    covered = {cell for place in level.places for cell in _cells(place)}
    return {(x, y) for x in range(level.columns) for y in range(level.rows)} - covered


def _cells(place: Place) -> set[Cell]:
    return {(x, y) for x in range(place.x, place.x + place.wide) for y in range(place.y, place.y + place.deep)}


def _links(plan: FloorPlan) -> dict[tuple[str, Cell], list[tuple[int, _Stand]]]:
    """From the cell before stairs or a lift to the cell before their other end, looking out of them."""
    links: dict[tuple[str, Cell], list[tuple[int, _Stand]]] = {}
    for level in plan.levels:
        for place in level.places:
            other = place_of(plan, place.joins) if place.kind in _LINKS and place.joins else None
            if other is not None:
                there, end = other
                out = (SIDES.index(_into(end)) + 2) % 4
                price = _LIFT if place.kind == "lift" else _STAIRS
                stand = _Stand(there.id, (end.door_x, end.door_y), out)
                links.setdefault((level.id, (place.door_x, place.door_y)), []).append((price, stand))
    return links


def _into(place: Place) -> Side:
    """To which side one looks who stands at the door and goes in."""
    if place.door_y == place.y - 1:
        return "south"
    if place.door_y == place.y + place.deep:
        return "north"
    return "east" if place.door_x == place.x - 1 else "west"


# --- telling -----------------------------------------------------------------------------------------------------


def _told(plan: FloorPlan, path: list[_Stand], level: FloorLevel, place: Place) -> Way:
    moves: list[Move] = []
    legs: list[Leg] = []
    cells = [path[0].cell]
    runs: list[list[_Stand]] = []  # the straight runs of this level; each begins with the stand it left
    stairs = False
    order = [each.id for each in plan.levels]
    for here, there in itertools.pairwise(path):
        if there.level != here.level:
            link = _link_at(plan, here)
            stairs |= link == "stairs"
            rises = order.index(there.level) > order.index(here.level)
            moves.append(Move("up" if rises else "down", link=link, level=there.level))
            legs.append(Leg(here.level, tuple(cells)))
            cells, runs = [there.cell], []
            continue
        if not runs or here.looks != there.looks:
            moves.append(Move(_relation(here.looks, there.looks)))
            runs.append([here])
        cells.append(there.cell)
        runs[-1].append(there)
    legs.append(Leg(path[-1].level, tuple(cells)))
    if _in_sight(runs, place):
        moves.pop()
    return Way(place.id, tuple(legs), (*moves, _arrival(level, place, path[-1], runs)), stairs)


def _in_sight(runs: list[list[_Stand]], place: Place) -> bool:
    """Whether the last run is only the few cells from the way to a door beside it."""
    return len(runs) > 1 and len(runs[-1]) - 1 <= _NEAR and runs[-1][-1].looks == SIDES.index(_into(place))


def _arrival(level: FloorLevel, place: Place, last: _Stand, runs: list[list[_Stand]]) -> Move:
    if _in_sight(runs, place):
        runs = runs[:-1]
        last = runs[-1][-1]
    side = _relation(last.looks, SIDES.index(_into(place)))
    if side in ("ahead", "behind"):
        return Move("arrive", side=side)
    # Somebody who turned in a cell passes the doors after it; who has just begun to walk, those beside it too.
    run = [each.cell for each in (runs[-1][1:] if len(runs) > 1 else runs[0] if runs else [last])]
    free = _free(level)
    same = [each for each in level.places if each.kind not in _NO_DOORS and _into(each) == _into(place)]
    doors = [each.id for each in same if not set(run).isdisjoint(_before(each, free))]
    return Move("arrive", side=side, door=len(doors) if place.id in doors else 0)


def _relation(looks: int, side: int) -> Relation:
    return _RELATIONS[(side - looks) % 4]


def _link_at(plan: FloorPlan, stand: _Stand) -> str:
    level = next(each for each in plan.levels if each.id == stand.level)
    kinds = [each.kind for each in level.places if (each.door_x, each.door_y) == stand.cell and each.kind in _LINKS]
    return "lift" if "lift" in kinds else "stairs"


# --- what cannot be ----------------------------------------------------------------------------------------------


def problems(plan: FloorPlan) -> Iterator[tuple[str, str]]:
    """What contradicts itself in a plan: (field, what is wrong). An empty answer means every place can be reached."""
    found = [*_level_problems(plan), *_standpoint_problems(plan)]
    yield from found
    if found:
        return
    for i, level in enumerate(plan.levels):
        for j, place in enumerate(level.places):
            if any(find(plan, start, place.id) is None for start in plan.kiosks):
                yield f"levels[{i}].places[{j}]", f"no way leads from a kiosk to {place.id!r}"


def _level_problems(plan: FloorPlan) -> Iterator[tuple[str, str]]:
    ids = [place.id for level in plan.levels for place in level.places]
    for name in sorted({each for each in ids if ids.count(each) > 1}):
        yield "levels", f"two places are called {name!r}"
    names = [level.id for level in plan.levels]
    for i, level in enumerate(plan.levels):
        if names.count(level.id) > 1:
            yield f"levels[{i}].id", f"{level.id!r} stands here twice"
        if not (0 < level.columns <= CELLS_MAX and 0 < level.rows <= CELLS_MAX):
            yield f"levels[{i}]", f"a level has 1 to {CELLS_MAX} columns and rows"
            continue
        taken: dict[Cell, str] = {}
        for j, place in enumerate(level.places):
            where = f"levels[{i}].places[{j}]"
            yield from ((where, what) for what in _place_problems(plan, level, place, taken))
        for j, place in enumerate(level.places):
            if (place.door_x, place.door_y) in taken:
                yield f"levels[{i}].places[{j}]", f"its door is inside {taken[place.door_x, place.door_y]!r}"


def _place_problems(plan: FloorPlan, level: FloorLevel, place: Place, taken: dict[Cell, str]) -> Iterator[str]:
    if place.wide < 1 or place.deep < 1:
        yield "a place covers a cell at least"
        return
    if place.x < 0 or place.y < 0 or place.x + place.wide > level.columns or place.y + place.deep > level.rows:
        yield "it lies outside its level"
        return
    for cell in sorted(_cells(place)):
        if cell in taken:
            yield f"it overlaps {taken[cell]!r}"
            break
    taken.update(dict.fromkeys(_cells(place), place.id))
    if not (0 <= place.door_x < level.columns and 0 <= place.door_y < level.rows):
        yield "its door opens outside the level"
    beside_x = place.x <= place.door_x < place.x + place.wide and place.door_y in (place.y - 1, place.y + place.deep)
    beside_y = place.y <= place.door_y < place.y + place.deep and place.door_x in (place.x - 1, place.x + place.wide)
    if not beside_x and not beside_y:
        yield "its door does not touch it"
    if (place.kind in _LINKS) != bool(place.joins):
        yield "stairs and lifts, and nothing else, join another level"
    elif place.joins:
        other = place_of(plan, place.joins)
        if other is None or other[1].kind != place.kind or other[1].joins != place.id or other[0].id == level.id:
            yield f"{place.joins!r} on another level does not lead back here"


def _standpoint_problems(plan: FloorPlan) -> Iterator[tuple[str, str]]:
    free = {
        level.id: _free(level)
        for level in plan.levels
        if 0 < level.columns <= CELLS_MAX and 0 < level.rows <= CELLS_MAX
    }
    for i, each in enumerate(plan.kiosks):
        if (each.x, each.y) not in free.get(each.level, set()):
            yield f"kiosks[{i}]", "nobody can stand there"
        if each.kiosk in [other.kiosk for other in plan.kiosks[:i]]:
            yield f"kiosks[{i}].kiosk", f"{each.kiosk!r} stands here twice"
