"""`sala-kiosk`: the one command of whoever looks after a kiosk.

    sala-kiosk enrol --server URL --code CODE   become a kiosk of the office behind URL    (once)
    sala-kiosk enrol --scan                     the same with a scanner: the QR code of the server's page
    sala-kiosk enrol --stick DIR --code CODE    the same without a line; twice, with a way to the server in between
    sala-kiosk run                              open the window and serve citizens; enrol by touch, where it was not yet
    sala-kiosk status                           how far records got, what needs a person; also while it runs
    sala-kiosk leave                            make ready to be enrolled anew, records and all; not while it runs
    sala-kiosk roll-key                         sign with a new key from now on; not while it runs
    sala-kiosk verify                           check every record, document and piece of content; not while it runs
    sala-kiosk join CODE                        take numbers from the kiosk that host_kiosk names; not while it runs
    sala-kiosk pin                              turn a PIN into the line for kiosk.toml
    sala-kiosk words                            list the Malay that is missing here, or that nobody approved yet
    sala-kiosk voices                           who reads the screens aloud, and how much nobody recorded
    sala-kiosk record LANGUAGE                  record what the kiosk says, sentence by sentence

`--data DIR` names the data folder (else var/kiosk). Exit status: 0 done, 1 something needs a person, 2 refused with a
sentence on stderr that says what to do.
"""

import argparse
import getpass
import logging
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from kiosk import bootstrap, config, identity, review, studio
from kiosk.clock import Clock
from kiosk.desk import pairing, taking, tally
from kiosk.desk.health import Health
from kiosk.desk.services import NoContent
from kiosk.devices import sound
from kiosk.devices.host import NotJoined
from kiosk.devices.host import join as join_host
from kiosk.devices.voices import PACKAGED
from kiosk.store import StoreInUse
from kiosk.store.check import check_all
from kiosk.store.editions import Editions
from kiosk.sync import rolling
from kiosk.sync.enrolment import enrol, enrol_by_stick, leave
from kiosk.sync.https import Https
from kiosk.trust import Trust
from kiosk.ui.shaping.house import breaker
from shared.content import Bundle
from shared.errors import SalaError
from shared.fourwords import four_words, numbers
from shared.invitation import CHARS_MAX
from shared.invitation import read as read_invitation
from shared.records import BOOT_BYTES

_PIN_DIGITS_MIN = 6


def main(argv: list[str] | None = None) -> int:
    """Run one sub-command; returns the exit status."""
    args = _parser().parse_args(argv)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s", stream=sys.stderr)
    verb: Callable[[argparse.Namespace], int] = args.verb
    try:
        return verb(args)
    except SalaError as error:
        print(f"sala-kiosk: {error}\n{error.remedy}", file=sys.stderr)
        return 2


