"""Whatever refuses a press has a sentence, in Thai and Malay, that says what to do."""

import ast
from pathlib import Path

from kiosk.lobby.words import WORDS

KIOSK = Path(__file__).parents[3] / "kiosk"


def test_each_refusal_has_words():
    """Every key that `Refused` is raised with, found in the source, is a sentence of the lobby's pages."""
    raised = {
        call.args[0].value
        for folder in ("desk", "lobby")
        for path in (KIOSK / folder).glob("*.py")
        for call in ast.walk(ast.parse(path.read_bytes()))
        if isinstance(call, ast.Call) and getattr(call.func, "id", "") == "Refused"
        if isinstance(call.args[0], ast.Constant)
    } | {"queue.other_day", "queue.unknown"}
    assert {"queue.taken", "queue.line_first", "queue.no_strip", "queue.not_yours"} <= raised
    for key in sorted(raised):
        assert key in WORDS, key
        assert all(WORDS[key].into(language) for language in ("th", "ms")), key
        assert WORDS[key].th != WORDS[key].ms, key
