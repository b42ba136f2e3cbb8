"""What can go wrong with the store, each in one sentence with what to do next.

Two families matter to a caller. `CannotRecord`: the touch was not recorded, nothing changed, and the citizen is sent
to the counter. Everything else concerns opening the store or reading one row of it.
"""

from shared.errors import SalaError


class StoreError(SalaError):
    """Something about the kiosk's store."""


class CannotRecord(StoreError):
    """The touch was not recorded and nothing that was recorded before has changed."""

    remedy = "Send the citizen to the counter, and look at the kiosk's disk."


class DiskFull(CannotRecord):
    """There is no room left on the disk, the reserve included."""

    remedy = "Delete or move files that are not Sala's; recording goes on by itself once there is room."


class ReadOnly(CannotRecord):
    """The disk or the folder may be read but not written."""

    remedy = "Check the rights of the data folder and whether the disk was mounted read-only after a fault."


class DiskFailed(CannotRecord):
    """The disk refused to write or to sync; the store was closed and is opened anew at the next touch."""

    remedy = (
        "Let what waits go to the server now, by the line or a stick, and replace the disk soon. What was confirmed "
        "stays safe while the disk can be read."
    )


class Unconfirmed(CannotRecord):
    """What was written did not read back as it was written."""

    remedy = (
        "Nothing was promised to the citizen. If it repeats, the device is failing: let what waits go to the server, "
        "by the line or a stick, and change it."
    )


class NoStore(StoreError):
    """There is no store at this place yet."""

    remedy = "Enrol the kiosk, or point the configuration at the folder that holds its store."


class NotAStore(StoreError):
    """The file at this place is something else than a store of Sala."""

    remedy = "Move the file away or correct the path in the configuration. It was not touched."


class NewerStore(StoreError):
    """The store was written by a newer program than this one."""

    remedy = "Update this program. Nothing was changed."


class WrongKey(StoreError):
    """The key does not belong to this store: a wrong key, or none."""

    remedy = "Put the right key file back in its place. The store is whole and was not changed."


class StoreInUse(StoreError):
    """Another program has this store open."""

    remedy = "Close the other Sala window or wait until it has ended; only one program writes at a time."


class OldSQLite(StoreError):
    """The SQLite library on this machine is older than the first one that is safe for us."""

    remedy = "Install the versions of requirements/kiosk.txt, which bring their own SQLite."


class StoreDamaged(StoreError):
    """The file itself is damaged beyond single rows."""

    remedy = (
        "Restart the kiosk: it saves what can be read into a new store and keeps the damaged file. If it then still "
        "does not open, keep that file, change the disk and enrol the kiosk again; the server holds what has a receipt."
    )


class RowDamaged(StoreError):
    """One row cannot be opened with the right key: its bytes were changed."""

    remedy = (
        "The rest of the store goes on working. Let what waits go to the server, by the line or a stick, and restart "
        "the kiosk; if more rows follow, the disk is failing: change it and enrol the kiosk again."
    )


class RecordDamaged(RowDamaged):
    """One record of a log is damaged; `log` and `seq` name it."""

    remedy = "The good records before it stand, the kiosk goes on in a new log. Sync soon, then look at the disk."

    def __init__(self, log: bytes, seq: int, why: str) -> None:
        super().__init__(f"record {seq} of log {log.hex()[:8]} is damaged: {why}")
        self.log = log
        self.seq = seq


class NoLog(StoreError):
    """No log has been opened under this name yet."""

    remedy = "Enrol the kiosk: enrolment opens its logs."
