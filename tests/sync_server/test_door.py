"""A request takes a thread once it is there, whole; whoever is slow, or sends too much, holds none (F-N11)."""

import asyncio
import threading
from io import BytesIO

import pytest

from sync_server.door import Door, as_sent, environ


def echo(environ, start_response):
    """Answers with the body it was given."""
    start_response("200 OK", [("Content-Type", "application/octet-stream")])
    return [environ["wsgi.input"].read()]


def scope(**more):
    """A POST as granian describes it."""
    return {
        "type": "http", "method": "POST", "raw_path": b"/sync/push", "query_string": b"", "http_version": "1.1",
        "scheme": "http", "server": ("127.0.0.1", "8420"), "client": ("127.0.0.1", "51004"), "headers": [], **more,
    }  # fmt: skip


async def asked(door, *parts, pause_s=0.0, then="end"):
    """The answer to a body in `parts`, one each `pause_s`, and after them its end, nothing more, or a hang-up."""
    left, said = list(parts), []

    async def receive():
        if left:
            await asyncio.sleep(pause_s)
            return {"type": "http.request", "body": left.pop(0), "more_body": bool(left) or then != "end"}
        if then == "nothing":
            await asyncio.Event().wait()
        return {"type": "http.disconnect"}

    async def send(message):
        said.append(message)

    await door(scope(), receive, send)
    return [(message.get("status"), message.get("body")) for message in said]


def door(application=echo, **settings):
    """Two threads, little patience."""
    return Door(application, **{"threads": 2, "body_bytes_max": 1000, "stall_s": 0.2, "whole_s": 5.0, **settings})


OK = (200, None)
TOO_SLOW = [(408, None), (None, b"")]


def test_a_body_comes_in_whole_whatever_its_pieces():
    """However it was cut on the way."""
    assert asyncio.run(asked(door(), b"ab", b"", b"c")) == [OK, (None, b"abc")]
    assert asyncio.run(asked(door(), b"")) == [OK, (None, b"")]


def test_of_a_body_too_long_only_so_much_is_read():
    """The application sees one byte more than it takes, and says so itself; the rest is never read."""
    assert asyncio.run(asked(door(), b"x" * 900, b"x" * 900, then="nothing")) == [OK, (None, b"x" * 1000)]


def test_who_stalls_is_sent_away():
    """Nothing more comes: 408, and the application never hears of it."""
    heard = []
    slow = door(lambda environ, start: heard.append(environ) or echo(environ, start))
    assert asyncio.run(asked(slow, b"half", then="nothing")) == TOO_SLOW
    assert asyncio.run(asked(slow, then="nothing")) == TOO_SLOW
    assert heard == []


def test_who_drips_is_sent_away():
    """Each byte comes before the stall is one, the whole does not end."""
    assert asyncio.run(asked(door(whole_s=0.3), *[b"x"] * 100, pause_s=0.05)) == TOO_SLOW
    assert asyncio.run(asked(door(), *[b"x"] * 10, pause_s=0.05)) == [OK, (None, b"x" * 10)]


def test_who_hangs_up_is_answered_nothing():
    """Neither the application nor the line hears anything."""
    assert asyncio.run(asked(door(), b"half", then="hang up")) == []


def test_slow_bodies_hold_no_thread():
    """While ten hang, with two threads, another is answered at once."""

    async def all_of_them():
        one = door(stall_s=30.0)
        slow = [asyncio.create_task(asked(one, b"half", then="nothing")) for _ in range(10)]
        await asyncio.sleep(0)
        async with asyncio.timeout(5):
            answer = await asked(one, b"whole")
        for each in slow:
            each.cancel()
        return answer

    assert asyncio.run(all_of_them()) == [OK, (None, b"whole")]


def test_more_than_so_much_is_never_held():
    """The one that has been sending longest goes; what has been answered, or sent away, counts no more."""

    async def all_of_them():
        one = door(stall_s=30.0, held_bytes_max=2500)
        slow = []
        for _ in range(3):
            slow.append(asyncio.create_task(asked(one, b"x" * 999, then="nothing")))
            await asyncio.sleep(0.05)
        done = [each.done() for each in slow]
        whole = [await asked(one, b"x" * 100, b"y" * 100) for _ in range(50)]
        still = [each.done() for each in slow]
        first = await slow[0]
        for each in slow[1:]:
            each.cancel()
        return done, first, whole, still

    done, first, whole, still = asyncio.run(all_of_them())
    assert (done, first) == ([True, False, False], TOO_SLOW)
    assert whole == [[OK, (None, b"x" * 100 + b"y" * 100)]] * 50
    assert still == [True, False, False]


