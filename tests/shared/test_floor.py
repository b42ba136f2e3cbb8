"""Finding the way: what is said is what is walked, by the fewest turns, and a plan that cannot be walked is refused."""

from itertools import pairwise

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared import floor
from shared.content import FloorLevel, FloorPlan, Place, Standpoint, Text
from shared.floor import Move

NAME = Text(th="ห้อง")


def place(place_id, x, y, wide, deep, door, **more):
    """A place with its door cell."""
    return Place(
        id=place_id, kind=more.pop("kind", "room"), name=NAME, x=x, y=y, wide=wide, deep=deep,
        door_x=door[0], door_y=door[1], **more,
    )  # fmt: skip


def plan(*levels, looks="west", at=("a", 0, 4)):
    """A plan of levels, each a list of places on 12 x 8 cells, with one kiosk."""
    made = [
        FloorLevel(id="abc"[i], name=NAME, columns=12, rows=8, places=list(places)) for i, places in enumerate(levels)
    ]
    return FloorPlan(levels=made, kiosks=[Standpoint(level=at[0], x=at[1], y=at[2], looks=looks)], stairs_help=NAME)


ROOMS = [place(f"r{i}", 3 * i, 0, 3, 3, (3 * i + 1, 3)) for i in range(4)]


def told(made, target):
    """The moves of the way, as short words."""
    way = floor.find(made, made.kiosks[0], target)
    return [f"{move.side} {move.door}" if move.what == "arrive" else move.what for move in way.moves]


def test_the_doors_of_a_corridor_are_counted_on_their_side():
    """Behind oneself and along the corridor: first, second, third, fourth door on the left."""
    made = plan(ROOMS)
    assert [told(made, f"r{i}") for i in range(4)] == [["behind", f"left {i + 1}"] for i in range(4)]


@pytest.mark.parametrize(("looks", "first"), [("west", "behind"), ("east", "ahead"), ("south", "left")])
def test_the_first_move_is_told_as_one_stands_before_the_kiosk(looks, first):
    """Left and right are the reader's own."""
    assert told(plan(ROOMS, looks=looks), "r3")[0] == first


def test_the_way_goes_round_what_stands_in_it():
    """A wall of rooms is walked round; every turn is told."""
    wall = place("wall", 5, 2, 1, 6, (4, 4))
    goal = place("goal", 8, 6, 2, 2, (7, 7))
    made = plan([wall, goal], at=("a", 3, 7), looks="south")
    way = floor.find(made, made.kiosks[0], "goal")
    cells = way.legs[0].cells
    assert not {(5, y) for y in range(2, 8)} & set(cells)
    assert all(abs(x - u) + abs(y - v) == 1 for (x, y), (u, v) in pairwise(cells))
    assert told(made, "goal") == ["behind", "right", "right", "left 1"]


def test_a_door_in_sight_is_no_turn_to_remember():
    """A counter a step beside the way is "on the right"; nobody is sent round two corners for it."""
    counter = place("counter", 4, 6, 4, 2, (5, 5), kind="counter")
    assert told(plan([counter]), "counter") == ["behind", "right 1"]


def test_stairs_lead_up_and_the_way_goes_on_as_one_comes_out_of_them():
    """Up the stairs, then as somebody stands who has just climbed them; the step is marked as stairs."""
    up = place("up", 8, 3, 4, 3, (7, 4), kind="stairs", joins="down")
    down = place("down", 8, 3, 4, 3, (7, 4), kind="stairs", joins="up")
    upstairs = [place("first", 4, 0, 3, 3, (5, 3)), place("second", 1, 0, 3, 3, (2, 3)), down]
    made = plan([up], upstairs)
    way = floor.find(made, made.kiosks[0], "second")
    assert told(made, "second") == ["behind", "up", "ahead", "right 2"]
    assert way.stairs
    assert [leg.level for leg in way.legs] == ["a", "b"]
    assert way.moves[1] == Move("up", link="stairs", level="b")


def test_a_lift_goes_before_nearer_stairs():
    """Who can take stairs can take the lift as well."""
    below = [
        place("s1", 3, 0, 2, 2, (3, 2), kind="stairs", joins="s2"),
        place("l1", 9, 0, 2, 2, (9, 2), kind="lift", joins="l2"),
    ]
    above = [
        place("s2", 3, 0, 2, 2, (3, 2), kind="stairs", joins="s1"),
        place("l2", 9, 0, 2, 2, (9, 2), kind="lift", joins="l1"), place("goal", 0, 0, 2, 2, (1, 2)),
    ]  # fmt: skip
    way = floor.find(plan(below, above), plan(below, above).kiosks[0], "goal")
    assert not way.stairs
    assert next(move.link for move in way.moves if move.what == "up") == "lift"


def test_a_kiosk_has_its_own_standpoint_or_that_of_all():
    """By its name, else the one without a name, else none."""
    own, every = Standpoint(kiosk="ตู้ 2", level="a", x=5, y=5, looks="north"), plan(ROOMS).kiosks[0]
    made = msgspec.structs.replace(plan(ROOMS), kiosks=[every, own])
    assert floor.standpoint(made, "ตู้ 2") == own
    assert floor.standpoint(made, "ตู้ 1") == every
    assert floor.standpoint(msgspec.structs.replace(made, kiosks=[own]), "ตู้ 1") is None


@pytest.mark.parametrize(
    ("places", "what"),
    [
        ([place("a", 0, 0, 3, 3, (1, 3)), place("b", 2, 0, 3, 3, (3, 3))], "overlaps 'a'"),
        ([place("a", 10, 0, 3, 3, (10, 3))], "outside its level"),
        ([place("a", 0, 0, 3, 3, (1, 4))], "does not touch"),
        ([place("a", 0, 0, 3, 3, (1, 3)), place("b", 1, 3, 2, 1, (3, 3))], "inside 'b'"),
        ([place("a", 0, 0, 3, 3, (1, 3), kind="stairs")], "join another level"),
        ([place("a", 0, 0, 3, 3, (1, 3), kind="stairs", joins="x")], "does not lead back"),
        ([place("a", 0, 0, 3, 3, (1, 3)), place("a", 4, 0, 3, 3, (5, 3))], "two places"),
        ([place("wall", 5, 0, 1, 8, (4, 4)), place("a", 8, 0, 2, 2, (8, 2))], "no way leads"),
        ([place("a", 0, 3, 2, 3, (2, 4))], "nobody can stand"),
    ],
)
def test_a_plan_that_cannot_be_is_refused(places, what):
    """Each contradiction is named."""
    assert any(what in problem for _, problem in floor.problems(plan(places)))


@given(st.integers(0, 11), st.integers(4, 7), st.sampled_from(floor.SIDES), st.integers(0, 3))
def test_every_way_begins_at_the_kiosk_and_ends_at_the_door(x, y, looks, room):
    """From wherever a kiosk stands and looks: cell by cell, over free cells only, to the right door."""
    made = plan(ROOMS, looks=looks, at=("a", x, y))
    way = floor.find(made, made.kiosks[0], f"r{room}")
    assert (way.legs[0].cells[0], way.legs[-1].cells[-1]) == ((x, y), (3 * room + 1, 3))
    assert all(cell_y >= 3 for leg in way.legs for _, cell_y in leg.cells)
    assert way.moves[-1].what == "arrive"
    assert list(floor.problems(made)) == []
