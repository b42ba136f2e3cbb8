"""Many kiosks at once against a real server: nobody starves, and there is no error but a polite refusal (G-35).

A thousand of them are a chore: `make storm`.
"""

import pytest

from tests.line.both import an_office
from tests.line.storm import storm


@pytest.mark.parametrize(("kiosks", "records"), [(20, 500), (100, 500)])
def test_all_come_back_at_once_and_all_are_served(tmp_path, kiosks, records):
    """Each is done, none much later than half of them; whoever is told to wait comes back when told, and not before."""
    with an_office(tmp_path) as office:
        found = storm(office, kiosks=kiosks, records=records)
        held = office.held()
    assert found.errors == []
    assert len(found.done_s) == kiosks
    assert found.too_early == 0
    assert [len(hashes) for hashes in held.values()] == [records] * kiosks
    # A storm that is over before anybody had to wait has no median to speak of.
    assert found.last_s < max(3 * found.median_s, 5), str(found)
    if kiosks > 20:
        assert found.turned_away > 0, str(found)
