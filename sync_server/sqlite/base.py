"""The backend module Django loads: its own `sqlite3` backend, imported over `pysqlite3`.

Django's backend says `from sqlite3 import dbapi2` in several files, so the one clean seam is the name `sqlite3`
itself while those files are imported. It is put back at once: the rest of the process keeps the standard module.
"""

import importlib
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pysqlite3
import pysqlite3.dbapi2
from django.core.exceptions import ImproperlyConfigured
from django.db.utils import OperationalError

# The first release without the WAL race (https://sqlite.org/wal.html, "the WAL-reset bug").
SQLITE_VERSION_MIN = (3, 51, 3)

_DJANGO_BACKEND = "django.db.backends.sqlite3"


def refuse_old(version_info: tuple[int, ...]) -> None:
    """Raise `ImproperlyConfigured` with a sentence for the IT person when this SQLite is older than
    `SQLITE_VERSION_MIN`.
    """
    if version_info < SQLITE_VERSION_MIN:
        found = ".".join(map(str, version_info))
        wanted = ".".join(map(str, SQLITE_VERSION_MIN))
        raise ImproperlyConfigured(
            f"SQLite {found} can damage the database when two processes write; Sala needs {wanted} or newer. "
            "Install the locked requirements again (they bring pysqlite3 with a current SQLite)."
        )


def _import_over_pysqlite3() -> ModuleType:
    if f"{_DJANGO_BACKEND}.base" in sys.modules:
        raise ImproperlyConfigured(
            "Django's own SQLite backend was loaded before Sala's: let ENGINE be 'sync_server.sqlite' everywhere."
        )
    names = {"sqlite3": pysqlite3, "sqlite3.dbapi2": pysqlite3.dbapi2}
    before = {name: sys.modules.get(name) for name in names}
    sys.modules.update(names)
    try:
        return importlib.import_module(f"{_DJANGO_BACKEND}.base")
    finally:
        for name, module in before.items():
            if module is None:
                del sys.modules[name]
            else:
                sys.modules[name] = module


refuse_old(pysqlite3.dbapi2.sqlite_version_info)
_backend: Any = _import_over_pysqlite3()


class DatabaseWrapper(_backend.DatabaseWrapper):  # type: ignore[misc]  # Django's, loaded over another sqlite3
    """Django's, which also notices that its file is no longer there.

    Where somebody moves or replaces the database under a running server, SQLite goes on writing to a file without a
    name. What is committed there is lost, so it must not be called stored.
    """

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        """Open the file and remember which one it is."""
        made = super().get_new_connection(conn_params)
        self._file = _identity(conn_params["database"])
        return made

    def _commit(self) -> None:
        super()._commit()
        if self._file != _identity(self.settings_dict["NAME"]):
            raise OperationalError(
                f"{self.settings_dict['NAME']} was moved or replaced while the server ran: restart it; what was just "
                "written is in the file that was there before"
            )


def _identity(path: object) -> tuple[int, int] | None:
    """Device and inode of the file at `path`; None where there is none."""
    try:
        found = Path(str(path)).stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino
