"""The commands of bench/race/peer.py for Morango. Run with this package's parent folder on PYTHONPATH.

Each folder counts as a machine of its own: Morango tells instances apart by the machine's id, which a copy on another
machine would not share.
"""

import json
import os
import sys
import time
from pathlib import Path

import django
from django.conf import settings

PROFILE = "race"


def configure(folder: str) -> None:
    """One SQLite database a folder, with Django's and SQLite's own defaults; Morango's own settings untouched."""
    os.environ["MORANGO_SYSTEM_ID"] = str(Path(folder).absolute())
    settings.configure(
        SECRET_KEY="race",  # noqa: S106 - guards nothing
        ALLOWED_HOSTS=["*"],
        INSTALLED_APPS=[
            "django.contrib.contenttypes",
            "django.contrib.auth",
            "rest_framework",
            "mptt",
            "morango",
            "morango_peer",
        ],
        DATABASES={
            "default": {
                "ENGINE": "django.db.backends.sqlite3",
                "NAME": str(Path(folder) / "db.sqlite3"),
                "OPTIONS": {"timeout": 60},
            }
        },
        ROOT_URLCONF="morango.urls",
        USE_TZ=True,
    )
    django.setup()


def migrate() -> None:
    """Make the tables."""
    from django.core.management import call_command

    call_command("migrate", run_syncdb=True, verbosity=0)


def prepare(folder: str) -> None:
    """A server: tables and the office's root certificate."""
    configure(folder)
    migrate()
    from morango.models.certificates import Certificate

    root = Certificate.generate_root_certificate("office")
    said = {
        "serialized": root.serialized,
        "signature": root.signature,
        "key": root.private_key.get_private_key_string(),
    }
    (Path(folder) / "office.json").write_text(json.dumps(said))


def serve(folder: str, port: str) -> None:
    """Answer, behind the HTTP server that Morango's own product uses."""
    configure(folder)
    from cheroot.wsgi import Server
    from django.core.wsgi import get_wsgi_application

    server = Server(("127.0.0.1", int(port)), get_wsgi_application(), numthreads=4)
    try:
        server.start()
    finally:
        server.stop()


def admit(server: str, device: str, url: str) -> None:
    """A device that holds the office's certificate: the strongest rights there are."""
    configure(device)
    migrate()
    from django.core.management import call_command
    from morango.models.certificates import Certificate, Key

    call_command("loaddata", "scopedefinitions", verbosity=0)
    said = json.loads((Path(server) / "office.json").read_text())
    root = Certificate.deserialize(said["serialized"], said["signature"])
    root.private_key = Key(private_key_string=said["key"])
    root.save()
    (Path(device) / "url").write_text(url)


def capture(device: str) -> None:
    """Keep touches, one transaction for all."""
    configure(device)
    from django.db import connection, transaction
    from morango.models.certificates import Certificate

    from morango_peer.models import Touch

    office = Certificate.objects.get(parent=None).id
    with transaction.atomic():
        for line in sys.stdin:
            said = json.loads(line)
            day = said["day"]
            sound = day[:4].isdigit()
            touch = Touch(
                name=said["name"],
                kind=said["kind"],
                day=day if sound else "2026-11-02",
                fields=json.dumps(said["fields"], ensure_ascii=False),
                office=office,
            )
            touch.save()
            if not sound:
                # As a device would that has a fault: Django itself writes no such day.
                with connection.cursor() as cursor:
                    cursor.execute("UPDATE morango_peer_touch SET day = %s WHERE id = %s", [day, touch.id])


def sync(device: str) -> None:
    """One push of everything, as an application would call it."""
    configure(device)
    from morango.models.certificates import Certificate, Filter
    from morango.sync.controller import MorangoProfileController

    started = time.perf_counter()
    root = Certificate.objects.get(parent=None)
    url = (Path(device) / "url").read_text()
    connection = MorangoProfileController(PROFILE).create_network_connection(url)
    session = connection.create_sync_session(root, root)
    push = session.get_push_client()
    push.initialize(Filter(root.id))
    push.run()
    push.finalize()
    connection.close_sync_session(session.sync_session)
    connection.close()
    print(time.perf_counter() - started)


def held(folder: str) -> None:
    """The touches the server's application has."""
    configure(folder)
    from morango_peer.models import Touch

    print(json.dumps(list(Touch.objects.values_list("name", flat=True))))


if __name__ == "__main__":
    command, *words = sys.argv[1:]
    {"prepare": prepare, "serve": serve, "admit": admit, "capture": capture, "sync": sync, "held": held}[command](
        *words
    )
