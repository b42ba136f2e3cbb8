"""HTML in on stdin, PDF out on stdout: the one process that runs WeasyPrint.

It is a process of its own so that a paper that asks for too much memory or time ends here and not in the server. It
reads no file but the packaged fonts and opens no connection: every other address, data: and file: included, is refused.

    python -m sync_server.reports.press < paper.html > paper.pdf
"""

import re
import resource
import sys
from pathlib import Path
from typing import Any, Final

from weasyprint import HTML
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

FONTS: Final = Path(__file__).resolve().parents[2] / "assets" / "fonts"
_FONT: Final = re.compile(r"sala:fonts/([A-Za-z0-9_]+\.ttf)")

#: A paper of forty pages takes a tenth of either.
_MEMORY_BYTES_MAX: Final = 2 * 1024**3
_CPU_S_MAX: Final = 60


class PackagedOnly(URLFetcher):  # type: ignore[misc]  # WeasyPrint has no types of its own
    """Answers ``sala:fonts/<file>`` from the package and refuses all else, loudly: a paper asks for nothing more."""

    def fetch(self, url: str, headers: Any = None) -> URLFetcherResponse:  # noqa: ARG002 - WeasyPrint calls it so
        """The font at `url`."""
        match = _FONT.fullmatch(url)
        if match is None or not (FONTS / match[1]).is_file():
            raise FatalURLFetchingError(f"a paper may not fetch {url[:80]}")
        return URLFetcherResponse(url, body=(FONTS / match[1]).read_bytes(), headers={"Content-Type": "font/ttf"})


def press(html: str) -> bytes:
    """The PDF that `html` lays out. Raises `FatalURLFetchingError` where it asks for anything but a packaged font."""
    fetcher = PackagedOnly()
    fonts = FontConfiguration()
    document = HTML(string=html, url_fetcher=fetcher, base_url=None)
    pdf: bytes = document.write_pdf(font_config=fonts, pdf_tags=True)
    return pdf


def main() -> int:
    """Press what comes on stdin."""
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY_BYTES_MAX, _MEMORY_BYTES_MAX))
    resource.setrlimit(resource.RLIMIT_CPU, (_CPU_S_MAX, _CPU_S_MAX))
    sys.stdout.buffer.write(press(sys.stdin.buffer.read().decode("utf-8")))
    return 0


if __name__ == "__main__":
    sys.exit(main())
