"""`sala-server`: the one command of the person who looks after the server.

    sala-server init                     make the data folder, the keys and the office      (once)
    sala-server migrate                  bring the database to this version
    sala-server staff NAME               let somebody sign in: the first of all, or who lost the password
    sala-server serve                    answer kiosks and staff, on loopback unless told otherwise
    sala-server enrol-code               a one-time code for a new kiosk
    sala-server roll-keys --root FILE    new keys for the server, signed for by the office root
    sala-server import-stick FOLDER      take what kiosks wrote on a USB stick, and write what goes back
    sala-server export-stick FOLDER      write content and answers for kiosks on a USB stick
    sala-server backup-key FILE          make a key that opens backups, to be taken away; two are needed
    sala-server backup --to FOLDER       a verified, encrypted copy on another machine or disk, by a timer
    sala-server restore FILE             a backup into an empty machine
    sala-server demo-office              the fictional office, its staff and its content
    sala-server manage rebuild cases     any other command of the applications

`--data DIR` before the sub-command names the data folder (else SALA_SERVER_DATA, else var/server).
"""

import argparse
import os
import sys
from collections.abc import Callable
from pathlib import Path


def main(argv: list[str] | None = None) -> int:
    """Run one sub-command; returns the exit status (0 done, 2 refused with a sentence on stderr)."""
    args, rest = _parser().parse_known_args(sys.argv[1:] if argv is None else argv)
    if args.data:
        os.environ["SALA_SERVER_DATA"] = str(Path(args.data).absolute())
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sync_server.settings")
    from django.conf import settings

    from sync_server.files import make_folder

    # What citizens wrote lies in the data folder, and whoever installs may have made that with room for everybody.
    os.umask(0o077)
    make_folder(settings.DATA_DIR, mode=0o700)
    settings.STATIC_ROOT.mkdir(exist_ok=True)
    run: Callable[[argparse.Namespace, list[str]], int] = args.run
    return run(args, rest)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="sala-server", description="The office's server of Sala.")
    parser.add_argument("--data", help="data folder (keys, SQLite database, anchor)")
    commands = parser.add_subparsers(required=True, metavar="command")
    for name, help_text in {
        "init": "make the data folder, the keys and the office",
        "migrate": "bring the database to this version",
        "staff": "let somebody sign in: the first of all, or who lost the password",
        "enrol-code": "a one-time code for a new kiosk",
        "roll-keys": "new keys for the server, signed for by the office root",
        "import-stick": "take what kiosks wrote on a USB stick, and write what goes back",
        "export-stick": "write content and answers for kiosks on a USB stick",
        "backup-key": "make a key that opens backups, to be taken away",
        "backup": "a verified, encrypted copy on another machine or disk",
        "restore": "a backup into an empty machine",
        "demo-office": "the fictional office with its staff and content",
    }.items():
        commands.add_parser(name, help=help_text, add_help=False).set_defaults(run=_management(name))
    manage = commands.add_parser("manage", help="any command of the applications", add_help=False)
    manage.set_defaults(run=lambda _args, rest: _call(rest))
    serve = commands.add_parser("serve", help="answer kiosks and staff")
    serve.add_argument("--host", default="127.0.0.1")
    serve.add_argument("--port", type=int, default=8420)
    # A request waits for the disk (fsync) more than for a processor: a few more threads than the two cores it is
    # meant for.
    serve.add_argument("--threads", type=int, default=4, help="requests worked on at one time")
    serve.add_argument("--pid-file", type=Path)
    serve.set_defaults(run=_serve)
    return parser


def _management(name: str) -> Callable[[argparse.Namespace, list[str]], int]:
    return lambda _args, rest: _call([name.replace("-", "_"), *rest])


def _call(words: list[str]) -> int:
    from django.core.management import ManagementUtility

    ManagementUtility(["sala-server", *words]).execute()
    return 0


def _serve(args: argparse.Namespace, _rest: list[str]) -> int:
    import django
    from django.core.exceptions import ImproperlyConfigured

    django.setup()
    from sync_server.serving import serve
    from sync_server.starting import check_ready

    try:
        check_ready()
    except ImproperlyConfigured as error:
        print(f"sala-server: {error}", file=sys.stderr)
        return 2
    serve(args.host, args.port, args.threads, args.pid_file)
    return 0


if __name__ == "__main__":
    sys.exit(main())
