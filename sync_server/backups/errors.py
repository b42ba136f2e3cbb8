"""Why a backup or a restore was not made, each with what to do next."""

from shared.errors import SalaError


class BackupFailed(SalaError):
    """No backup was made; kiosks are told nothing and keep everything."""

    remedy = "Put right what the sentence above names and run the backup again; the older backups are as they were."


class NotTwo(BackupFailed):
    """There are not two recipients who can open a backup."""

    remedy = (
        "Make two with 'sala-server backup-key FILE', take each file to a place of its own outside this machine, and "
        "delete it here."
    )


class SameDisk(BackupFailed):
    """The folder for backups lies on the disk of the data itself: what takes the one takes the other."""

    remedy = (
        "Mount the other machine or disk first. Only where something else carries the files away from here, add "
        "--same-disk."
    )


class CopyUnsound(BackupFailed):
    """The copy of the database does not hold together, so the database may not either."""

    remedy = (
        "Keep the newest older backup, write nothing over it, and have the disk looked at; then restore on a sound "
        "machine. The kiosks still hold what they were not told is backed up."
    )


class RestoreRefused(SalaError):
    """Nothing was restored and nothing on this machine was changed."""

    remedy = "Take another backup, or put right what the sentence above names."


class NotEmpty(RestoreRefused):
    """This machine already holds a server: a restore writes over nothing."""

    remedy = (
        "Restore into a new, empty data folder (sala-server --data FOLDER restore ...) and, for PostgreSQL, a new, "
        "empty database. Keep what is here until the restored server has run for a while."
    )


class NotWhole(RestoreRefused):
    """The archive is not the one its manifest names: it was cut short or changed."""

    remedy = "Copy both files again from where the backups are kept, or take an older backup."


class WrongIdentity(RestoreRefused):
    """This identity does not open this backup: it is none of its recipients."""

    remedy = "Take the other identity file. 'age -d -i FILE' tells the same, with no part of Sala."


class NewerBackup(RestoreRefused):
    """The backup was made by a newer version of Sala than this one."""

    remedy = "Install at least the version the backup was made by, and restore again."
