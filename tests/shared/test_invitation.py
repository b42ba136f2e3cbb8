"""The QR code for a new kiosk: what was written is read, everything else is refused."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared import keys
from shared.errors import Malformed
from shared.invitation import MARK, Invitation, read, write

CODE = keys.enrolment_code(bytes(range(10)))
GOOD = Invitation("https://sala.example.go.th", CODE, 1_795_000_000_000)


@given(st.binary(min_size=10, max_size=10), st.integers(0, 10**14))
def test_what_is_written_is_read(secret, ends_ms):
    """Address, code and end come through, and the code is the one that is typed elsewhere."""
    written = Invitation("https://sala.example.go.th:8443", keys.enrolment_code(secret), ends_ms)
    assert read(write(written) + "\n") == written
    assert keys.enrolment_secret(read(write(written)).code) == secret


@pytest.mark.parametrize(
    "text",
    [
        "", "1234567890123456", f"{MARK} https://sala.example {CODE}", f"SALA-ENROL/2 https://sala.example {CODE} 1",
        f"{MARK} ftp://sala.example {CODE} 1", f"{MARK} https://sala.example {CODE[:-1]} 1",
        f"{MARK} https://sala.example {CODE} -1", f"{MARK} https://sala.example {CODE} \u0e51", f"{MARK}  {CODE} 1",
        write(GOOD) + " more", f"{MARK} https://{'x' * 600} {CODE} 1",
    ],
)  # fmt: skip
def test_anything_else_is_refused(text):
    """A citizen's code, another version, a half, a foreign scheme, a wrong code, too long."""
    with pytest.raises(Malformed):
        read(text)


@given(st.text(max_size=200) | st.text(max_size=60).map(lambda tail: f"{MARK} {tail}"))
def test_any_text_is_a_value_or_one_of_ours(text):
    """Nothing a scanner can type raises anything else."""
    with contextlib.suppress(Malformed):
        assert isinstance(read(text), Invitation)
