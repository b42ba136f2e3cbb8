"""Django's entry for this application."""

from django.apps import AppConfig


class SealedConfig(AppConfig):
    """Named in `INSTALLED_APPS` by its package."""

    name = "sync_server.sealed"
    label = "sealed"
