"""`sala-kiosk words`: what still falls back is listed, and an approval is written down for exactly what was read."""

import shutil
from datetime import date
from pathlib import Path

import pytest

from kiosk import review, words
from kiosk.__main__ import main
from kiosk.ui.sample import sample_content
from shared.errors import ContentRefused

SAMPLE = Path(__file__).parents[2] / "assets" / "office-sample"
DAY = date(2026, 12, 1)


@pytest.fixture
def folder(tmp_path):
    """A copy of the sample office that nobody has reviewed."""
    copy = tmp_path / "office"
    shutil.copytree(SAMPLE, copy)
    (copy / "words.toml").unlink()
    return copy


def test_what_nobody_approved_is_listed_until_somebody_does(folder, capsys):
    """The list names each sentence with its Thai, Rumi and Jawi; approving takes it from the list for good."""
    assert main(["words", str(folder)]) == 1
    row = words.table()["language.name"]
    told = capsys.readouterr().out
    assert f"language.name: not approved; shown in Rumi\n    {row['th']}\n    {row['ms']}\n    {row['ms-Arab']}" in told
    main(["words", str(folder), "--approve-by", "ล่าม", "--only", "language"])
    told = capsys.readouterr().out
    assert "1 sentences approved by ล่าม" in told
    assert "language.name" not in told
    assert words.approved(review.read_folder(folder).words) == {"language.name"}


def test_approvals_of_several_reviewers_stand_side_by_side(folder):
    """Who read what, and when, stays; what is said no more is dropped; nothing is approved twice."""
    assert review.approve(folder, "ล่าม ก", DAY, ["language"]) == 1
    assert review.approve(folder, "ล่าม ข", DAY, ["language"]) == 0
    text = (folder / "words.toml").read_text("utf-8")
    (folder / "words.toml").write_text(text.replace("approved = [", 'approved = [\n    "00112233445566ff",'), "utf-8")
    review.approve(folder, "ล่าม ข", DAY)
    reviews = review.read_folder(folder).words.reviews
    assert reviews[0].by == "ล่าม ก"
    assert "00112233445566ff" not in (folder / "words.toml").read_text("utf-8")
    assert review.left(review.read_folder(folder)).not_approved == []


def test_an_approval_names_who_gave_it(folder):
    """Nobody's approval is none."""
    with pytest.raises(ContentRefused):
        review.approve(folder, "  ", DAY)
    assert not (folder / "words.toml").exists()


def test_a_folder_that_is_none_is_refused_with_a_sentence(tmp_path, capsys):
    """The command says what to do; it never shows a traceback."""
    assert main(["words", str(tmp_path)]) == 2
    assert "office.toml" in capsys.readouterr().err


def test_an_edition_tells_the_same_as_its_folder():
    """A kiosk that shows the sample asks for what the sample's own folder asks for."""
    shown, written = review.left_in(sample_content().bundle()), review.left(sample_content())
    assert [each.name for each in shown.not_approved] == [each.name for each in written.not_approved] == []
    assert len(shown.without_jawi) == len(written.without_jawi)


def test_a_text_of_several_lines_is_approved_like_any_other(folder):
    """What stands behind a fingerprint is for people, in one line; the file can be read again."""
    notices = folder / "notices.toml"
    old = 'th = "เปิดบริการช่วงพักเที่ยง"'
    assert old in notices.read_text("utf-8")
    notices.write_text(notices.read_text("utf-8").replace(old, 'th = "บรรทัดแรก\\nบรรทัดสอง"'), "utf-8")
    jawi = folder / "ms-Arab.toml"
    jawi.write_text(jawi.read_text("utf-8") + '"บรรทัดแรก\\nบรรทัดสอง" = "ساتو\\nدوا"\n', "utf-8")
    review.approve(folder, "ล่าม", DAY)
    assert "“บรรทัดแรก บรรทัดสอง”" in (folder / "words.toml").read_text("utf-8")
    assert (
        next(each for each in review.read_folder(folder).notices if "\n" in each.title.th).title.ms_arab == "ساتو\nدوا"
    )
