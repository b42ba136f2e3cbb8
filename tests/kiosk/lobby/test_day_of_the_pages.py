"""The pages keep the queue's day: while people are called under it, nobody is shown an empty hall."""

import pytest

from kiosk.desk import duty, waiting
from kiosk.desk.announcing import Heard
from kiosk.desk.turns import ALIVE_MIN
from kiosk.lobby import board, counter
from tests.kiosk.desk.lobbies import BOTH, Lobby
from tests.kiosk.worlds import make_world

DAY_S = 24 * 3600


@pytest.fixture
def lobby(tmp_path):
    """Monday, half past ten."""
    world = make_world(tmp_path)
    yield Lobby(world)
    world.store.close()


def seen(lobby):
    """How many wait, by the counter's page, by the board, and by the kiosk's first screens (None: nothing is said)."""
    line, moment = lobby.queue.look(), lobby.now()
    page = counter.look(lobby.world, line, moment, duty.Seat("s", "1", BOTH), "th")
    wall = board.look(lobby.world, line, moment, Heard("ok"))
    hall = waiting.hall(line, moment)
    return page.state, page.waiting_count, sum(each.waiting for each in wall.groups), hall and hall.waiting


def fair(lobby):
    """An evening that goes on over midnight."""
    lobby.hands.pass_s(13.4 * 3600)  # 23:56
    lobby.open("1")
    lobby.ticket()
    lobby.hands.pass_s(600)


def jump(lobby, by_s=DAY_S):
    """A clock that is put a day ahead, or back, in the middle of the morning."""
    lobby.open("1")
    lobby.ticket()
    lobby.hands.wall_s += by_s
    lobby.hands.pass_s(60)


@pytest.mark.parametrize("happens", [fair, jump, lambda lobby: jump(lobby, -DAY_S)], ids=["fair", "ahead", "back"])
def test_whoever_waits_is_seen_while_the_queue_lives_past_its_date(lobby, happens):
    """The clock's date is another; the line, and so everything that is shown of it, is not."""
    happens(lobby)
    assert seen(lobby) == ("open", 1, 1, 1)
    assert lobby.call("1") is not None


@pytest.mark.parametrize("how", ["night", "closed"])
def test_a_day_that_is_over_is_shown_no_more(lobby, how):
    """Nobody pressed for two hours, or staff closed it: the next date begins with an empty hall."""
    fair(lobby)
    if how == "closed":
        lobby.queue.close(lobby.now())
    else:
        lobby.hands.pass_s(ALIVE_MIN * 60)
    assert seen(lobby) == ("closed", 0, 0, None)
