"""`sala-server manage rebuild cases`: fold every log again from record 1."""

from typing import Any

from django.core.management.base import CommandError, CommandParser

from sync_server.management.ready import ReadyCommand
from sync_server.organisations.queries import the_office
from sync_server.projectors import PROJECTORS, balances, rebuild


class Command(ReadyCommand):
    """What staff did is kept; what came from records is written anew."""

    help = "Forget what a projector folded and fold every log again."

    def add_arguments(self, parser: CommandParser) -> None:
        """Which projectors; all of them when none is named."""
        parser.add_argument("names", nargs="*", help=", ".join(PROJECTORS))

    def handle(self, *_args: Any, **options: Any) -> None:
        """Rebuild and print the balance."""
        names = options["names"] or list(PROJECTORS)
        unknown = sorted(set(names) - set(PROJECTORS))
        if unknown:
            raise CommandError(f"no such projector: {', '.join(unknown)}; there are: {', '.join(PROJECTORS)}")
        for name in names:
            self.stdout.write(f"{name}: {rebuild(name)} records folded")
        for balance in balances(the_office()):
            if balance.projector in names:
                self.stdout.write(
                    f"{balance.projector}: accepted {balance.accepted} = projected {balance.projected} + unreadable "
                    f"{balance.unreadable} + quarantined {balance.quarantined} + repeated {balance.repeated} + "
                    f"erased {balance.erased}" + (f" (behind: {balance.behind})" if balance.behind else "")
                )
