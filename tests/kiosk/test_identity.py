"""Who a kiosk is: kept whole or not at all, and a wrong key is called wrong."""

import pytest

from kiosk import identity
from kiosk.identity import IdentityDamaged, NotEnrolled
from kiosk.store import WrongKey
from shared import keys
from tests.kiosk.worlds import an_identity


def test_what_was_saved_is_loaded(tmp_path):
    """An identity comes back as it was, its key readable by its owner only."""
    identity.save(tmp_path, an_identity())
    assert identity.load(tmp_path) == an_identity()
    assert (tmp_path / "signing.key").stat().st_mode & 0o777 == 0o600


def test_an_empty_folder_is_not_enrolled(tmp_path):
    """Nothing there, or only the key of an attempt that broke off, is a kiosk without an office."""
    with pytest.raises(NotEnrolled):
        identity.load(tmp_path)
    (tmp_path / "signing.key").write_text(keys.write(keys.SigningKey(b"x" * 32)))
    assert not identity.is_enrolled(tmp_path)
    with pytest.raises(NotEnrolled):
        identity.load(tmp_path)


@pytest.mark.parametrize("line", [None, "", "garbage", keys.write(keys.SigningKey(b"x" * 32)), "sala/v1/none:00"])
def test_a_missing_or_foreign_key_is_a_wrong_key(tmp_path, line):
    """Without its own key the kiosk says so and writes nothing over what is there."""
    identity.save(tmp_path, an_identity())
    (tmp_path / "signing.key").unlink()
    if line is not None:
        (tmp_path / "signing.key").write_text(line)
    with pytest.raises(WrongKey):
        identity.load(tmp_path)
    assert (tmp_path / "signing.key").exists() == (line is not None)


@pytest.mark.parametrize("cut", [0, 1, 100, -3])
def test_a_damaged_identity_is_named(tmp_path, cut):
    """A file cut short is damage, never another kiosk."""
    identity.save(tmp_path, an_identity())
    path = tmp_path / "identity.json"
    path.write_bytes(path.read_bytes()[:cut])
    with pytest.raises(IdentityDamaged):
        identity.load(tmp_path)


def test_rights_that_are_too_wide_are_narrowed(tmp_path):
    """A key file that others may read is closed to them."""
    identity.save(tmp_path, an_identity())
    (tmp_path / "signing.key").chmod(0o644)
    identity.load(tmp_path)
    assert (tmp_path / "signing.key").stat().st_mode & 0o777 == 0o600
