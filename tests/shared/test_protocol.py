"""The protocol: both ends at once, with a network that loses, repeats and lies between them."""

from dataclasses import dataclass, field

import hypothesis.strategies as st
import msgspec
import pytest
from hypothesis import given, settings
from strategies import mutated

from shared import envelope, keylist, keys, protocol, wire
from shared.errors import BadSignature, Broken, Gap, KeyRefused, Malformed, SalaError, TooLarge
from shared.log import Head, link
from shared.protocol import (
    ON_REFUSAL,
    TRANSITIONS,
    Action,
    Branch,
    Health,
    Intake,
    KioskSelf,
    KnownKiosk,
    Limits,
    Local,
    NewLogNeeded,
    NotTaken,
    Push,
    Reason,
    Refused,
    ServerRestored,
    ServerSelf,
    Stand,
    State,
    Step,
    Stored,
    judge,
)
from shared.records import NO_HASH, At

OFFICE, KIOSK, LOG = b"office-123456789", b"kiosk-1234567890", b"log-123456789012"
KEY, ANSWERS, SEALING = keys.SigningKey(b"k" * 32), keys.SigningKey(b"a" * 32), keys.SealingKey(b"s" * 32)
ME = KioskSelf(OFFICE, KIOSK, KEY, ANSWERS.public, SEALING.public)
SERVER = ServerSelf(OFFICE, ANSWERS, {SEALING.public.id: SEALING})
HEALTH = Health("0.1", 0, 0, 0, None, None)
EPOCH = b"epoch-0123456789"
EMPTY = Head.empty(LOG)


def find(kiosk):
    """The one kiosk the server knows."""
    return KnownKiosk(KIOSK, KEY.public, False) if kiosk == KIOSK else None


@dataclass
class Device:
    """A kiosk's log in memory."""

    log: bytes = LOG
    records: list = field(default_factory=list)
    heads: list = field(default_factory=lambda: [Head.empty(LOG)])
    receipted: Head = EMPTY
    epoch: bytes = EPOCH

    @classmethod
    def of(cls, log):
        return cls(log, heads=[Head.empty(log)])

    def append(self, count, body=b"x"):
        for _ in range(count):
            i = len(self.records)
            record, head = link(
                self.heads[-1], kind="rating.given", schema=1, edition=1, at=At(i, 420, b"", i, 1),
                salt=i.to_bytes(16, "big"), body=body,
            )  # fmt: skip
            self.records.append(record)
            self.heads.append(head)

    def push(self):
        return Push(ME, [Local("lobby", self.heads[-1], self.receipted, self.epoch)], self.hash_at)

    def hash_at(self, _log, seq):
        return self.heads[seq].hash if seq < len(self.heads) else None


@dataclass
class Held:
    """A log, or a branch of one, as a database would hold it."""

    known: dict = field(default_factory=dict)
    head: Head = EMPTY


@dataclass
class Server:
    """The server's side in memory."""

    log: Held = field(default_factory=Held)
    beside: Held | None = None
    count_max: int = 500
    intake: Intake = field(default_factory=lambda: Intake(SERVER))

    @property
    def known(self):
        return self.log.known

    @property
    def head(self):
        return self.log.head

    def answer_ask(self, data):
        ask = self.intake.ask(data, find)
        state = "forked" if self.beside else "open"
        stand = Stand(LOG, self.head.seq, self.head.hash, state, 0)
        return self.intake.position(ask, [stand], epoch=EPOCH, server_ms=5, edition=3, limits=Limits())

    def answer_push(self, data):
        try:
            opened = self._opened(data)
            held = self._where(opened)
            verdict = judge(opened, held.head, held.known)
        except NotTaken as verdict:
            return self.intake.refuse(data, verdict.reason, epoch=EPOCH, server_ms=5)
        if isinstance(verdict, Branch):
            held = self.beside = Held()
        held.known |= {record.header.seq: hash_ for record, hash_ in zip(verdict.records, verdict.hashes, strict=True)}
        if verdict.records:
            held.head = verdict.head
        return self.intake.receipt(opened.header, verdict.head, forked=held is self.beside, epoch=EPOCH, server_ms=5)

    def _opened(self, data):
        opened = self.intake.open(data, find)
        if opened.header.count > self.count_max:
            raise NotTaken(Reason.TOO_LARGE)
        return opened

    def _where(self, opened):
        """The branch that the batch continues or repeats, else the log itself."""
        first = opened.header.first_seq
        if self.beside and (
            opened.header.prev == self.beside.head.hash or self.beside.known.get(first) == opened.hashes[0]
        ):
            return self.beside
        return self.log

    def copy(self):
        return Server(Held(dict(self.known), self.head))


