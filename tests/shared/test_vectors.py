"""The vectors: this program and an independent reader understand every file the same way."""

import hashlib
import importlib.util
import json
import re
from pathlib import Path

import msgspec
import pytest

from shared import archive, batch, complaint, content, envelope, keylist, keys, protocol, stick, wire
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
        header = envelope.read_header(data)
        assert other[0][3:] == tuple(getattr(header, name) for name in header.__slots__[1:])


@pytest.mark.parametrize(("file", "case", "data"), _cases("note"))
def test_notes(file, case, data):
    """Signed answers verify for their label and key only."""
    key = keys.SigningKey(_seed(file, "answers"))
    read = _ends(lambda: protocol.read_answer(data, key.public), case["expect"])
    other = _ends(lambda: reader.note(data, Label.ANSWER, key.public.raw), case["expect"])
    if read is not None:
        assert wire.encode(read).hex() == file["payload"] == other.hex()
        assert envelope.sign(Label.ANSWER, other, key) == data


@pytest.mark.parametrize(("file", "case", "data"), _cases("manifest"))
def test_manifests(file, case, data):
    """A manifest is believed under the bundle key, for this office and not below edition 3; its piece is the one it
    names.
    """
    key, office = keys.SigningKey(_seed(file, "bundle")), b"office-123456789"
    read = _ends(lambda: content.read_manifest(data, key.public, office=office, at_least=3), case["expect"])
    other = _ends(lambda: reader.manifest(data, key.public.raw, office, 3), case["expect"])
    if read is not None:
        content.check_piece(read.pieces[0], bytes.fromhex(file["piece"]))
        assert other == (read.edition, {ref.name: (ref.hash, ref.size) for ref in read.pieces})


@pytest.mark.parametrize(("file", "case", "data"), _cases("answers"))
def test_answers(file, case, data):
    """Positions, receipts and refusals say the same to both."""
    key = keys.SigningKey(_seed(file, "answers")).public
    read = _ends(lambda: protocol.read_answer(data, key), case["expect"])
    if case["name"] != "no answer":
        other = _ends(lambda: reader.note(data, Label.ANSWER, key.raw), case["expect"])
    if read is not None:
        plain = _load("make")._plain
        assert json.loads(case["payload"]) == plain(reader.unpacked(other)) == plain(read)


@pytest.mark.parametrize(("file", "case", "data"), _cases("question"))
def test_questions(file, case, data):
    """A question is the kiosk's, and names it at the same bytes in every version."""
    key = keys.SigningKey(_seed(file, "kiosk"))
    known = protocol.KnownKiosk(b"kiosk-1234567890", key.public, revoked=False)
    me = protocol.ServerSelf(b"office-123456789", key, {})
    ask = _ends(lambda: protocol.Intake(me).ask(data, lambda _: known), case["expect"])
    other = _ends(lambda: reader.note(data, Label.ASK, key.public.raw), case["expect"])
    assert [part.hex() for part in protocol.addressed(data)] == file["addressed"] or case["name"] == "bit flipped"
    if ask is not None:
        assert [part.hex() for part in reader.unpacked(other)[:3]] == file["addressed"]
        assert wire.encode(ask) == other


@pytest.mark.parametrize(("file", "case", "data"), _cases("complaint"))
def test_complaints(file, case, data):
    """Each reader of the route opens the words, in their place only."""
    place = {"log": bytes.fromhex(file["log"]), "route": file["route"]}
    for seed in map(bytes.fromhex, file["readers"]):
        body = _ends(lambda: envelope.open_routed(data, reader=keys.ReadingKey(seed), **place), case["expect"])  # noqa: B023
        other = _ends(lambda: reader.complaint(data, seed, **place), case["expect"])  # noqa: B023
        if body is not None:
            assert body.hex() == file["body"]
            assert msgspec.msgpack.encode(other) == body
            assert complaint.decode(body).text == other[2]


@pytest.mark.parametrize(("file", "case", "data"), _cases("stick"))
def test_sticks(file, case, data):
    """A file is what its path says, read like its counterpart on the line; other paths are passed over."""
    found = reader.on_stick(case["name"])
    assert (found is None) == (case["expect"] == "passed over")
    folder, _, name = case["name"].rpartition("/")
    mine = stick.read_name(name) if stick.is_folder(folder.removeprefix(f"{stick.TOP}/")) else None
    assert (mine is not None) == (found is not None and found[0] == "envelope")
    if found is None:
        return
    sort, promised = found
    public = {role: keys.SigningKey(_seed(file, role)).public.raw for role in ("answers", "bundle")}
    if sort == "envelope":
        fields, _packed = reader.envelope(data, _seed(file, "kiosk"), _seed(file, "sealing"))
        assert (fields[4].hex(), fields[5].hex()[:16]) == (promised[0], promised[1])
        assert (fields[9], fields[9] + fields[10] - 1) == tuple(map(int, promised[2:])) == (mine.first, mine.last)
        assert (mine.log, mine.first, mine.last) == tuple(file["promises"].values())
    elif sort == "told":
        assert reader.unpacked(reader.note(data, Label.ANSWER, public["answers"]))[0] == "position"
    elif sort == "new":
        request = reader.unpacked(reader.note(data, Label.ENROL, keys.SigningKey(_seed(file, "kiosk")).public.raw))
        assert (request[0].hex(), stick.is_enrolment(name)) == (promised[0], True)
    elif sort == "keys":
        assert [len(reader.unpacked(each)) for each in reader.unpacked(data)] == [1]
        assert keylist.first(keylist.read_chain(data)[0], office=b"office-123456789").list.number == 1
    elif sort == "manifest":
        assert reader.manifest(data, public["bundle"], b"office-123456789", 1)[0] == 3
    else:
        assert sort == "piece"
        assert hashlib.sha256(data).hexdigest() == promised[0]


