"""A real kiosk and a real server, and a line that never carries a whole picture at once: the content comes."""

import pytest

from kiosk.sync.fetch import fetch
from kiosk.sync.https import Https
from kiosk.sync.line import Unreachable
from shared.content import PieceRef
from tests.line.both import an_office, command
from tests.line.proxy import Fault, Proxy

#: What one connection carries down before it breaks.
BYTES_THROUGH = 20_000
#: Heads, the list of pieces that is fetched anew each time, and what was on the way when the line broke.
BYTES_SPARE = 8_000


@pytest.fixture
def lobby(tmp_path):
    """A server with the sample office's content, and a kiosk that has none yet, behind a line."""
    with an_office(tmp_path) as office:
        command(tmp_path, "demo-office", "--password", "sala-demo-password")
        with Proxy(office.port) as line:
            transport = Https(line.url)
            with office.kiosk("A", transport) as kiosk:
                yield kiosk, line, transport


def test_an_edition_comes_over_a_line_that_breaks_within_every_picture(lobby):
    """Each try goes on at the byte where the last one ended, so that hardly a byte comes twice."""
    kiosk, line, transport = lobby
    content = kiosk.world.content
    line.fault = lambda nth: Fault(cut_down=BYTES_THROUGH, reset=bool(nth % 2))
    sizes: dict[bytes, int] = {}
    lacking = content.lacking

    def noted(manifest) -> list[PieceRef]:
        sizes.update({ref.hash: ref.size for ref in manifest.pieces})
        return lacking(manifest)

    content.lacking = noted
    tries = 0
    while content.edition == 0:
        tries += 1
        assert tries < 200, "it never came through"
        try:
            fetch(content, transport)
        except Unreachable:
            transport.close()
    assert content.bundle.services
    assert max(sizes.values()) > 3 * BYTES_THROUGH, "there is a picture that no single try could bring"
    assert tries <= sum(sizes.values()) // (BYTES_THROUGH - BYTES_SPARE) + 2
