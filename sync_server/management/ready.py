"""What commands have in common that are of no use before the server is set up."""

from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import BaseCommand, CommandError

from sync_server.starting import check_ready


class ReadyCommand(BaseCommand):
    """A command of a server with keys, tables and an office; where one is missing it says which, and what to do."""

    def execute(self, *args: Any, **options: Any) -> Any:
        """Refuse with status 2, or run."""
        try:
            check_ready()
        except ImproperlyConfigured as error:
            raise CommandError(str(error), returncode=2) from error
        return super().execute(*args, **options)
