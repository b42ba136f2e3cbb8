"""Django's entry for this application."""

from django.apps import AppConfig


class CasesConfig(AppConfig):
    name = "sync_server.cases"
    label = "cases"
