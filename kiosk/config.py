"""What whoever installs a kiosk may set: `kiosk.toml` in the data folder, read once into a frozen `Config`.

Every setting has a default, so an empty file is a working kiosk. A wrong one stops the start with a sentence that
names it; a setting nobody knows is wrong too, since it is most often a misspelt one.

    config = load(Path("/var/lib/sala"))
    config.idle_reset_s        # 60
"""

import hashlib
import hmac
import ipaddress
import re
import tomllib
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

import msgspec
from msgspec import Meta

from kiosk.paper import JOB_S_MAX
from shared.errors import SalaError

FILE_NAME = "kiosk.toml"

Px = Annotated[int, Meta(ge=320, le=7680)]
Seconds = Annotated[int, Meta(ge=5, le=3600)]


#: What `printer_at` looks like for each kind of printer, and an example to show.
_PRINTER_AT = {
    "escpos-usb": r"[0-9a-fA-F]{4}:[0-9a-fA-F]{4}",
    "escpos-network": r"[\w.-]+(:\d{1,5})?",
    "escpos-serial": r"/.+",
    "escpos-file": r"/.+",
}
_PRINTER_AT_LIKE = {
    "escpos-usb": "04b8:0e15",
    "escpos-network": "192.168.1.50:9100",
    "escpos-serial": "/dev/ttyUSB0",
    "escpos-file": "/dev/usb/lp0",
}


#: Rows of dots of an ordinary ticket with its papers and its code, by the width of the paper.
_TICKET_ROWS = {384: 1000, 576: 1500}
_BAUDS = 1200, 2400, 4800, 9600, 19_200, 38_400, 57_600, 115_200


class ConfigError(SalaError):
    """A setting in kiosk.toml is not what it must be."""

    remedy = "Correct the line named above in kiosk.toml, or delete it to use the default."


