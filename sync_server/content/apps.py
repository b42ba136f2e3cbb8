"""Django's entry for this application."""

from django.apps import AppConfig


class ContentConfig(AppConfig):
    """Named in `INSTALLED_APPS` by its package."""

    name = "sync_server.content"
    label = "content"
