"""The tripwire: a copied or restored folder is noticed, an untouched one never is, and nothing stops the kiosk."""

import os
import shutil

import pytest

from kiosk.store import Tripwire
from kiosk.store import tripwire as module


@pytest.fixture
def machine(tmp_path):
    """A machine id of our own."""
    path = tmp_path / "machine-id"
    path.write_text("0123456789abcdef\n")
    return path


@pytest.fixture
def armed(tmp_path, machine):
    """A tripwire that was armed in its place."""
    (tmp_path / "data").mkdir()
    wire = Tripwire(tmp_path / "data" / "device", machine_id=machine)
    assert wire.check() == "the device file is missing"
    wire.arm(os.urandom)
    return wire


def test_an_untouched_folder_is_quiet(armed, tmp_path, machine):
    """Armed, read again, moved as a whole within its disk: all is as it was."""
    assert armed.check() is None
    (tmp_path / "data").rename(tmp_path / "moved")
    assert Tripwire(tmp_path / "moved" / "device", machine_id=machine).check() is None


def test_a_copied_folder_springs_it(armed, tmp_path, machine):
    """A copy has another inode, whatever else the copying kept."""
    shutil.copytree(tmp_path / "data", tmp_path / "copy")
    assert Tripwire(tmp_path / "copy" / "device", machine_id=machine).check() is not None
    assert armed.check() is None, "the original goes on"


def test_a_file_put_back_from_a_copy_springs_it(armed, tmp_path):
    """Restored from yesterday's backup into its own place: noticed; armed again: quiet."""
    device = tmp_path / "data" / "device"
    shutil.copy2(device, tmp_path / "backup")
    shutil.copy2(device, tmp_path / "holds-the-old-inode-back")
    os.link(device, tmp_path / "keeps-the-inode")
    device.unlink()
    shutil.copy2(tmp_path / "backup", device)
    assert armed.check() is not None
    armed.arm(os.urandom)
    assert armed.check() is None


def test_another_machine_springs_it(armed, machine):
    """The disk was put into another machine: a new log, nothing worse."""
    machine.write_text("ffff\n")
    assert armed.check() == "this is another machine"
    machine.unlink()
    assert armed.check() is None, "a fact that is not to be had is not compared"


@pytest.mark.parametrize("fact", ["_born_ns", "_attribute"])
def test_each_fact_counts_by_itself(armed, monkeypatch, fact):
    """Birth time and mark are compared where the file system gives them."""
    if not getattr(module, fact)(armed._path):
        pytest.skip("this file system does not tell it")
    monkeypatch.setattr(module, fact, lambda path: 7 if fact == "_born_ns" else "")
    assert armed.check() is not None


@pytest.mark.parametrize("fact", ["_born_ns", "_attribute"])
def test_a_file_system_that_tells_less_is_no_alarm(tmp_path, machine, monkeypatch, fact):
    """Without birth times or attributes the other facts do."""
    monkeypatch.setattr(module, fact, lambda path: 0 if fact == "_born_ns" else "")
    wire = Tripwire(tmp_path / "device", machine_id=machine)
    wire.arm(os.urandom)
    assert wire.check() is None


@pytest.mark.parametrize("content", [b"", b"{", b"\xff" * 40, b'{"mark": 1}', b"[]"])
def test_a_damaged_device_file_springs_it(armed, tmp_path, content):
    """Any bytes in, a reason out; never an exception."""
    (tmp_path / "data" / "device").write_bytes(content)
    assert "cannot be read" in armed.check()