class Config(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """All settings. Paths that are not absolute count from the data folder."""

    #: Where store, keys and content lie; the folder that held kiosk.toml, never a line in it.
    data: Path = Path()

    #: Where the office's server answers, such as "https://sala.example.go.th". Empty: the kiosk runs alone.
    server_url: str = ""
    #: The certificate authority to believe, as a PEM file; empty: the system's own.
    ca_file: str = ""
    #: The page on which citizens follow up a case, printed as a QR code; empty: the slip names the kiosk alone.
    track_url: str = ""
    #: Under which port this kiosk serves the lobby's own pages on the office's network: counters, the board, tickets.
    #: 0: it serves none.
    lobby_port: Annotated[int, Meta(ge=0, le=65535)] = 0
    #: Under which address or name the office's network knows this kiosk, such as "192.168.1.10"; empty: found out.
    lobby_address: str = ""
    #: How long between two looks at the server when nothing is waiting.
    sync_every_s: Annotated[int, Meta(ge=5, le=24 * 3600)] = 60
    #: The longest a kiosk waits before it tries an absent server again; it waits at random up to this.
    retry_max_s: Annotated[int, Meta(ge=5, le=24 * 3600)] = 300

    window_width_px: Px = 1280
    window_height_px: Px = 800
    fullscreen: bool = False
    #: What the panel really has, for sizes that must fit a finger.
    dpi: Annotated[int, Meta(ge=60, le=600)] = 96
    languages: Annotated[list[Literal["th", "en", "ms", "ms-Arab"]], Meta(min_length=1)] = msgspec.field(
        default_factory=lambda: ["th", "en", "ms", "ms-Arab"]
    )

    #: After this long without a touch the screen asks, and after `idle_reset_s` it forgets.
    idle_warn_s: Seconds = 40
    idle_reset_s: Seconds = 60

    #: Whether staff take this device along to the villages: who rates on it without a slip's code is then counted as
    #: served outside the office, apart from those who pass by a kiosk.
    outreach: bool = False

    #: Staff are told when nothing new was published for so long; citizens go on reading it, with its date.
    content_old_days: Annotated[int, Meta(ge=1, le=3650)] = 30

    #: "folder" writes each slip as a picture, for demonstrations; "none" shows the number and prints nothing.
    #: The others are thermal printers that speak ESC/POS, by the way they are reached.
    printer: Literal["none", "folder", "escpos-usb", "escpos-network", "escpos-serial", "escpos-file"] = "none"
    printer_folder: str = "slips"
    #: Where the printer is: "04b8:0e15" as `lsusb` shows it, "192.168.1.50:9100", or a file below /dev.
    printer_at: str = ""
    printer_baud: Annotated[int, Meta(ge=1200, le=921_600)] = 9600
    #: Whether it has a knife.
    printer_cuts: bool = True
    #: 384 dots for 58 mm paper, 576 for 80 mm.
    width_dots: Literal[384, 576] = 384

    #: Where a USB stick is mounted, beside what the system mounts below /media and /run/media. A folder counts only
    #: while it lies on another device than the data folder: with nothing plugged in it is no stick.
    stick_folders: list[str] = msgspec.field(default_factory=list)

    #: What plays a WAV file, such as ["aplay", "-q"]; empty: pw-play, paplay or aplay, whichever is there. ["none"]
    #: keeps the kiosk silent.
    sound_player: list[str] = msgspec.field(default_factory=list)
    #: Where the office's own voice packs lie; the packaged ones are asked after them.
    voices_folder: str = "voices"
    #: The languages in which a called number is announced, one after another; one without its clips stays silent.
    call_languages: list[Literal["th", "en", "ms"]] = msgspec.field(default_factory=lambda: ["th", "ms"])
    #: "digits" says A zero two seven, "whole" says A twenty-seven.
    call_numbers: Literal["digits", "whole"] = "digits"
    #: Who says it: this kiosk's loudspeaker, the boards' browsers while they may sound (else the kiosk), or both.
    call_speaker: Literal["kiosk", "board", "both"] = "kiosk"
    #: How loud, 1 being as it was recorded.
    call_volume: Annotated[float, Meta(ge=0, le=1)] = 0.9
    #: Where this is a second kiosk or a tablet: the one that keeps the lobby's queue, and gives the numbers while it is
    #: reached, such as "http://192.168.1.10:8080". Empty: this one keeps its own.
    host_kiosk: str = ""
    #: So long after the office has shut, and after nobody pressed for as long, whoever is left in the queue gets an
    #: outcome; staff can close earlier.
    queue_close_after_min: Annotated[int, Meta(ge=0, le=600)] = 30
    #: Whether nothing on the screen slides, glides or breathes.
    reduce_motion: bool = False

    #: What switches the machine off when staff ask for it, such as ["systemctl", "poweroff"]; empty: only the program
    #: ends.
    shut_down_command: list[str] = msgspec.field(default_factory=list)
    #: What `pin_hash` makes of the staff's PIN; empty: the staff corner asks for none.
    staff_pin_hash: str = ""

    def path(self, name: str) -> Path:
        """A path of a setting, from the data folder where it is not absolute."""
        return self.data / name

    def __post_init__(self) -> None:
        if self.idle_reset_s <= self.idle_warn_s:
            raise ValueError("idle_reset_s must be greater than idle_warn_s")
        if self.server_url and not self.server_url.startswith(("https://", "http://")):
            raise ValueError("server_url must begin with https:// (or http:// for this very machine)")
        if self.track_url and not self.track_url.startswith(("https://", "http://")):
            raise ValueError("track_url must begin with https:// or http://")
        if not re.fullmatch(r"[\w.:-]*", self.lobby_address):
            raise ValueError("lobby_address must be an address or a name alone, such as 192.168.1.10")
        if self.host_kiosk:
            _check_host(self.host_kiosk)
            if self.lobby_port:
                raise ValueError("lobby_port must be 0 where host_kiosk is set: one kiosk keeps the lobby's queue")
        if self.printer.startswith("escpos-") and not re.fullmatch(_PRINTER_AT[self.printer], self.printer_at):
            raise ValueError(f"printer_at must say where the printer is: {_PRINTER_AT_LIKE[self.printer]}")
        if self.printer == "escpos-serial" and self.printer_baud < (least := _baud_min(self.width_dots)):
            raise ValueError(
                f"printer_baud must be at least {least} for {self.width_dots} dots, at the printer too: a slower line "
                f"takes longer than {JOB_S_MAX} s over a ticket, which is then given up"
            )
        if self.staff_pin_hash:
            _pin_parts(self.staff_pin_hash)


def _baud_min(width_dots: int) -> int:
    """The slowest usual speed at which an ordinary ticket is out before it is given up: eight dots a byte, ten bits a
    byte.
    """
    needed = _TICKET_ROWS[width_dots] * width_dots / 8 * 10 / JOB_S_MAX
    return next(baud for baud in _BAUDS if baud >= needed)


def _check_host(url: str) -> None:
    """An address in figures: no name has to be found out while a citizen waits."""
    try:
        at = urlsplit(url)
        ipaddress.ip_address(at.hostname or "")
        right = at.scheme == "http" and bool(at.port) and not (at.path or at.query or at.fragment)
    except ValueError:
        right = False
    if not right:
        raise ValueError('host_kiosk must be an address and a port, such as "http://192.168.1.10:8080"')


def load(data: Path) -> Config:
    """The settings in `data`/kiosk.toml; the defaults where there is no such file. Raises `ConfigError`."""
    path = data / FILE_NAME
    try:
        settings = tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        settings = {}
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ConfigError(f"{path} cannot be read: {error}") from error
    return make(data, settings, where=str(path))


def make(data: Path, settings: dict[str, Any], *, where: str = "the settings") -> Config:
    """A `Config` from settings by name. Raises `ConfigError`, which names the setting and what it must be."""
    if "data" in settings:
        raise ConfigError(f"{where}: data is no setting; the folder that holds kiosk.toml is the data folder")
    try:
        config = msgspec.convert(settings, Config)
    except msgspec.ValidationError as error:
        raise ConfigError(f"{where}: {_plain(str(error))}") from error
    return msgspec.structs.replace(config, data=data)


def _plain(sentence: str) -> str:
    """Msgspec's sentence with the setting in front: "idle_warn_s: expected `int`, got `str`"."""
    what, at, path = sentence.partition(" - at `$.")
    if not at:
        return what
    return f"{path.rstrip('`')}: {what[0].lower()}{what[1:]}"


# --- the staff's PIN ---------------------------------------------------------------------------------------------

_SCRYPT_N, _SCRYPT_R, _SCRYPT_P = 2**14, 8, 1
_SALT_BYTES = 16


def pin_hash(pin: str, salt: bytes) -> str:
    """What goes into kiosk.toml instead of the PIN itself (scrypt, 16 random bytes of salt)."""
    made = hashlib.scrypt(pin.encode(), salt=salt, n=_SCRYPT_N, r=_SCRYPT_R, p=_SCRYPT_P, dklen=32)
    return f"scrypt:{salt.hex()}:{made.hex()}"


def pin_fits(kept: str, pin: str) -> bool:
    """Whether a typed PIN is the one behind `kept`. Takes some tens of milliseconds on purpose."""
    salt, _ = _pin_parts(kept)
    return hmac.compare_digest(pin_hash(pin, salt), kept)


def _pin_parts(kept: str) -> tuple[bytes, bytes]:
    name, _, rest = kept.partition(":")
    try:
        salt, made = (bytes.fromhex(part) for part in rest.split(":"))
    except ValueError:
        salt = made = b""
    if name != "scrypt" or len(salt) != _SALT_BYTES or len(made) != 32:
        raise ValueError("staff_pin_hash must be the line that `sala-kiosk pin` printed")
    return salt, made
