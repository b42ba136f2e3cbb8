"""Django's entry for this application."""

from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "sync_server.web"
    label = "web"
