"""Django's description of this application."""

from django.apps import AppConfig


class BackupsConfig(AppConfig):
    """Backing up and restoring the server."""

    name = "sync_server.backups"
    verbose_name = "การสำรองข้อมูล"