def read(answer):
    """A kiosk reads what comes before it hears it."""
    return protocol.read_answer(answer, ANSWERS.public)


def talk(device, server, *, drop=()):
    """Run one conversation; `drop` names the exchanges (0, 1, ...) whose answer is lost. Returns the events heard."""
    push, events, i = device.push(), [], 0
    answer = server.answer_ask(push.ask(b"n" * 16, 0, HEALTH))
    while True:
        if i in drop:
            return events
        events += push.hear(read(answer))
        for event in events:
            if isinstance(event, Stored) and event.head.seq > device.receipted.seq:
                device.receipted = event.head
        i += 1
        if push.state is State.START:
            answer = server.answer_ask(push.ask(b"m" * 16, 0, HEALTH))
            continue
        want = push.want()
        if want is None:
            return events
        records = device.records[want.after.seq : want.after.seq + want.count_max]
        answer = server.answer_push(push.send(want, records, i.to_bytes(16, "big")))


def test_everything_arrives_once_and_in_order():
    """A backlog of several batches is drained in one conversation, and each record is held once."""
    device, server = Device(), Server()
    device.append(1201)
    talk(device, server)
    assert server.head == device.heads[-1] == device.receipted
    assert [server.known[seq] for seq in range(1, 1202)] == [head.hash for head in device.heads[1:]]


@settings(max_examples=60)
@given(st.lists(st.tuples(st.integers(0, 700), st.sets(st.integers(0, 3))), min_size=1, max_size=6))
def test_lost_answers_lose_and_double_nothing(contacts):
    """Whatever answers are lost, one clean contact later everything is there, once (F-A5)."""
    device, server = Device(), Server()
    for count, drop in contacts:
        device.append(count)
        talk(device, server, drop=drop)
        assert device.receipted.seq <= server.head.seq
    talk(device, server)
    assert server.head == device.heads[-1]
    assert sorted(server.known) == list(range(1, len(device.records) + 1))
    assert not server.beside


def test_restored_server_is_sent_everything_again():
    """A server restored from an older copy is told so and gets what it lost (F-A1)."""
    device, server = Device(), Server()
    device.append(20)
    talk(device, server)
    older = server.copy()
    device.append(30)
    talk(device, server)
    events = talk(device, older)
    assert ServerRestored(LOG, 20, 50) in events
    assert older.known == server.known
    assert ServerRestored not in map(type, talk(device, older))


def test_restored_kiosk_keeps_both_branches():
    """A kiosk restored from an older image needs a new log, and what it wrote since is kept beside (F-A2, F-C7)."""
    device, server = Device(), Server()
    device.append(10)
    talk(device, server)
    image = Device(records=list(device.records), heads=list(device.heads), receipted=device.receipted)
    device.append(17)
    talk(device, server)
    image.append(7, body=b"other")
    events = talk(image, server)
    assert NewLogNeeded(LOG, "restored") in events
    assert len(server.beside.known) == 7
    assert len(server.known) == 27
    assert image.receipted == image.heads[-1]
    talk(image, server)
    assert len(server.beside.known) == 7


def test_an_image_whose_end_the_server_has_is_receipted_for_it():
    """A kiosk restored to before an answer that it lost hears a receipt for what it sent, not for what it never had."""
    device, server = Device(), Server()
    device.append(3)
    talk(device, server)
    device.append(1)
    image = Device(records=list(device.records), heads=list(device.heads), receipted=device.receipted)
    device.append(3)
    talk(device, server)
    events = talk(image, server)
    assert NewLogNeeded(LOG, "restored") in events
    assert image.receipted == image.heads[-1]
    assert server.head == device.heads[-1]
    assert not server.beside


