"""Django's entry for this application."""

from django.apps import AppConfig


class HomeConfig(AppConfig):
    """The frame and the first page."""

    name = "sync_server.home"
    label = "home"
