"""Devices that are not there, for tests and demonstrations: a thermal printer behind a real network socket, and a
loudspeaker that keeps what it was given (`FakeSound`, at the end).

It understands what real ones do of ESC/POS, draws the dots it was sent, and plays what printers play: paper near its
end, none left, an open cover, or no answer at all. As real ones do, it keeps what it could not print and prints it
when paper comes, unless it is told to forget it.

    with FakePrinter() as fake:
        EscposPrinter(by_network("127.0.0.1", fake.port), width_dots=384).print(slip)
        fake.slips[0].save("slip.png")          # what lies in the tray
        fake.commands, fake.stray               # what else it was told; bytes that were no command at all
"""

import socket
import threading
from typing import Final, Literal, Self

from PIL import Image

from kiosk.speech import SoundState

Plays = Literal["ok", "near_end", "out", "cover_open", "mute"]

#: What it answers to (question about paper, question about faults); nothing where it is mute.
_ANSWERS: Final[dict[Plays, tuple[int, int] | None]] = {
    "ok": (0x12, 0x12), "near_end": (0x1E, 0x12), "out": (0x72, 0x32), "cover_open": (0x12, 0x16), "mute": None,
}  # fmt: skip

#: First bytes of a command -> its name and how long it is in all.
_COMMANDS: Final[dict[bytes, tuple[str, int]]] = {
    b"\x1b@": ("init", 2), b"\x1bd": ("feed", 3), b"\x1dV": ("cut", 3), b"\x10\x04": ("ask", 3),
    b"\x10\x14": ("clear", 10), b"\x1dv0": ("picture", 8),
}  # fmt: skip
_POLL_S: Final = 0.05


class FakePrinter:
    """See the module. `plays` may be changed at any time; `out_after_rows` lets the paper end within a slip."""

    def __init__(self, plays: Plays = "ok", *, out_after_rows: int | None = None) -> None:
        self.plays: Plays = plays
        self.out_after_rows = out_after_rows
        self.slips: list[Image.Image] = []
        self.commands: list[str] = []
        self.stray = b""
        self._held = b""
        self._strip: list[Image.Image] = []
        self._lock = threading.Lock()
        self._ends = threading.Event()
        self._door = socket.create_server(("127.0.0.1", 0))
        self._door.settimeout(_POLL_S)
        self.port: int = self._door.getsockname()[1]
        self._thread = threading.Thread(target=self._serve, name="fake-printer", daemon=True)
        self._thread.start()

    def load_paper(self) -> None:
        """Somebody put in a new roll: what it still holds comes out now."""
        with self._lock:
            self.plays, self.out_after_rows = "ok", None
            self._obey()

    def close(self) -> None:
        """Unplug it, once it has dealt with what it was already sent."""
        self._ends.set()
        self._thread.join()
        self._door.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _serve(self) -> None:
        while True:
            try:
                line, _ = self._door.accept()
            except TimeoutError:
                if self._ends.is_set():
                    return
                continue
            with line:
                line.settimeout(_POLL_S)
                self._listen(line)

    def _listen(self, line: socket.socket) -> None:
        pending = b""
        while True:
            try:
                data = line.recv(4096)
            except TimeoutError:
                if self._ends.is_set():
                    return
                continue
            except OSError:
                return
            if not data:
                return
            with self._lock:
                pending, answers = self._sort(pending + data)
                self._obey()
            try:
                line.sendall(b"".join(answers))
            except OSError:
                return  # whoever asked has hung up

    def _sort(self, data: bytes) -> tuple[bytes, list[bytes]]:
        """Keep what must be done in order; answer and obey at once what is asked in real time. Returns what is not yet
        whole, and the answers.
        """
        answers: list[bytes] = []
        while data:
            length = _length(data)
            if length is None or length > len(data):
                return data, answers
            command, data = data[:length], data[length:]
            if command.startswith(b"\x10\x04"):
                both = _ANSWERS[self.plays]
                if both is not None:
                    answers.append(bytes([both[0 if command[2] == 4 else 1]]))
            elif command.startswith(b"\x10\x14"):
                self.commands.append("clear")
                self._held, self._strip = b"", []
            else:
                self._held += command
        return data, answers

    def _obey(self) -> None:
        """Do what is held, as long as there is paper."""
        while self._held and self.plays in {"ok", "near_end", "mute"}:
            length = _length(self._held)
            assert length is not None
            command, self._held = self._held[:length], self._held[length:]
            name = next((name for first, (name, _) in _COMMANDS.items() if command.startswith(first)), "")
            if not name:
                self.stray += command
                continue
            self.commands.append(name)
            if name == "picture":
                self._burn(command)
            elif name == "cut" and self._strip:
                self.slips.append(_joined(self._strip))
                self._strip = []

    def _burn(self, command: bytes) -> None:
        across, rows = _size(command)
        image = Image.frombytes("1", (across * 8, rows), bytes(byte ^ 0xFF for byte in command[8:]))
        self._strip.append(image)
        if self.out_after_rows is not None and sum(part.height for part in self._strip) >= self.out_after_rows:
            self.plays = "out"


def _length(data: bytes) -> int | None:
    """How long the command at the beginning is; None where that is not yet known. A byte that begins none is one."""
    for first, (name, length) in _COMMANDS.items():
        if data.startswith(first):
            if name != "picture":
                return length
            across, rows = _size(data) if len(data) >= length else (0, 0)
            return length + across * rows if len(data) >= length else None
        if first.startswith(data):
            return None
    return 1


def _size(command: bytes) -> tuple[int, int]:
    """Bytes across, rows."""
    return int.from_bytes(command[4:6], "little"), int.from_bytes(command[6:8], "little")


def _joined(parts: list[Image.Image]) -> Image.Image:
    """The strip as one picture."""
    whole = Image.new("1", (max(part.width for part in parts), sum(part.height for part in parts)), 1)
    top = 0
    for part in parts:
        whole.paste(part, (0, top))
        top += part.height
    return whole


class FakeSound:
    """A loudspeaker that keeps what it was given. `says` is what it tells of itself."""

    def __init__(self, says: SoundState = "ready") -> None:
        self.says: SoundState = says
        self.heard: list[tuple[bytes, float]] = []
        self.over = True

    def state(self) -> SoundState:
        """As it was told to say."""
        return self.says

    def play(self, samples: bytes, volume: float) -> Self:
        """Keep it; it sounds until `stop`, or until a test sets `over`."""
        self.heard.append((samples, volume))
        self.over = False
        return self

    def stop(self) -> None:
        """Be silent."""
        self.over = True
