"""What citizens are told by code, of cases and of sealed ones alike: named in the settings as ``SALA_STATUS_SOURCE``.

In a bundle nobody can tell which is which: each status is sealed under its own code, and they lie in the order of their
ids.
"""

import datetime as dt
from collections.abc import Iterator

from sync_server.cases import queries as cases
from sync_server.content.pieces import Told
from sync_server.organisations.models import Office
from sync_server.sealed import queries as sealed


def statuses_for_bundle(office: Office, *, now: dt.datetime) -> Iterator[Told]:
    """Every status that a citizen may still ask about."""
    yield from cases.statuses_for_bundle(office, now=now)
    yield from sealed.statuses_for_bundle(office, now=now)
