"""Rows open only with the right key, in the right place, unchanged; a wrong key is called wrong."""

import os
import stat

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.store import RowDamaged, Store, WrongKey, make_key_file, read_key_file
from kiosk.store.cipher import NONCE_BYTES, Keyring
from shared import kinds
from tests.kiosk.store.conftest import KEY, moment

RING = Keyring(KEY, b"store-id-0123456")
places = st.one_of(st.integers(0, 2**40), st.text(max_size=20))


@given(places, st.binary(max_size=300), st.binary(min_size=NONCE_BYTES, max_size=NONCE_BYTES))
def test_what_is_sealed_opens_in_its_place(place, plain, nonce):
    """Seal, then open: the same bytes."""
    rows = RING.rows("document/t")
    assert rows.open(place, rows.seal(place, plain, nonce)) == plain


@given(places, places, st.binary(max_size=60))
def test_a_row_does_not_open_anywhere_else(here, there, plain):
    """Another place, table, store or key is refused."""
    data = RING.rows("document/t").seal(here, plain, bytes(NONCE_BYTES))
    others = [Keyring(KEY, b"another-store-id"), Keyring(bytes(32), b"store-id-0123456")]
    refusing = [(RING.rows("document/u"), here), *((ring.rows("document/t"), here) for ring in others)]
    if here != there:
        refusing.append((RING.rows("document/t"), there))
    for rows, place in refusing:
        with pytest.raises(RowDamaged):
            rows.open(place, data)


@given(st.binary(max_size=60))
def test_any_bytes_open_or_are_called_damaged(data):
    """Any bytes in, a value or RowDamaged out."""
    with pytest.raises(RowDamaged):
        RING.rows("document/t").open(1, data)


def test_every_flipped_bit_is_seen():
    """No byte of a row can change unseen."""
    rows = RING.rows("record/x")
    data = rows.seal(7, b"a few bytes", bytes(NONCE_BYTES))
    for bit in range(len(data) * 8):
        spoiled = bytearray(data)
        spoiled[bit // 8] ^= 1 << bit % 8
        with pytest.raises(RowDamaged):
            rows.open(7, bytes(spoiled))


def test_number_and_name_are_different_places():
    """Row 5 is not the row named "5"."""
    rows = RING.rows("cell")
    with pytest.raises(RowDamaged):
        rows.open("5", rows.seal(5, b"x", bytes(NONCE_BYTES)))


def test_a_wrong_key_is_called_wrong_and_changes_nothing(desk):
    """Never an empty store: the right key finds everything afterwards."""
    desk.rate()
    desk.store.close()
    before = desk.path.read_bytes()
    for create in (False, True):
        with pytest.raises(WrongKey, match="wrong key"):
            Store(desk.path, bytes(32), create=create)
    with pytest.raises(WrongKey):
        Store(desk.path, b"short")
    assert desk.path.read_bytes() == before
    desk.open()
    assert desk.book.head.seq == 2


def test_a_key_file_is_private_and_never_replaced(tmp_path):
    """0600 from the first moment; a second key does not go over the first."""
    path = tmp_path / "store.key"
    os.umask(0)
    make_key_file(path, KEY)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert read_key_file(path) == KEY
    with pytest.raises(FileExistsError):
        make_key_file(path, bytes(32))
    path.chmod(0o644)
    assert read_key_file(path) == KEY
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [each.name for each in tmp_path.iterdir()] == ["store.key"]


@pytest.mark.parametrize(
    "content", [b"", b"\xff\xfe", b"sala-store-key-1 zz", b"sala-store-key-1 00", b"other " + b"0" * 64, b"0" * 5000]
)
def test_a_file_that_is_no_key_is_called_wrong(tmp_path, content):
    """Whatever lies in the key's place, the answer is a WrongKey."""
    path = tmp_path / "store.key"
    with pytest.raises(WrongKey, match="missing"):
        read_key_file(path)
    path.write_bytes(content)
    with pytest.raises(WrongKey):
        read_key_file(path)


def test_no_text_of_a_citizen_lies_in_the_clear(desk):
    """Neither record nor document is readable in any file of the store, before and after a checkpoint."""
    marker = "เสาไฟหน้าบ้านดับ"
    body = kinds.CaseFiled("2026-11-25", bytes(16), bytes(32), "light", marker, "", "", "", "th")
    with desk.store.transaction() as tx:
        desk.book.append(tx, body, at=moment(1), edition=1)
        desk.store.table("notes").insert({"text": marker})
    for truncate in (False, True):
        for file in desk.path.parent.iterdir():
            assert marker.encode() not in file.read_bytes()
        desk.store.checkpoint(truncate=truncate)
    assert desk.store.table("notes").one(1) == {"text": marker}
