"""What the server answers to kiosks, in this process and without a socket."""

import pytest

from shared.protocol import Receipt, Stored
from sync_server.ingest import actions
from sync_server.records.models import Log, RecordRow


def test_a_push_is_committed_and_receipted_under_the_kiosks_own_head(kiosk):
    """After a push the server holds every record, and its signed receipt names the head the kiosk has."""
    kiosk.ticket(1)
    kiosk.file()
    kiosk.rate(5)
    heard = kiosk.push()
    assert Stored(kiosk.lobby.head, 0) in heard
    assert RecordRow.objects.count() == 4
    assert Log.objects.get().seq == 4
