"""A paper as PDF: laid out as HTML by the packaged template, pressed in a process of its own (see `press`)."""

import subprocess
import sys

from django.template.loader import render_to_string

from sync_server.reports.paper import Paper

CONTENT_TYPE = "application/pdf"
_TIMEOUT_S = 90


class PressFailed(Exception):
    """The press gave no PDF; the text says why, for the diary."""


def render(paper: Paper) -> bytes:
    """The PDF of `paper`. Raises `PressFailed`."""
    command = [sys.executable, "-m", "sync_server.reports.press"]
    html = layout(paper).encode()
    try:
        done = subprocess.run(command, input=html, capture_output=True, timeout=_TIMEOUT_S, check=False)
    except subprocess.TimeoutExpired as error:
        raise PressFailed(f"no PDF within {_TIMEOUT_S} s") from error
    if done.returncode != 0 or not done.stdout.startswith(b"%PDF-"):
        raise PressFailed(done.stderr.decode("utf-8", "replace")[-2000:])
    return done.stdout


def layout(paper: Paper) -> str:
    """The paper as HTML; every text is escaped by the template engine."""
    return render_to_string("reports/paper.html", {"paper": paper})
