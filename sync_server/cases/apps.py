"""Django's entry for this application."""

from django.apps import AppConfig


class CasesConfig(AppConfig):
    """Named in `INSTALLED_APPS` by its package."""

    name = "sync_server.cases"
    label = "cases"

    def ready(self) -> None:
        """Deadlines follow the office's closed days."""
        from sync_server.cases.project import follow_closed_days
        from sync_server.organisations.managing import closed_days_changed

        closed_days_changed.connect(follow_closed_days)