def test_no_more_than_so_many_threads_work_at_one_time():
    """What the command's --threads says is what runs."""
    most, now, lock, together = 0, 0, threading.Lock(), threading.Barrier(2, timeout=10)

    def counting(environ, start_response):
        nonlocal most, now
        with lock:
            now += 1
            most = max(most, now)
        together.wait()
        with lock:
            now -= 1
        return echo(environ, start_response)

    async def all_of_them():
        one = door(counting)
        return await asyncio.gather(*(asked(one, b"%d" % each) for each in range(8)))

    assert [answer[1][1] for answer in asyncio.run(all_of_them())] == [b"%d" % each for each in range(8)]
    assert most == 2


def test_what_the_application_opened_is_closed():
    """`close` of its answer is called, after an error in the midst of it too."""
    closed = []

    class Parts:
        def __init__(self, *, fails):
            self._fails = fails

        def __iter__(self):
            yield b"one"
            if self._fails:
                raise OSError("the disk is gone")

        def close(self):
            closed.append(self._fails)

    def answering(*, fails):
        def application(environ, start_response):
            start_response("204 No Content", [])
            return Parts(fails=fails)

        return door(application)

    assert asyncio.run(asked(answering(fails=False), b"")) == [(204, None), (None, b"one")]
    with pytest.raises(OSError, match="the disk is gone"):
        asyncio.run(asked(answering(fails=True), b""))
    assert closed == [False, True]


def test_the_environment_is_what_pep_3333_asks_for():
    """Path as raw bytes, headers by their names, doubled ones joined, none that poses as another by its spelling."""
    found = environ(
        scope(
            raw_path=b"/a%20b/%E0%B8%81%FF", query_string=b"x=%41",
            headers=[
                (b"content-length", b"3"), (b"content-type", b"text/plain"), (b"cookie", b"a=1"), (b"cookie", b"b=2"),
                (b"accept", b"text/html"), (b"accept", b"*/*"), (b"x-forwarded-for", b"10.0.0.1"),
                (b"x_forwarded_for", b"6.6.6.6"),
            ],
        ),
        b"abc",
    )  # fmt: skip
    assert found.pop("wsgi.errors").writable()
    assert isinstance(found["wsgi.input"], BytesIO)
    assert found.pop("wsgi.input").read() == b"abc"
    assert found == {
        "REQUEST_METHOD": "POST", "SCRIPT_NAME": "", "PATH_INFO": "/a b/à¸\x81ÿ", "QUERY_STRING": "x=%41",
        "SERVER_NAME": "127.0.0.1", "SERVER_PORT": "8420", "SERVER_PROTOCOL": "HTTP/1.1", "REMOTE_ADDR": "127.0.0.1",
        "CONTENT_LENGTH": "3", "CONTENT_TYPE": "text/plain", "HTTP_COOKIE": "a=1; b=2",
        "HTTP_ACCEPT": "text/html,*/*", "HTTP_X_FORWARDED_FOR": "10.0.0.1", "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http", "wsgi.multithread": True, "wsgi.multiprocess": False, "wsgi.run_once": False,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("proxies", "said", "client"),
    [
        (0, [b"10.0.0.1"], "127.0.0.1"),
        (1, [], "127.0.0.1"),
        (1, [b"10.0.0.1"], "10.0.0.1"),
        (1, [b"6.6.6.6, 10.0.0.1"], "10.0.0.1"),
        (1, [b"6.6.6.6", b"10.0.0.1"], "10.0.0.1"),
        (2, [b"6.6.6.6, 10.0.0.1,10.0.0.2"], "10.0.0.1"),
        (2, [b"10.0.0.2"], "127.0.0.1"),
        (1, [b"2001:db8::1"], "2001:db8::1"),
        (1, [b"6.6.6.6, unknown"], "127.0.0.1"),
        (1, [b"\xff"], "127.0.0.1"),
    ],
)
def test_whoever_sent_it_is_told_by_the_machines_before_us_alone(proxies, said, client):
    """The address that the first of them heard from; what the sender wrote before it counts for nothing."""
    headers = [(b"x-forwarded-for", value) for value in said] + [(b"x_forwarded_for", b"6.6.6.6")]
    found = environ(as_sent(scope(headers=headers), secure=False, proxies=proxies), b"")
    assert (found["REMOTE_ADDR"], found["wsgi.url_scheme"]) == (client, "http")


def test_what_was_sent_by_tls_says_so():
    """Through the door, whose neighbour passes it on in the clear."""

    def scheme(environ, start_response):
        start_response("200 OK", [])
        return [f"{environ['wsgi.url_scheme']} {environ['REMOTE_ADDR']}".encode()]

    assert asyncio.run(asked(door(scheme, secure=True, proxies=1), b"")) == [OK, (None, b"https 127.0.0.1")]
    assert asyncio.run(asked(door(scheme), b"")) == [OK, (None, b"http 127.0.0.1")]
