"""What the first record of a log tells the staff: that a device was copied or restored, or that there are two of it.

A disk's file copy is noticed by the kiosk itself, which then goes on in a new log and says so; a fork the server sees
with its own eyes. Two new logs that both cite one log as the one before them were opened by two devices, or by one that
was restored twice. Either way nothing is lost, and a person should ask why.
"""

from collections.abc import Sequence

from django.db.models import Q

from shared import kinds
from shared.kinds import LogOpened
from sync_server.kiosks.actions import raise_alarm
from sync_server.kiosks.models import AlarmKind
from sync_server.records.models import Log, RecordRow
from sync_server.records.seen import Seen

#: Of the reasons a log can be opened for, those that mean a disk is not what it was.
_DISK_CHANGED = {"copied": AlarmKind.KIOSK_COPIED, "restored": AlarmKind.KIOSK_RESTORED}


def openings(run: Sequence[Seen[LogOpened]]) -> None:
    """Note what each log is called; raise one alarm for each that was opened after its kiosk's disk was copied or
    restored, and one for each log that two others go on from.
    """
    for seen in run:
        log = seen.log
        if seen.seq != 1:
            continue  # only a log's first record opens it; another one of the kind is a device's mischief
        # Of several first records the one that came first names the lines that have none of their own.
        lines = Q(pk=log.pk) if log.branch else Q(pk=log.pk) | Q(base_seq__gt=0)
        Log.objects.filter(lines, office=log.office_id, log_id=log.log_id).update(name=seen.body.name[:20])
        alarm = _DISK_CHANGED.get(seen.body.reason)
        if alarm is not None:
            raise_alarm(log.office, alarm, log.log_id, now=seen.received_at, kiosk=log.kiosk, detail=seen.body.reason)
        parent = seen.body.parent_log
        if parent and parent in _parents_of_others(log):
            raise_alarm(log.office, AlarmKind.TWO_DEVICES, parent.hex(), now=seen.received_at, kiosk=log.kiosk)


def _parents_of_others(log: Log) -> set[bytes]:
    """The logs that this kiosk's other logs say they go on from."""
    firsts = RecordRow.objects.filter(log__kiosk=log.kiosk_id, seq=1, kind="log.opened", body__isnull=False)
    rows = firsts.exclude(log__log_id=log.log_id).values_list("kind", "schema", "body")
    bodies = [kinds.decode(kind, schema, bytes(body or b"")) for kind, schema, body in rows]
    return {body.parent_log for body in bodies if isinstance(body, LogOpened)}


def reset() -> None:
    """Nothing to forget: a log keeps its name, and an alarm, raised once, may have been cleared by a person since."""
