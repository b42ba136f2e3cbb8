"""Django's entry for this application."""

from django.apps import AppConfig


class HomeConfig(AppConfig):
    name = "sync_server.home"
    label = "home"