def test_a_branch_is_sent_again_to_a_server_that_was_restored():
    """A receipt for a branch is worth nothing in a new epoch: all of it is sent to where it parted (F-A1, F-A2)."""
    device, server = Device(), Server()
    device.append(10)
    talk(device, server)
    older = server.copy()
    image = Device(records=list(device.records), heads=list(device.heads), receipted=device.receipted)
    for one, body, restored in ((device, b"x", older), (image, b"other", server)):
        one.append(5, body=body)
        talk(one, server)
        if restored is older:
            talk(one, older)
    assert image.receipted == image.heads[-1]
    image.epoch = b"before the restore"
    talk(image, older)
    assert [older.beside.known[seq] for seq in range(11, 16)] == [head.hash for head in image.heads[11:]]


def test_long_branch_is_kept_whole():
    """A branch of several batches is continued beside the log, not refused as a gap."""
    device, server = Device(), Server()
    device.append(3)
    talk(device, server)
    image = Device(records=list(device.records), heads=list(device.heads), receipted=device.receipted)
    device.append(1)
    talk(device, server)
    image.append(1300, body=b"other")
    assert NewLogNeeded(LOG, "forked") in talk(image, server)
    assert len(server.beside.known) == 1300
    assert len(server.known) == 4


def test_smaller_limit_halves_until_it_fits():
    """A server that takes less at once still gets everything (F-B3)."""
    device, server = Device(), Server(count_max=37)
    device.append(600)
    events = talk(device, server)
    assert any(isinstance(event, Refused) and event.reason is Reason.TOO_LARGE for event in events)
    assert server.head == device.heads[-1]


def test_gap_is_answered_by_asking_again():
    """A server that lost its place during the conversation is asked again and served from there."""
    device, server = Device(), Server()
    device.append(900)
    push = device.push()
    push.hear(read(server.answer_ask(push.ask(b"n" * 16, 0, HEALTH))))
    want = push.want()
    push.hear(read(server.answer_push(push.send(want, device.records[:500], b"1" * 16))))
    emptied = Server()
    want = push.want()
    events = push.hear(read(emptied.answer_push(push.send(want, device.records[500:], b"2" * 16))))
    assert push.state is State.START
    assert events[0].reason is Reason.GAP
    talk(device, emptied)
    assert emptied.head == device.heads[-1]


@pytest.mark.parametrize(
    ("reason", "action"),
    [
        (Reason.BROKEN, Action.NEW_LOG), (Reason.TOO_LARGE, Action.SET_ASIDE), (Reason.MALFORMED, Action.SET_ASIDE),
        (Reason.BUSY, Action.RETRY), (Reason.UNKNOWN_KIOSK, Action.STOP),
    ],
)  # fmt: skip
@pytest.mark.parametrize("others", [0, 1])
def test_what_is_refused_of_one_log_holds_up_no_other(reason, action, others):
    """A refusal about the letter sets its log aside; one about the kiosk or the server ends the conversation."""
    devices = [Device.of(bytes([n]) * 16) for n in range(1 + others)]
    for device in devices:
        device.append(1)
    push = Push(
        ME, [Local("lobby", device.heads[-1], Head.empty(device.log), EPOCH) for device in devices],
        lambda log, seq: next(device for device in devices if device.log == log).hash_at(log, seq),
    )  # fmt: skip
    intake = Intake(SERVER)
    ask = intake.ask(push.ask(b"n" * 16, 0, HEALTH), find)
    stands = [Stand(device.log, 0, NO_HASH, "open", 0) for device in devices]
    push.hear(read(intake.position(ask, stands, epoch=EPOCH, server_ms=5, edition=3, limits=Limits())))
    sent = push.send(push.want(), devices[0].records, b"1" * 16)
    events = push.hear(read(intake.refuse(sent, reason, epoch=EPOCH, server_ms=5)))
    assert events[0] == Refused(reason, action, 0)
    assert (NewLogNeeded(devices[0].log, "damaged") in events) == (reason is Reason.BROKEN)
    of_the_letter = action in (Action.NEW_LOG, Action.SET_ASIDE)
    assert events[0].of_one_log == of_the_letter
    if not (of_the_letter and others):
        assert push.state is State.STOPPED
        return
    want = push.want()
    assert (want.log, want.count_max) == (devices[1].log, 500)
    opened = intake.open(push.send(want, devices[1].records, b"2" * 16), find)
    receipt = intake.receipt(opened.header, devices[1].heads[-1], forked=False, epoch=EPOCH, server_ms=5)
    push.hear(read(receipt))
    assert push.state is State.DONE


