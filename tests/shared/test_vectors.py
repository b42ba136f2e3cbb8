"""The vectors: this program and an independent reader understand every file the same way."""

import importlib.util
import json
from pathlib import Path

import pytest

from shared import archive, batch, content, envelope, keylist, keys, protocol, wire
from shared.envelope import Label
from shared.errors import SalaError
from shared.fourwords import four_words
from shared.records import decode_record, encode_header, encode_record, header_hash

VECTORS = Path(__file__).parents[1] / "vectors"


def _load(module):
    spec = importlib.util.spec_from_file_location(module, VECTORS / f"{module}.py")
    loaded = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(loaded)
    return loaded


reader = _load("reader")


def _cases(name):
    file = json.loads((VECTORS / f"{name}.json").read_text(encoding="utf-8"))
    return [pytest.param(file, case, bytes.fromhex(case["hex"]), id=case["name"]) for case in file["cases"]]


def _seed(file, name):
    return bytes.fromhex(file["keys"][name])


def _ends(read, expect):
    """Call `read`; it must return where "ok" is expected, else end with the named error."""
    if expect == "ok":
        return read()
    with pytest.raises((SalaError, reader.Refused)) as caught:
        read()
    ended = str(caught.value) if isinstance(caught.value, reader.Refused) else type(caught.value).__name__
    assert ended == expect
    return None


@pytest.mark.parametrize(("file", "case", "data"), _cases("record"))
def test_records(file, case, data):
    """Records read, hash and re-encode as written, or end as declared."""
    record = _ends(lambda: decode_record(data), case["expect"])
    other = _ends(lambda: reader.record(data), case["expect"])
    if record is not None:
        assert encode_record(record) == data
        assert encode_header(record.header).hex() == case["header"]
        assert header_hash(record.header).hex() == case["hash"] == reader.header_hash(other[0]).hex()


@pytest.mark.parametrize(("file", "case", "data"), _cases("batch") + _cases("padded"))
def test_batches(file, case, data):
    """Columns are rebuilt into the records of record.json, down to the last hash."""
    log = bytes.fromhex(file["log"])
    read = _ends(lambda: batch.unpack(data, log=log, first_seq=1, count=5, prev=bytes(32)), case["expect"])
    other = _ends(lambda: reader.batch(data, log, 1, bytes(32)), case["expect"])
    if read is not None:
        assert read[1][-1].hex() == file["last_hash"] == other[1].hex()
        assert [record.body for record in read[0]] == [body for _, _, body in other[0]]


@pytest.mark.parametrize(("file", "case", "data"), _cases("envelope"))
def test_envelopes(file, case, data):
    """Envelopes verify and open, or end as declared."""
    kiosk, server = keys.SigningKey(_seed(file, "kiosk")), keys.SealingKey(_seed(file, "sealing"))

    def read():
        envelope.read_header(data)
        envelope.verify(data, kiosk.public)
        return envelope.unseal(data, server)

    packed = _ends(read, case["expect"])
    other = _ends(lambda: reader.envelope(data, kiosk.seed, server.seed), case["expect"])
    if packed is not None:
        assert packed.hex() == file["packed"] == other[1].hex()


@pytest.mark.parametrize(("file", "case", "data"), _cases("note"))
def test_notes(file, case, data):
    """Signed answers verify for their label and key only."""
    key = keys.SigningKey(_seed(file, "answers"))
    read = _ends(lambda: protocol.read_answer(data, key.public), case["expect"])
    other = _ends(lambda: reader.note(data, Label.ANSWER, key.seed), case["expect"])
    if read is not None:
        assert wire.encode(read).hex() == file["payload"] == other.hex()
        assert envelope.sign(Label.ANSWER, other, key) == data


@pytest.mark.parametrize(("file", "case", "data"), _cases("manifest"))
def test_manifests(file, case, data):
    """A manifest is believed under the bundle key, and its piece is the one it names."""
    key = keys.SigningKey(_seed(file, "bundle"))
    read = _ends(
        lambda: content.read_manifest(data, key.public, office=b"office-123456789", at_least=0), case["expect"]
    )
    other = _ends(lambda: reader.note(data, Label.MANIFEST, key.seed), case["expect"])
    if read is not None:
        content.check_piece(read.pieces[0], bytes.fromhex(file["piece"]))
        assert reader.unpacked(other)[2] == read.edition == 3


@pytest.mark.parametrize(("file", "case", "data"), _cases("backup"))
def test_manifests_of_backups(file, case, data):
    """A backup's manifest verifies under the key that signs receipts, and names the head that it holds."""
    key = keys.SigningKey(_seed(file, "answers"))

    def read():
        manifest, check = archive.read_manifest(data)
        check([key.public])
        return manifest

    manifest = _ends(read, case["expect"])
    other = _ends(lambda: reader.note(data, Label.BACKUP, key.seed), case["expect"])
    if manifest is not None:
        told = [[held.log, held.branch, held.seq, held.hash] for held in manifest.logs]
        assert (
            reader.unpacked(other)[10] == told == [[bytes.fromhex(file["log"]), 0, 5, bytes.fromhex(file["last_hash"])]]
        )
        assert archive.write_manifest(manifest, key) == data


@pytest.mark.parametrize(("file", "case", "data"), _cases("code"))
def test_codes(file, case, data):
    """A code leads to the same id and key everywhere, and opens its status."""
    code = keys.code_keys(file["code"], bytes.fromhex(file["office_salt"]))
    assert (code.status_id.hex(), code.state_key.hex()) == (file["status_id"], file["state_key"])
    place = {"status_id": code.status_id, "state_key": code.state_key}
    status = _ends(lambda: envelope.open_status(data, **place), case["expect"])
    if status is not None:
        assert status.hex() == file["status"]
        assert content.read_status(status).answer == "ซ่อมแล้ว"


@pytest.mark.parametrize(("file", "case", "data"), _cases("enrolment"))
def test_enrolments(file, case, data):
    """A request to enrol is signed by the key it brings and proves the code."""
    request = _ends(lambda: protocol.read_enrol(data), case["expect"])
    if request is not None:
        secret = keys.enrolment_secret(file["code"])
        assert secret.hex() == file["secret"]
        protocol.check_enrol(request, secret)


@pytest.mark.parametrize(("file", "case", "data"), _cases("keylist"))
def test_key_lists(file, case, data):
    """A key list is believed under its root, note by note; words stand for a fingerprint everywhere."""
    root, office = keys.SigningKey(bytes.fromhex(file["root"])), bytes.fromhex(file["office"])
    read = _ends(lambda: keylist.first(data, office=office), case["expect"])
    assert list(four_words(bytes.fromhex(file["fingerprint"]))) == file["words"]
    if case["name"] != "of no signature":
        other = _ends(lambda: reader.note(reader.unpacked(data)[0], Label.KEYS, root.seed), case["expect"])
        if read is not None:
            assert reader.unpacked(other)[4] == [root.public.raw] == read.list.roots


def test_files_are_what_the_maker_makes():
    """The deterministic parts of every file are what `make vectors` would write today."""
    for name, value in _load("make").vectors().items():
        written = json.loads((VECTORS / f"{name}.json").read_text(encoding="utf-8"))
        assert {k: v for k, v in value.items() if k != "cases"} == {k: v for k, v in written.items() if k != "cases"}
        if name != "envelope":  # HPKE draws a fresh key each time
            assert value["cases"] == written["cases"]
