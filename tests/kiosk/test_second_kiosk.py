"""Two whole kiosks put together as they are run: settings, the command that joins them, and one queue."""

import socket
from dataclasses import replace

import pytest

from kiosk import identity
from kiosk.__main__ import main
from kiosk.bootstrap import open_kiosk
from kiosk.desk import pairing, taking
from tests.kiosk.lobby.conftest import until
from tests.kiosk.sync.test_enrolment_of_a_kiosk import Registry, try_enrol
from tests.kiosk.worlds import Hands, an_office, pieces_of, publish, some_services


@pytest.fixture
def hands():
    """One clock on the wall of the lobby."""
    return Hands()


def enrolled(folder, series, settings):
    """The data folder of a kiosk with letters and settings of its own."""
    try_enrol(folder, Registry())
    identity.save(folder, replace(identity.load(folder), series=series))
    with (folder / "kiosk.toml").open("a") as file:
        file.write(settings)
    with open_kiosk(folder) as kiosk:
        publish(kiosk.world.content, 1, pieces_of(an_office(), some_services()))
    return folder


def test_two_kiosks_share_one_queue(tmp_path, hands, capsys):
    """Joined by one command; then the second one's numbers are the host's, its own while the host is off, all called
    at one counter.
    """
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    first = enrolled(tmp_path / "first", ("A", "B"), f"lobby_port = {port}\n")
    second = enrolled(tmp_path / "second", ("C", "D"), f'host_kiosk = "http://127.0.0.1:{port}"\n')

    def take(kiosk):
        ticket = taking.take(
            kiosk.queue, kiosk.clock.now(), action=kiosk.world.random(16), service_id="sign_tax", language="th"
        )
        return ticket.label

    with open_kiosk(first, clock=hands.clock()) as host:
        host.lobby.start()
        until(lambda: host.world.lan.state == "serving")
        host.queue.seen(host.clock.now(), "1", "open", groups=("tax",))
        code = pairing.offer(host.world, host.clock.now())
        with open_kiosk(second, clock=hands.clock()) as guest:
            assert guest.world.host is None
            assert take(guest) == "C001"
        assert main(["--data", str(second), "join", code]) == 0
        assert "joined" in capsys.readouterr().out
        assert main(["--data", str(second), "join", code]) == 2
        assert "403" in capsys.readouterr().err
        assert [each.machine for each in pairing.paired(host.world)] == ["kiosk"]
        with open_kiosk(second, clock=hands.clock(boot=b"boot-id2")) as guest:
            guest.keeper.turn()
            assert [take(host), take(guest)] == ["A001", "A002"]
            assert [each.label for each in host.queue.follow().waiting()] == ["C001", "A001", "A002"]
            host.lobby.close()
            assert take(guest) == "C002"
            guest.keeper.turn()
            assert [each.label for each in guest.queue.follow().waiting()] == ["C002"]
    with (
        open_kiosk(first, clock=hands.clock(boot=b"boot-id3")) as host,
        open_kiosk(second, clock=hands.clock(boot=b"boot-id4")) as guest,
    ):
        host.lobby.start()
        until(lambda: host.world.lan.state == "serving")
        guest.keeper.turn()
        assert [each.label for each in host.queue.follow().waiting()] == ["C001", "A001", "A002", "C002"]
        assert take(guest) == "A003"
    assert main(["--data", str(first), "join", "12345678"]) == 2
    assert "host_kiosk" in capsys.readouterr().err
