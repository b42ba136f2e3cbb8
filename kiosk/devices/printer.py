"""Printers: none, one that writes each slip as a picture into a folder (demonstrations, tests), and those of `escpos`.

A printer never raises for its own troubles: it says "failed", and the ticket stands without paper.
"""

import logging
from pathlib import Path

from kiosk.config import Config
from kiosk.devices import escpos
from kiosk.devices import slip as drawing
from kiosk.paper import Outcome, Printer, PrinterState, Slip
from kiosk.store import files

logger = logging.getLogger(__name__)

#: The folder is a tray, not an archive.
SLIPS_MAX = 500

#: Where network printers listen.
_NETWORK_PORT = 9100


class NoPrinter:
    """There is none: numbers and codes are shown, for noting down or taking a picture."""

    def state(self) -> PrinterState:
        """Always none."""
        return PrinterState.NONE

    def print(self, slip: Slip) -> Outcome:
        """Nothing is printed and nothing is promised."""
        del slip
        return "shown"


class FolderPrinter:
    """Writes slips as PNG files, named in the order in which they were printed."""

    def __init__(self, folder: Path, width_dots: int) -> None:
        """Raises `CannotDraw` where slips could not be drawn: better at the start than at the first citizen."""
        drawing.check()
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._width_dots = width_dots

    def state(self) -> PrinterState:
        """Out of paper when the folder is gone."""
        return PrinterState.OK if self._folder.is_dir() else PrinterState.OUT

    def print(self, slip: Slip) -> Outcome:
        """Draw and write one slip."""
        try:
            slips = sorted(self._folder.glob("slip-*.png"))
            number = 1 + (int(slips[-1].stem.removeprefix("slip-")) if slips else 0)
            path = self._folder / f"slip-{number:05d}.png"
            aside = path.with_suffix(".new")
            drawing.render(slip, width_dots=self._width_dots).save(aside, "PNG")
            aside.replace(path)
            files.sync_folder(self._folder)
            for old in slips[: max(0, len(slips) + 1 - SLIPS_MAX)]:
                old.unlink()
        except (OSError, ValueError) as error:
            logger.error("the slip was not printed: %s", error)  # noqa: TRY400 - the sentence says it
            return "failed"
        return "printed"


def from_config(config: Config) -> Printer:
    """The printer that the settings name."""
    if config.printer == "folder":
        return FolderPrinter(config.path(config.printer_folder), config.width_dots)
    if config.printer == "none":
        return NoPrinter()
    return escpos.EscposPrinter(_road(config), width_dots=config.width_dots, cuts=config.printer_cuts)


def _road(config: Config) -> escpos.Road:
    at = config.printer_at
    if config.printer == "escpos-usb":
        vendor, _, product = at.partition(":")
        return escpos.by_usb(int(vendor, 16), int(product, 16))
    if config.printer == "escpos-network":
        host, _, port = at.partition(":")
        return escpos.by_network(host, int(port or _NETWORK_PORT))
    if config.printer == "escpos-serial":
        return escpos.by_serial(at, config.printer_baud)
    return escpos.by_file(at)
