"""Django's entry for this application."""

from django.apps import AppConfig


class IngestConfig(AppConfig):
    name = "sync_server.ingest"
    label = "ingest"
