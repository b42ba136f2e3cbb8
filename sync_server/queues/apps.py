"""Django's entry for this application."""

from django.apps import AppConfig


class QueuesConfig(AppConfig):
    name = "sync_server.queues"
    label = "queues"