@pytest.mark.parametrize("reason", [reason for reason in Reason if ON_REFUSAL[reason] is not Action.RETRY])
def test_a_refused_question_ends_the_conversation(reason):
    """Nothing was said of any log yet, so none is set aside and none is opened."""
    device = Device()
    device.append(1)
    push = device.push()
    asked = push.ask(b"n" * 16, 0, HEALTH)
    [refused] = push.hear(read(Intake(SERVER).refuse(asked, reason, epoch=EPOCH, server_ms=5)))
    assert push.state is State.STOPPED
    assert not refused.of_one_log


def _opened_ask():
    push = Device().push()
    return push, Server().answer_ask(push.ask(b"n" * 16, 0, HEALTH))


@settings(max_examples=200)
@given(st.data())
def test_no_altered_answer_is_believed(data):
    """A portal's page, a flipped bit, a cut answer: an error of ours, and the push stands where it stood."""
    push, answer = _opened_ask()
    for lie in (data.draw(mutated(answer)), data.draw(st.binary(max_size=300)), b"<html>Please log in</html>"):
        with pytest.raises(SalaError):
            push.hear(read(lie))
        assert push.state is State.ASKED


def test_only_answers_to_this_question_count():
    """Another nonce, kiosk, office or signer: not an answer to this question."""
    intake = Intake(SERVER)
    push = Device().push()
    ask = intake.ask(push.ask(b"n" * 16, 0, HEALTH), find)
    stand = Stand(LOG, 0, NO_HASH, "open", 0)
    rest = {"epoch": EPOCH, "server_ms": 5, "edition": 0, "limits": Limits()}
    for change in ({"nonce": b"x" * 16}, {"kiosk": b"x" * 16}, {"office": b"x" * 16}):
        with pytest.raises(BadSignature):
            push.hear(read(intake.position(msgspec.structs.replace(ask, **change), [stand], **rest)))
    stranger = Intake(ServerSelf(OFFICE, keys.SigningKey(b"x" * 32), {}))
    with pytest.raises(BadSignature):
        push.hear(read(stranger.position(ask, [stand], **rest)))
    push.hear(read(intake.position(ask, [stand], **rest)))
    assert push.state is State.DONE


def test_receipt_must_be_for_what_was_sent():
    """A receipt for another log, a lower seq or another hash moves nothing (F-A4)."""
    device, server = Device(), Server()
    device.append(5)
    push = device.push()
    push.hear(read(server.answer_ask(push.ask(b"n" * 16, 0, HEALTH))))
    sealed = push.send(push.want(), device.records, b"1" * 16)
    header = server.intake.open(sealed, find).header
    good = device.heads[5]
    for head in (Head(b"x" * 16, 5, good.hash), device.heads[4], Head(LOG, 5, b"x" * 32), Head(LOG, 9, good.hash)):
        with pytest.raises(BadSignature):
            push.hear(read(server.intake.receipt(header, head, forked=False, epoch=EPOCH, server_ms=5)))
    assert push.state is State.SENT
    receipt = server.intake.receipt(header, good, forked=False, epoch=EPOCH, server_ms=5)
    assert push.hear(read(receipt)) == [Stored(good, 0)]


def _envelope(device, **change):
    first = device.records[0].header
    from shared import batch

    place = {
        "office": OFFICE, "kiosk": KIOSK, "log": LOG, "first_seq": 1, "count": len(device.records), "prev": first.prev,
        "last_hash": device.heads[-1].hash, "nonce": b"n" * 16, "to": SEALING.public, "by": KEY,
    }  # fmt: skip
    return envelope.seal(batch.pack(device.records), **(place | change))


