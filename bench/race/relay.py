"""The line between a device and a server: counts what passes, and loses an answer when told to.

with Relay(server_url) as relay:
    relay.url, relay.passed
    relay.lose_answer("/push")  # the answer to the next request for such a path never arrives: the line breaks instead
"""

import socket
import threading
from contextlib import suppress
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit


class Relay:
    """Forwards connections to a server that may be restarted under another port (`to`)."""

    def __init__(self, to: str) -> None:
        self.to = to
        self.passed = 0
        self.lost = 0
        self._losing = b""
        self._lock = threading.Lock()
        self._door = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._door.getsockname()[1]}"

    def lose_answer(self, path: str) -> None:
        """Lose the answer to the next request whose first line holds `path`; `lost` tells when it has happened."""
        self._losing = path.encode()

    def __enter__(self) -> Self:
        threading.Thread(target=self._serve, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._door.close()

    def _serve(self) -> None:
        with suppress(OSError):  # the door was closed
            while True:
                near, _ = self._door.accept()
                threading.Thread(target=self._forward, args=(near,), daemon=True).start()

    def _forward(self, near: socket.socket) -> None:
        parts = urlsplit(self.to)
        with near, suppress(OSError), socket.create_connection((parts.hostname, parts.port)) as far:
            asked = [b""]
            up = threading.Thread(target=self._up, args=(near, far, asked), daemon=True)
            up.start()
            self._down(near, far, asked)

    def _up(self, near: socket.socket, far: socket.socket, asked: list[bytes]) -> None:
        with suppress(OSError):
            while piece := near.recv(65536):
                self._count(piece)
                asked[0] = asked[0] or piece.partition(b"\r\n")[0]
                far.sendall(piece)
            far.shutdown(socket.SHUT_WR)

    def _down(self, near: socket.socket, far: socket.socket, asked: list[bytes]) -> None:
        while piece := far.recv(65536):
            if self._losing and self._losing in asked[0]:
                self._losing, self.lost = b"", self.lost + 1
                for end in (near, far):
                    end.shutdown(socket.SHUT_RDWR)
                return
            asked[0] = b""
            self._count(piece)
            near.sendall(piece)
        near.shutdown(socket.SHUT_WR)

    def _count(self, piece: bytes) -> None:
        with self._lock:
            self.passed += len(piece)
