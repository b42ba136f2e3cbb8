"""What happens once when a server process begins."""

import ctypes
import logging
import os
import signal
import sys

from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError, connection, connections
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

from sync_server.keys import server_keys
from sync_server.kiosks.actions import forget_codes
from sync_server.organisations.models import Office
from sync_server.organisations.queries import the_office
from sync_server.projectors import Follower, follow, replay_readable
from sync_server.records import actions as records
from sync_server.restoring import refuse_half_restored

logger = logging.getLogger(__name__)

_PR_SET_PDEATHSIG = 1


def check_ready() -> None:
    """Raise `ImproperlyConfigured`, with what to do, where the server could not answer: half restored, no keys,
    no tables, no office.
    """
    refuse_half_restored()
    server_keys()
    try:
        the_office()
        pending = MigrationExecutor(connection).migration_plan(MigrationExecutor(connection).loader.graph.leaf_nodes())
    except (DatabaseError, Office.DoesNotExist) as error:
        raise ImproperlyConfigured(f"the database holds no office yet ({error}): run 'sala-server init'") from error
    finally:
        connections.close_all()
    if pending:
        raise ImproperlyConfigured("the database is of an older version: run 'sala-server migrate'")


def end_with_parent() -> None:
    """Let this process be killed when the one that started it is gone: a worker left over would go on answering at the
    server's port, from a data folder that may be another's by then. Linux only; elsewhere nothing happens.
    """
    prctl = getattr(ctypes.CDLL(None, use_errno=True), "prctl", None)
    if prctl is not None and prctl(_PR_SET_PDEATHSIG, signal.SIGKILL) != 0:
        logger.warning("this process will not notice the end of its parent: %s", os.strerror(ctypes.get_errno()))


def start_process() -> Follower:
    """Settle the server's epoch, send learnt kinds through the projectors again, and start the follower."""
    # The follower computes while requests mostly wait for SQLite: with Python's default of 5 ms, a request would wait
    # so long for the interpreter after each statement that a push of 500 records took ten times its work.
    sys.setswitchinterval(0.0005)
    now = timezone.now()
    records.start(the_office(), now=now, epoch=os.urandom(16))
    forget_codes(now)
    replay_readable()
    # The threads that answer requests open connections of their own.
    connections.close_all()
    return follow()
