"""Folders that a power cut leaves: each new name is synced in the folder above it."""

import os
from pathlib import Path

import pytest

from kiosk.store import files


@pytest.fixture
def synced(monkeypatch):
    """Every file and folder that was synced."""
    paths = []
    fsync = os.fsync

    def noted(handle):
        paths.append(Path(f"/proc/self/fd/{handle}").readlink())
        fsync(handle)

    monkeypatch.setattr(os, "fsync", noted)
    return paths


def test_each_new_folder_is_synced_where_its_name_lies(tmp_path, synced):
    """From the top down, and those above too, of which nobody knows who made them."""
    files.make_folder(tmp_path / "a" / "b", mode=0o700)
    assert synced == [tmp_path, tmp_path / "a"]
    assert (tmp_path / "a" / "b").stat().st_mode & 0o777 == 0o700


def test_one_that_is_there_is_synced_again(tmp_path, synced):
    """Whoever made it may have been killed before its name was on the disk."""
    (tmp_path / "a").mkdir()
    files.make_folder(tmp_path / "a")
    assert synced == [tmp_path]


def test_one_below_a_folder_that_is_not_ours_to_read_is_left(tmp_path, synced, monkeypatch):
    """A kiosk whose data lies where it may enter and not look starts all the same."""
    (tmp_path / "a").mkdir()
    monkeypatch.setattr(os, "access", lambda path, _mode: Path(path) != tmp_path)
    files.make_folder(tmp_path / "a")
    assert synced == []


def test_a_file_in_the_way_is_told(tmp_path):
    """What is no folder is not taken for one."""
    (tmp_path / "a").write_bytes(b"")
    with pytest.raises(FileExistsError):
        files.make_folder(tmp_path / "a")
