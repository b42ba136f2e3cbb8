"""Reads about backups: how old the newest one is."""

import datetime as dt

from sync_server.backups.models import Backup
from sync_server.organisations.models import Office
from sync_server.records.queries import current_epoch


def newest(office: Office) -> Backup | None:
    """The newest backup of this epoch; None where there is none since the server was set up or restored."""
    held = current_epoch(office)
    return None if held is None else Backup.objects.filter(office=office, epoch=held.epoch).first()


def newest_made_at(office: Office) -> dt.datetime | None:
    """When it was made."""
    found = newest(office)
    return None if found is None else found.made_at
