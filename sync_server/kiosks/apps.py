"""Django's entry for this application."""

from django.apps import AppConfig


class KiosksConfig(AppConfig):
    name = "sync_server.kiosks"
    label = "kiosks"
