"""Django's entry for this application."""

from django.apps import AppConfig


class OrganisationsConfig(AppConfig):
    name = "sync_server.organisations"
    label = "organisations"
