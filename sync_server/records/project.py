"""What the first record of a log tells the staff: that a device was copied or restored.

A disk's file copy is noticed by the kiosk itself, which then goes on in a new log and says so; a fork the server sees
with its own eyes. Either way nothing is lost, and a person should ask why.
"""

from collections.abc import Sequence

from shared.kinds import LogOpened
from sync_server.kiosks.actions import raise_alarm
from sync_server.kiosks.models import AlarmKind
from sync_server.records.models import Log
from sync_server.records.seen import Seen

# Of the reasons a log can be opened for, those that mean a disk is not what it was.
_DISK_CHANGED = frozenset({"copied", "restored"})


def openings(run: Sequence[Seen[LogOpened]]) -> None:
    """Note what each log is called; raise one alarm for each that was opened after its kiosk's disk was copied or
    restored.
    """
    for seen in run:
        Log.objects.filter(office=seen.log.office_id, log_id=seen.log.log_id).update(name=seen.body.name[:20])
        if seen.body.reason in _DISK_CHANGED:
            raise_alarm(
                seen.log.office, AlarmKind.KIOSK_RESTORED, seen.log.log_id, now=seen.received_at, kiosk=seen.log.kiosk,
                detail=seen.body.reason,
            )  # fmt: skip


def reset() -> None:
    """Nothing to forget: a log keeps its name, and an alarm, raised once, may have been cleared by a person since."""
