"""Django's entry for this application."""

from django.apps import AppConfig


class OrganisationsConfig(AppConfig):
    """Named in `INSTALLED_APPS` by its package."""

    name = "sync_server.organisations"
    label = "organisations"