def _parser() -> argparse.ArgumentParser:
    # The same option before and behind the sub-command; SUPPRESS lets the one that was given win.
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument("--data", type=Path, default=argparse.SUPPRESS, help="data folder (default var/kiosk)")
    parser = argparse.ArgumentParser(prog="sala-kiosk", description="A kiosk of Sala.")
    parser.add_argument("--data", type=Path, default=Path("var/kiosk"), help="data folder (default var/kiosk)")
    commands = parser.add_subparsers(required=True, metavar="command")

    def add(name: str, verb: Callable[[argparse.Namespace], int], help_: str) -> argparse.ArgumentParser:
        command = commands.add_parser(name, parents=[common], help=help_)
        command.set_defaults(verb=verb)
        return command

    enrol_ = add("enrol", _enrol, "become a kiosk of an office")
    road = enrol_.add_mutually_exclusive_group(required=True)
    road.add_argument("--server", help="where the office's server answers")
    road.add_argument("--stick", type=Path, help="without a line: where a USB stick is mounted")
    road.add_argument("--scan", action="store_true", help="with a scanner that types: the QR code of the server's page")
    enrol_.add_argument("--code", default="", help="the one-time code from the server's page for kiosks")
    enrol_.add_argument("--ca-file", default="", help="certificate authority to believe (PEM)")
    add("run", _run, "open the window and serve citizens")
    status = add("status", _status, "how far records got, and what needs a person")
    status.add_argument("--json", action="store_true", help="everything, for scripts")
    add("verify", _verify, "check every record, document and piece of content")
    add("leave", _leave, "make ready to be enrolled anew; the records stay")
    add("roll-key", _roll_key, "sign with a new key from now on")
    join = add("join", _join, "let this second kiosk take its numbers from the one that host_kiosk names")
    join.add_argument("code", help="the eight digits on the host kiosk's staff screen")
    add("pin", _pin, "turn a PIN into the line for kiosk.toml")
    words = add("words", _words, "list the Malay that is missing or not approved, or approve it")
    words.add_argument("folder", type=Path, nargs="?", help="an office's content; without it, what this kiosk shows")
    words.add_argument("--approve-by", metavar="POSITION", default="", help="this position approves it, today")
    words.add_argument("--only", metavar="TABLE", nargs="+", default=(), help="only these tables of the kiosk's own")
    voices = add("voices", _voices, "list who reads the screens aloud, or make placeholders by machine")
    voices.add_argument("--content", type=Path, help="the office's content, such as assets/office-sample, to say too")
    voices.add_argument("--make", metavar="FOLDER", type=Path, help="write a placeholder for every language below it")
    record = add("record", _record, "record what the kiosk says, sentence by sentence")
    record.add_argument("language", choices=sorted(studio.MACHINE))
    record.add_argument("--content", type=Path, help="the office's content, to record after the kiosk's own sentences")
    record.add_argument("--speaker", default="", help="who speaks, as the list of voices may say")
    record.add_argument("--licence", default="", help="under which licence the recordings may be used")
    record.add_argument("--again", metavar="WORDS", default="", help="record once more what has these words in it")
    return parser


def _enrol(args: argparse.Namespace) -> int:
    clock = Clock(os.urandom(BOOT_BYTES))
    if args.stick is not None:
        return _enrol_by_stick(args, clock)
    url, code = _scanned() if args.scan else (args.server, args.code)
    transport = Https(url, ca_file=args.ca_file, now=clock.guess)
    _tell_enrolled(enrol(args.data, transport, code=code, url=url, clock=clock, random=os.urandom))
    return 0


def _join(args: argparse.Namespace) -> int:
    with bootstrap.open_kiosk(args.data) as kiosk:
        url = kiosk.world.config.host_kiosk
        if not url:
            raise NotJoined("host_kiosk is not set in kiosk.toml")
        taking.keep_membership(kiosk.world, *pairing.token_key(join_host(url, args.code)))
    print(f"joined {url}: numbers come from there while it is reached")
    return 0


def _scanned() -> tuple[str, str]:
    """Address and code from one line of a scanner, which is a keyboard."""
    print("Scan the QR code on the server's page for a new kiosk.", flush=True)
    invitation = read_invitation(sys.stdin.readline(CHARS_MAX))
    print(f"The server is {invitation.url}.")
    return invitation.url, invitation.code


def _enrol_by_stick(args: argparse.Namespace, clock: Clock) -> int:
    me = enrol_by_stick(args.data, args.stick, code=args.code, clock=clock, random=os.urandom)
    os.sync()
    if me is None:
        print("The request lies on the stick, which may be pulled out now. At the server: sala-server import-stick.")
        print("Then bring it back here and give this same command once more.")
        return 0
    _tell_enrolled(me)
    edition = bootstrap.take_content(args.data, args.stick, clock)
    print(f"content: edition {edition}" if edition else "no content lay on the stick")
    return 0


def _tell_enrolled(me: identity.Identity) -> None:
    print(f"{me.kiosk_name}: enrolled with {me.office_name}, tickets {', '.join(me.series)}")
    print(f"Compare with the server: {' · '.join(four_words(me.fingerprint))}   ({numbers(me.fingerprint)})")
    print("If one differs, somebody stands between: say so on the server's page, and do not start this kiosk.")


