"""What the README promises first: `./sala demo` without a screen plays its visits to the end, every step seen."""

import pytest

from demo import script

pytestmark = pytest.mark.timeout(300)


def test_the_demo_sees_every_step(tmp_path, capsys):
    """A screen that changed its words, a page that lost its button: `play` raises `NotSeen` with what stood there."""
    script.play(tmp_path)
    told = [line for line in capsys.readouterr().out.splitlines() if line.startswith("✓")]
    assert len(told) >= 9
    assert list(tmp_path.rglob("*.pdf"))
    assert list(tmp_path.rglob("*.docx"))
