"""Django's entry for this application."""

from django.apps import AppConfig


class RecordsConfig(AppConfig):
    name = "sync_server.records"
    label = "records"