def _run(args: argparse.Namespace) -> int:
    # Kivy is imported only here: the other commands work on a machine without a display.
    from kiosk.ui import app

    told = os.environ.get("NOTIFY_SOCKET")
    try:
        kiosk = bootstrap.open_kiosk(args.data)
    except identity.NotEnrolled:
        return _enrol_by_touch(args.data)
    except SalaError as error:
        print(f"sala-kiosk: {error}\n{error.remedy}", file=sys.stderr)
        app.run_stopped(_readable_settings(args.data), error)
        return 2
    with kiosk:
        kiosk.start()
        ending = app.run(kiosk.world, kiosk.clock, kiosk.worker, kiosk.printing, kiosk.sync, kiosk.queue)
        command = kiosk.world.config.shut_down_command
    # Only now, with everything kept and closed, may the power go, or the identity.
    if ending == "off" and command:
        return _switch_off(command)
    if ending == "enrol again":
        leave(args.data)
        _begin_anew(told)
    return 0


def _switch_off(command: list[str]) -> int:
    """Run what cuts the power; where it may not, the status is another than 0, and whatever started us does so again:
    better a kiosk that comes back than a dark screen on a machine that runs on.
    """
    try:
        status = subprocess.run(command, check=False).returncode
        why = f"it ended with {status}"
    except OSError as error:
        status, why = 1, str(error)
    if status:
        print(
            f"sala-kiosk: `{' '.join(command)}` did not switch the machine off: {why}\n"
            "Let the kiosk's user do that, as docs/operations.md says, or mend shut_down_command in kiosk.toml.",
            file=sys.stderr,
        )
    return status


def _enrol_by_touch(data: Path) -> int:
    """Let the installer enrol at the screen; the program then begins anew, as a kiosk."""
    from kiosk.ui import app

    settings, clock = config.load(data), Clock(os.urandom(BOOT_BYTES))
    told = os.environ.get("NOTIFY_SOCKET")
    if app.run_enrolling(settings, clock, bootstrap.Entry(settings, clock)):
        _begin_anew(told)
    return 0


def _begin_anew(told: str | None) -> None:
    """This program from its beginning, in its place; `told` is the socket that is told how it is."""
    if told is not None:
        # The window's heart took it, so that no child of it says it lives.
        os.environ["NOTIFY_SOCKET"] = told
    os.execv(sys.executable, [sys.executable, *sys.orig_argv[1:]])  # noqa: S606 - this very program


def _readable_settings(data: Path) -> config.Config:
    """The settings for the screen that says what is wrong: the defaults where the settings are what is wrong."""
    try:
        return config.load(data)
    except config.ConfigError:
        return config.Config(data=data)


def _status(args: argparse.Namespace) -> int:
    try:
        told = bootstrap.status(args.data)
    except StoreInUse:
        # It runs: the process itself writes how it stands, after each turn and touch.
        told = (args.data / bootstrap.STATUS_NAME).read_bytes()
    view = bootstrap.read_status(told)
    if args.json:
        print(told.decode(), end="")
    else:
        print(_sentences(view))
    return 1 if view.problems else 0


def _sentences(view: Health) -> str:
    waiting = f", the oldest for {view.oldest_waiting}" if view.oldest_waiting else ""
    lines = [
        f"{view.kiosk_name} ({view.software})",
        f"records     {view.captured} captured, {view.stored} stored, {view.backed_up} backed up",
        f"waiting     {view.waiting}{waiting}",
        f"server      {view.link.state}, last heard {view.last_heard or 'never'}",
        f"content     edition {view.edition}" + (f" of {view.edition_made:%Y-%m-%d}" if view.edition_made else ""),
        f"printer     {view.printer.value}",
        f"sound       {view.sound}",
        f"voices      {', '.join(f'{language} {kind}' for language, kind in view.voices.items())}",
        f"problems    {', '.join(view.problems) or 'none'}",
        *(f"fault       {fault}" for fault in view.faults),
    ]
    return "\n".join(lines)


