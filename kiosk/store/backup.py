"""A copy of the store while it is in use: consistent, whole, and encrypted as the store is.

The copy is made in steps with touches in between, written aside, synced, opened with the key and verified, and only
then given its name. It opens with the same key; a kiosk that starts from it is told apart by the tripwire or by the
server.
"""

from pathlib import Path

import apsw

from kiosk.store import files, sqlite
from kiosk.store.check import Findings, check_all
from kiosk.store.errors import StoreDamaged
from kiosk.store.store import Store

_STEP_PAGES = 256


def backup(store: Store, target: Path) -> Findings:
    """Copy `store` to `target` and return what the check of the copy found; replaces an older copy only when it is
    sound.
    """
    aside = target.with_name(target.name + ".new")
    _remove(aside)
    try:
        copy = sqlite.connect(aside)
        try:
            store.copy_into(copy, step_pages=_STEP_PAGES)
        finally:
            copy.close()
        with store.another(aside) as opened:
            findings = check_all(opened)
        if findings.faults:
            raise StoreDamaged(f"the copy is not sound: {'; '.join(findings.faults)}")
        files.sync_file(aside)
        aside.replace(target)
        files.sync_folder(target.parent)
        return findings
    except (apsw.Error, OSError) as error:
        raise sqlite.translate(error) from error
    finally:
        _remove(aside)


def _remove(aside: Path) -> None:
    for suffix in ("", "-wal", ".lock", ".reserve", ".to-salvage"):
        aside.with_name(aside.name + suffix).unlink(missing_ok=True)
