"""The worker: everything in order, nothing lost, nothing fatal."""

import threading

from kiosk.worker import Done, Failed, Worker


def test_jobs_run_in_order_and_failures_come_back():
    """What a function returns or raises reaches `done`, in the order submitted, on another thread."""
    told = []
    touched = []
    worker = Worker(after=lambda: touched.append(1))
    worker.submit(lambda: 1, told.append)
    worker.submit(lambda: 1 // 0, told.append)
    worker.submit(threading.get_ident, told.append)
    worker.close()
    assert told[0] == Done(1)
    assert isinstance(told[1], Failed)
    assert isinstance(told[1].error, ZeroDivisionError)
    assert told[2].value != threading.get_ident()
    assert len(touched) == 3


def test_a_failing_callback_ends_nothing():
    """After a callback raised, the next job still runs."""
    told = []
    worker = Worker()
    worker.submit(lambda: 1, lambda result: 1 // 0)
    worker.submit(lambda: 2, told.append)
    worker.close()
    assert told == [Done(2)]