@pytest.mark.parametrize(("file", "case", "data"), _cases("backup"))
def test_manifests_of_backups(file, case, data):
    """A backup's manifest verifies under the key that signs receipts, and names the head that it holds."""
    key = keys.SigningKey(_seed(file, "answers"))

    def read():
        manifest, check = archive.read_manifest(data)
        check([key.public])
        return manifest

    manifest = _ends(read, case["expect"])
    other = _ends(lambda: reader.note(data, Label.BACKUP, key.public.raw), case["expect"])
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
    other = _ends(lambda: reader.status(data, file["code"], bytes.fromhex(file["office_salt"])), case["expect"])
    if status is not None:
        assert status.hex() == file["status"] == msgspec.msgpack.encode(other[2]).hex()
        assert other[:2] == (code.status_id, code.state_key)
        assert content.read_status(status).answer == "ซ่อมแล้ว"


@pytest.mark.parametrize(("file", "case", "data"), _cases("enrolment"))
def test_enrolments(file, case, data):
    """A request to enrol is signed by the key it brings and proves the code."""
    request = _ends(lambda: protocol.read_enrol(data), case["expect"])
    other = _ends(lambda: reader.enrol(data, file["code"]), case["expect"])
    if request is not None:
        assert msgspec.msgpack.encode(other) == wire.encode(request)
        secret = keys.enrolment_secret(file["code"])
        assert secret.hex() == file["secret"]
        protocol.check_enrol(request, secret)


@pytest.mark.parametrize(("file", "case", "data"), _cases("keylist"))
def test_key_lists(file, case, data):
    """A key list is believed under its root, note by note; words stand for a fingerprint everywhere."""
    root, office = keys.SigningKey(bytes.fromhex(file["root"])), bytes.fromhex(file["office"])
    read = _ends(lambda: keylist.first(data, office=office), case["expect"])
    assert list(four_words(bytes.fromhex(file["fingerprint"]))) == file["words"]
    other = _ends(lambda: reader.key_list(data, root.public.raw), case["expect"])
    if read is not None:
        assert other[4] == [root.public.raw] == read.list.roots


@pytest.mark.parametrize("half", ["reader", "writer"])
def test_the_second_implementation_is_small_and_its_own(half):
    """A page of code for each way is all that the formats ask for, and nothing of this program is in it."""
    text = (VECTORS / f"{half}.py").read_text("utf-8")
    lines = [line for line in text.splitlines() if line.strip() and not line.strip().startswith(('"""', "#"))]
    assert len(lines) <= 150
    assert not re.search(r"^\s*(from|import) (shared|kiosk|sync_server|tests(?!\.vectors))", text, re.MULTILINE)


def test_every_format_has_an_honest_case_and_a_case_for_each_way_to_fail():
    """No file of vectors holds only what goes well."""
    for path in VECTORS.glob("*.json"):
        ends = {case["expect"] for case in json.loads(path.read_text("utf-8"))["cases"]}
        assert "ok" in ends, path.name
        assert len(ends) >= 2, path.name


@pytest.mark.parametrize(("file", "case", "data"), _cases("roll"))
def test_rolls(file, case, data):
    """A kiosk's wish for another key is signed by both."""
    kiosk, new = keys.SigningKey(_seed(file, "kiosk")), keys.SigningKey(bytes.fromhex(file["new"]))
    me = protocol.ServerSelf(b"office-123456789", keys.SigningKey(_seed(file, "answers")), {})
    known = protocol.KnownKiosk(b"kiosk-1234567890", kiosk.public, revoked=False)
    read = _ends(lambda: protocol.Intake(me).roll(data, lambda _id: known), case["expect"])

    def inner():
        return reader.note(reader.note(data, Label.ROLL, kiosk.public.raw), Label.ROLL, new.public.raw)

    other = _ends(inner, case["expect"])
    if read is not None:
        assert wire.encode(read).hex() == file["wish"] == other.hex()


def test_files_are_what_the_maker_makes():
    """The deterministic parts of every file are what `make vectors` would write today."""
    for name, value in _load("make").vectors().items():
        written = json.loads((VECTORS / f"{name}.json").read_text(encoding="utf-8"))
        assert {k: v for k, v in value.items() if k != "cases"} == {k: v for k, v in written.items() if k != "cases"}
        if name not in _load("make").SEALED:
            assert value["cases"] == written["cases"]
