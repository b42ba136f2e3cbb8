"""A line between kiosk and server that can be cut, or lose the answer to what it carried.

Requests are passed on whole, by a server of Python's own; the kiosk only sees another port.

    with Line(server_port) as line:
        line.cut = True                   # nobody answers any more
        line.lose_answers_to("/sync/push", times=1)   # the server takes it, the kiosk never hears so
"""

import http.client
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Self


class Line:
    """An http line to a server on loopback, listening on a port of its own."""

    def __init__(self, server_port: int) -> None:
        self.server_port = server_port
        self.cut = False
        self.carried: list[str] = []
        self.lost: list[str] = []
        self._to_lose: dict[str, int] = {}
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._http.daemon_threads = True
        self._thread = threading.Thread(target=self._http.serve_forever, daemon=True)

    @property
    def port(self) -> int:
        """Where the kiosk connects."""
        return int(self._http.server_address[1])

    def lose_answers_to(self, path: str, *, times: int) -> None:
        """The next `times` requests to `path` reach the server, but their answers never come back."""
        self._to_lose[path] = times

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        line = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                self._carry(body)

            def do_GET(self) -> None:
                self._carry(None)

            def _carry(self, body: bytes | None) -> None:
                if line.cut:
                    self.close_connection = True
                    return
                server = http.client.HTTPConnection("127.0.0.1", line.server_port, timeout=30)
                try:
                    server.request(self.command, self.path, body, {"Content-Type": "application/octet-stream"})
                    answer = server.getresponse()
                    data = answer.read()
                except OSError:
                    self.close_connection = True
                    return
                finally:
                    server.close()
                line.carried.append(self.path)
                if line._to_lose.get(self.path, 0) > 0:
                    line._to_lose[self.path] -= 1
                    line.lost.append(self.path)
                    self.close_connection = True
                    return
                self.send_response(answer.status)
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, *_: object) -> None:
                """Say nothing: `carried` and `lost` tell."""

        return Handler
