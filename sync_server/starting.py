"""What happens once when a server process begins."""

import os

from django.db import connections
from django.utils import timezone

from sync_server.kiosks.actions import forget_codes
from sync_server.organisations.models import Office
from sync_server.projectors import Follower, follow, replay_readable
from sync_server.records import actions as records


def start_process() -> Follower:
    """Settle the epoch of every office, send learnt kinds through the projectors again, and start the follower."""
    now = timezone.now()
    for office in Office.objects.all():
        records.start(office, now=now, epoch=os.urandom(16))
    forget_codes(now)
    replay_readable()
    # The threads that answer requests open connections of their own.
    connections.close_all()
    return follow()
