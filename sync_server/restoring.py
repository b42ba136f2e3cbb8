"""The one thing everybody must know about a restore: while its folder is there, this is no server yet."""

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

#: In the data folder, from the first byte that a restore writes to its last.
FOLDER = "restoring"


def refuse_half_restored() -> None:
    """Raise `ImproperlyConfigured` where a restore was begun and not finished."""
    if (settings.DATA_DIR / FOLDER).exists():
        raise ImproperlyConfigured(
            f"a restore into {settings.DATA_DIR} was cut short: run the same 'sala-server restore' again"
        )