STRANGER = keys.SigningKey(b"x" * 32)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"office": b"other-office-123"}, Reason.WRONG_OFFICE),
        ({"kiosk": b"unknown-kiosk-12"}, Reason.UNKNOWN_KIOSK),
        ({"by": STRANGER}, Reason.BAD_SIGNATURE),
        ({"to": keys.SealingKey(b"y" * 32).public}, Reason.CANNOT_OPEN),
    ],
)
def test_what_intake_declines(change, expected):
    """Another office's, an unknown kiosk's, a stranger's or an unopenable envelope is declined by name."""
    device = Device()
    device.append(3)
    with pytest.raises(NotTaken) as caught:
        Intake(SERVER).open(_envelope(device, **change), find)
    assert caught.value.reason is expected


def test_what_intake_refuses():
    """A lying last hash and a count that does not fit go no further; a revoked kiosk is heard, its server decides."""
    device = Device()
    device.append(3)
    intake = Intake(SERVER)
    with pytest.raises(Broken):
        intake.open(_envelope(device, last_hash=b"z" * 32), find)
    with pytest.raises(Malformed):
        intake.open(_envelope(device, count=2), find)
    opened = intake.open(_envelope(device), lambda _: KnownKiosk(KIOSK, KEY.public, True))
    receipt = intake.receipt(
        opened.header, Head(opened.header.log, 3, opened.hashes[-1]), forked=False, epoch=EPOCH, server_ms=5, apart=True
    )
    assert protocol.read_answer(receipt, ANSWERS.public).level == "quarantined"


@given(st.binary(max_size=400))
def test_refusals_answer_any_bytes(data):
    """Whatever came, the refusal is a signed answer, addressed as far as the bytes tell."""
    refused = Intake(SERVER).refuse(data, Reason.MALFORMED, epoch=EPOCH, server_ms=5)
    answer = protocol.read_answer(refused, ANSWERS.public)
    assert answer.reason is Reason.MALFORMED
    for read in (lambda: Intake(SERVER).ask(data, find), lambda: Intake(SERVER).open(data, find)):
        with pytest.raises((SalaError, NotTaken)):
            read()


@pytest.mark.parametrize("version", [1, 9])
def test_a_refused_wish_for_another_key_is_addressed_to_who_made_it(version):
    """Its ids stand in the inner note, in the same place in every version; a broken one names nobody."""
    wish = bytearray(protocol.roll(ME, keys.SigningKey(b"n" * 32), nonce=b"n" * 16))
    wish[4] = wish[86 + 4] = version
    refused = protocol.read_answer(
        Intake(SERVER).refuse(bytes(wish), Reason.BUSY, epoch=EPOCH, server_ms=5), ANSWERS.public
    )
    assert (refused.office, refused.kiosk, refused.nonce) == (OFFICE, KIOSK, b"n" * 16)
    for broken in (wish[:86], wish[:180], wish[:86] + wish[172:]):
        assert protocol.addressed(bytes(broken)) == (protocol.NO_ID,) * 3


def test_a_refused_request_to_enrol_names_nobody():
    """It names no office and no kiosk, for it has none yet."""
    request = protocol.enrol(CODE, KEY, nonce=b"n" * 16, device="", software="")
    assert protocol.addressed(request) == (protocol.NO_ID,) * 3


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (TooLarge("x"), Reason.TOO_LARGE), (Broken("x"), Reason.BROKEN), (KeyRefused("x"), Reason.BAD_SIGNATURE),
        (Malformed("x"), Reason.MALFORMED), (Gap("x"), Reason.MALFORMED), (NotTaken(Reason.GAP), Reason.GAP),
    ],
)  # fmt: skip
def test_whatever_intake_raises_has_a_reason(error, reason):
    """The word that goes back is that of the error or of what it is a kind of; a verdict brings its own."""
    assert protocol.reason_of(error) is reason


def test_every_refusal_has_an_action_and_every_state_a_way_on():
    """The tables are whole: no refusal without an action, no state that cannot be left but the two ends."""
    assert set(ON_REFUSAL) == set(Reason)
    assert {state for state, _ in TRANSITIONS} == set(State) - {State.DONE, State.STOPPED}
    assert {step for _, step in TRANSITIONS} == set(Step)


