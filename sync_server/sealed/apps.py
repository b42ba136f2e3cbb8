"""Django's entry for this application."""

from django.apps import AppConfig


class SealedConfig(AppConfig):
    """Named in `INSTALLED_APPS` by its package."""

    name = "sync_server.sealed"
    label = "sealed"

    def ready(self) -> None:
        """Deadlines follow the office's closed days."""
        from sync_server.organisations.managing import closed_days_changed
        from sync_server.sealed.project import follow_closed_days

        closed_days_changed.connect(follow_closed_days)
