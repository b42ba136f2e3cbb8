"""Django's entry for this application."""

from django.apps import AppConfig


class WebConfig(AppConfig):
    """The design system."""

    name = "sync_server.web"
    label = "web"