def test_idle_contact_is_small():
    """An idle contact is one question and one answer of well under a kilobyte together."""
    device, server = Device(), Server()
    push = device.push()
    ask = push.ask(b"n" * 16, 0, HEALTH)
    assert len(ask) + len(server.answer_ask(ask)) <= 1024


CODE = keys.enrolment_code(b"0123456789")


def _grant(request, secret, key_list=b""):
    return protocol.grant(
        request, secret, me=SERVER, office_name="อบต.ศาลาทอง", kiosk=KIOSK, kiosk_name="ตู้ 1", epoch=EPOCH,
        server_ms=5, series=["A", "B"], bundle_key=ANSWERS.public, seal_to=SEALING.public, code_salt=b"c" * 16,
        key_list=key_list,
    )  # fmt: skip


def _key_list(answers, root=KEY):
    listed = keylist.KeyList(
        1, OFFICE, 1, 5, [root.public.raw], 1, answers.public.raw, ANSWERS.public.raw, SEALING.public.raw
    )
    return keylist.sign(listed, by=[root])


def test_a_welcome_pins_the_office_root():
    """The key list of a welcome is proved by the code like the rest, and must name the keys that welcome."""
    request = protocol.read_enrol(protocol.enrol(CODE, KEY, nonce=b"n" * 16, device="d", software="s"))
    secret = keys.enrolment_secret(CODE)
    good = _key_list(ANSWERS)
    welcome = protocol.read_grant(_grant(request, secret, good), CODE, b"n" * 16)
    assert welcome.key_list == good
    with pytest.raises(KeyRefused):
        protocol.read_grant(_grant(request, secret, _key_list(KEY)), CODE, b"n" * 16)
    note = _grant(request, secret, good).replace(good, _key_list(ANSWERS, root=ANSWERS))
    with pytest.raises(BadSignature):
        protocol.read_grant(note, CODE, b"n" * 16)


def test_enrolment_proves_both_sides():
    """The server sees that the kiosk knows the code, and the kiosk that the server does."""
    request = protocol.read_enrol(protocol.enrol(CODE, KEY, nonce=b"n" * 16, device="d", software="s"))
    secret = keys.enrolment_secret(CODE)
    assert request.code_name == keys.enrolment_name(secret)
    protocol.check_enrol(request, secret)
    welcome = protocol.read_grant(_grant(request, secret), CODE, b"n" * 16)
    assert (welcome.office, welcome.series, welcome.kiosk_name) == (OFFICE, ["A", "B"], "ตู้ 1")


def test_enrolment_with_a_wrong_code_fails_on_both_sides():
    """A guessed code proves nothing; a server that does not know the code cannot welcome anybody (G-59)."""
    request = protocol.read_enrol(protocol.enrol(CODE, KEY, nonce=b"n" * 16, device="d", software="s"))
    with pytest.raises(NotTaken):
        protocol.check_enrol(request, b"9876543210")
    with pytest.raises(BadSignature):
        protocol.read_grant(_grant(request, b"9876543210"), CODE, b"n" * 16)
    with pytest.raises(BadSignature):
        protocol.read_grant(_grant(request, keys.enrolment_secret(CODE)), CODE, b"m" * 16)
    with pytest.raises(KeyRefused):
        protocol.enrol("no code", KEY, nonce=b"n" * 16, device="d", software="s")


@given(st.data())
def test_altered_enrolment_is_refused(data):
    """A flipped bit in request or welcome is an error of ours."""
    request = protocol.enrol(CODE, KEY, nonce=b"n" * 16, device="d", software="s")
    with pytest.raises(SalaError):
        protocol.read_enrol(data.draw(mutated(request)))
    welcome = _grant(protocol.read_enrol(request), keys.enrolment_secret(CODE))
    with pytest.raises(SalaError):
        protocol.read_grant(data.draw(mutated(welcome)), CODE, b"n" * 16)


def test_messages_are_canonical():
    """Every message type re-encodes to the bytes it was read from."""
    ask = protocol.Ask(OFFICE, KIOSK, b"n" * 16, 3, [protocol.Claim(LOG, "lobby", 1, NO_HASH)], HEALTH)
    data = wire.encode(ask)
    assert wire.decode(protocol.Ask, data, bytes_max=1000) == ask
