"""Django's entry for this application. It keeps no tables: every figure is counted from those below."""

from django.apps import AppConfig


class ReportsConfig(AppConfig):
    """Named in `INSTALLED_APPS` by its package."""

    name = "sync_server.reports"
    label = "reports"