def _verify(args: argparse.Namespace) -> int:
    with bootstrap.open_kiosk(args.data) as kiosk:
        world = kiosk.world
        found = [check_all(world.store)]
        if world.apart.exists:
            with world.apart.open(kiosk.clock.now().service_date) as book:
                found.append(check_all(book.store))
        faults = [fault for each in found for fault in each.faults]
        faults += [*tally.differences(world), *world.content.faults]
    print(f"{sum(each.records for each in found)} records, {sum(each.documents for each in found)} documents hold")
    for fault in faults:
        print(f"fault: {fault}")
    return 1 if faults else 0


def _leave(args: argparse.Namespace) -> int:
    captured = leave(args.data)
    print(f"This device belongs to no office now. Its {captured} records stay in {args.data} and go with it.")
    print("Enrol it with a code: at its screen (sala-kiosk run), or with sala-kiosk enrol.")
    print(f"To think better of it, rename the two files there that end in {identity.BEFORE} back.")
    return 0


def _roll_key(args: argparse.Namespace) -> int:
    with bootstrap.open_kiosk(args.data) as kiosk:
        rolling.begin(args.data, os.urandom)
        transport = kiosk.sync.transport
        if transport is not None and rolling.go_on(kiosk.world, kiosk.clock, transport):
            print(f"{kiosk.world.identity.kiosk_name} signs with a new key; the old one is worth nothing any more")
            return 0
    print("the new key is made; the kiosk turns to it by itself once it reaches the server")
    return 1


def _pin(_args: argparse.Namespace) -> int:
    pin = getpass.getpass("PIN: ")
    if not (pin.isascii() and pin.isdigit() and len(pin) >= _PIN_DIGITS_MIN):
        print(f"sala-kiosk: a PIN has {_PIN_DIGITS_MIN} digits or more", file=sys.stderr)
        return 2
    print(f'staff_pin_hash = "{config.pin_hash(pin, os.urandom(16))}"')
    return 0


def _edition(data: Path) -> Bundle:
    """The edition on this kiosk's screen; a running kiosk is not disturbed."""
    me = identity.load(data)
    trust = Trust(data, me)
    bundle = Editions(data / identity.CONTENT_NAME, trust.bundles, me.office, earlier=trust.earlier_bundles).bundle
    if bundle is None:
        raise NoContent("no content yet")
    return bundle


def _words(args: argparse.Namespace) -> int:
    if args.approve_by and args.folder is None:
        print("sala-kiosk: approvals are written into the office's content: name its folder", file=sys.stderr)
        return 2
    if args.approve_by:
        today = Clock(os.urandom(BOOT_BYTES)).now().service_date
        count = review.approve(args.folder, args.approve_by, today, args.only)
        print(f"{count} sentences approved by {args.approve_by}")
    if args.folder is not None:
        found = review.left(review.read_folder(args.folder))
    else:
        found = review.left_in(_edition(args.data))
    print(review.told(found))
    return 1 if found else 0


def _voices(args: argparse.Namespace) -> int:
    content = review.read_folder(args.content) if args.content else ()
    if args.make:
        for language, name in studio.MACHINE.items():
            folder = args.make / f"{language}-placeholder"
            count = studio.make_placeholder(folder, language, content, studio.espeak(name), breaker().words)
            print(f"{folder}: {count} clips, a placeholder")
    settings = _readable_settings(args.data)
    folders = [settings.path(settings.voices_folder), args.make or PACKAGED]
    print(studio.told(studio.MACHINE, content, folders))
    return 0


def _record(args: argparse.Namespace) -> int:
    settings = config.load(args.data)
    folder = settings.path(settings.voices_folder)
    content = review.read_folder(args.content) if args.content else ()
    if args.again:
        texts = [text for text in studio.wanted(args.language, content) if args.again.casefold() in text.casefold()]
    else:
        texts = studio.left(args.language, content, [folder])
    player = sound.from_config(settings)

    def play(samples: bytes) -> None:
        playing = player.play(samples, 1.0)
        while not playing.over:
            time.sleep(0.05)

    pack = studio.OfficePack(folder / f"{args.language}-office", args.language, args.speaker, args.licence)
    desk = studio.Desk(studio.Terminal(), lambda: studio.Arecord(studio.ARECORD), play)
    print(f"{studio.record(pack, texts, desk)} clips kept in {pack.folder}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
