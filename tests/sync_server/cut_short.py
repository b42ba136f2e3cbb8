"""The power goes at the n-th step of what is written: in a child that dies there, while the test lives on."""

import os
import shutil
from collections.abc import Callable

from django.db import connections

#: What a run had when it died, ended in an error, or came through.
DIED, FAILED, THROUGH = 9, 2, 0
_STEPS = ((os, "fsync"), (os, "rename"), (os, "replace"), (os, "unlink"), (shutil, "rmtree"))


def cut_at(call: int, act: Callable[[], object]) -> int:
    """Run `act` in a child that dies at its `call`-th sync, rename or removal; returns one of the three above."""
    connections.close_all()
    child = os.fork()
    if not child:
        left = [call]
        for where, name in _STEPS:
            setattr(where, name, _counted(getattr(where, name), left))
        try:
            act()
        except BaseException:  # noqa: BLE001 - the parent sees the status
            os._exit(FAILED)
        os._exit(THROUGH)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def _counted(real: Callable, left: list[int]) -> Callable:
    def step(*words, **more):
        left[0] -= 1
        if not left[0]:
            os._exit(DIED)
        return real(*words, **more)

    return step
