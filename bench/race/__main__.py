"""Race Sala against Morango and PouchDB, and write docs/race.md: `python -m bench.race`, by hand, some ten minutes.

    python -m bench.race --install      makes the peers' environments under build/race, by the machine's pip and npm
    python -m bench.race                races whoever is there; a peer that is not installed is skipped and said so

Everyone gets the same touches and the same disasters, a real server process on this machine, real requests over one
counting relay, and a device that keeps everything on disk. All use the settings they come with.
"""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from bench.crowd import Member, push_at_once
from bench.process import serving, workplace
from bench.race.disasters import DISASTERS, Outcome, play
from bench.race.peer import Peer
from bench.race.relay import Relay
from bench.race.sala import Sala
from bench.race.touches import Contestant, Touch, touches

RECORDS = 10_000
COUNTED = 2_000
PAGE = Path("docs/race.md")
HOME = Path("build/race").absolute()
PEERS = Path(__file__).parent / "peers"

_PYTHON = HOME / "morango" / "bin" / "python"
_MODULES = HOME / "pouchdb" / "node_modules"

_HEAD = """\
# The race

Written by `python -m bench.race`; change the program, not this page. The same touches of a busy lobby and the same
disasters for each (`bench/race/disasters.py`), real server processes, each with the settings it comes with but for
PouchDB's batches, which are of 500 in place of 100 (faster here); bytes are counted by a relay on the way, which also
loses the answer. One after another, each once.""".splitlines()

_FOOT = """\
*Lost*: confirmed at a device and on no server after three more contacts. *Doubled*: counted more than once there.
The image is a copy of the device's folder, put back at its old place: Sala's kiosk notices that its files were copied.
An image of the whole disk it cannot notice; there the server sees two lines, and what the device recorded since waits
on one of its own until the clerk counts it.

What the programs did is not the same work. Sala seals, signs and chains each batch, and its receipt waits for a sync
to disk. Morango signs sessions, keeps counters for every record and merges edits; its SQLite syncs each transaction.
PouchDB's leveldb does not wait for the disk. Neither peer seals; both sync edits in two directions, which Sala's logs
cannot and need not.""".splitlines()

Make = Callable[[Path], Contestant]


@dataclass(frozen=True, slots=True)
class Run:
    """What one contestant did with the 10,000, and with each disaster."""

    version: str
    per_s: float
    bytes_each: float
    disasters: Mapping[str, Outcome]


def install() -> None:
    """Make both environments. The newest of each peer, so that nobody races an old one."""
    HOME.mkdir(parents=True, exist_ok=True)
    subprocess.run([sys.executable, "-m", "venv", HOME / "morango"], check=True)
    subprocess.run([_PYTHON, "-m", "pip", "install", "--quiet", "morango", "cheroot"], check=True)
    _MODULES.parent.mkdir(exist_ok=True)
    (_MODULES.parent / "package.json").write_text('{"private": true}\n', "utf-8")
    packages = ["pouchdb", "express-pouchdb", "express"]
    subprocess.run(["npm", "install", "--no-audit", "--no-fund", *packages], cwd=_MODULES.parent, check=True)


def contestants() -> dict[str, tuple[str, Make]]:
    """Who is there: name -> version, and how to set it up in an empty folder."""
    found: dict[str, tuple[str, Make]] = {"Sala": (metadata.version("sala"), Sala)}
    if _PYTHON.exists():
        program = ["env", f"PYTHONPATH={PEERS}", str(_PYTHON), "-W", "ignore", "-m", "morango_peer"]
        [site] = (HOME / "morango" / "lib").glob("python*/site-packages")
        [info] = site.glob("morango-*.dist-info")
        found["Morango"] = (info.name.split("-")[1].removesuffix(".dist"), _peer("Morango", "/buffers/", program))
    if _MODULES.exists():
        program = ["env", f"NODE_PATH={_MODULES}", "node", str(PEERS / "pouchdb.js")]
        said = json.loads((_MODULES / "pouchdb" / "package.json").read_text("utf-8"))
        found["PouchDB"] = (said["version"], _peer("PouchDB", "/_bulk_docs", program))
    return found


def _peer(name: str, upload: str, program: list[str]) -> Make:
    return lambda folder: Peer(name, upload, program, folder)


def race(version: str, make: Make) -> Run:
    """Everything, for one contestant."""
    per_s, bytes_each = _speed(make)
    disasters = {}
    for name, disaster in DISASTERS.items():
        with workplace() as folder:
            disasters[name] = play(make(folder), folder, disaster)
            print(f"    {name}: {disasters[name]}", flush=True)
    return Run(version, per_s, bytes_each, disasters)


def _speed(make: Make) -> tuple[float, float]:
    """Records a second from a device's disk to the server's, without the relay; and bytes of each on the way, both
    directions, from a second device behind it.
    """
    with workplace() as folder, Relay("") as relay:
        contestant, source = make(folder), touches(seed=2)
        relay.to = contestant.start()
        try:
            seconds = _seconds(contestant, folder / "direct", relay.to, RECORDS, source)
            before = relay.passed
            _seconds(contestant, folder / "relayed", relay.url, COUNTED, source)
        finally:
            contestant.stop()
    bytes_each = (relay.passed - before) / COUNTED
    print(f"    {RECORDS / seconds:,.0f} records/s, {bytes_each:.0f} bytes each", flush=True)
    return RECORDS / seconds, bytes_each


def _seconds(contestant: Contestant, device: Path, url: str, count: int, source: Iterator[Touch]) -> float:
    """Seconds in which a new device brings `count` touches to the server. Raises where they did not all arrive."""
    contestant.admit(device, url)
    names = contestant.capture(device, [next(source) for _ in range(count)])
    seconds = contestant.sync(device)
    held = contestant.held()
    missing = sum(not held[name] for name in names)
    if missing:
        raise RuntimeError(f"{missing} of {count} did not arrive")
    return seconds


def _ingest() -> float:
    """Records a second that Sala's server takes from four kiosks whose envelopes are ready: the best of three."""
    with workplace() as folder, serving(folder / "server") as server:
        crowd = [Member(server.url, server.code(series), seed=n) for n, series in enumerate("ABCD")]
        push_at_once(crowd, [member.envelopes(1) for member in crowd])
        rounds = []
        for _ in range(3):
            ready = [member.envelopes(10) for member in crowd]
            rounds.append(len(crowd) * 10 * 500 / push_at_once(crowd, ready))
    return max(rounds)


def page(runs: Mapping[str, Run], ingest: float, load: float) -> str:
    """The scoreboard in Markdown. `ingest` is what Sala's server took from four ready kiosks, in records a second."""
    names = list(runs)
    missing = [name for name in ("Morango", "PouchDB") if name not in runs]
    head = [f"{name} {runs[name].version}" for name in names]
    rows = [
        ["", *head],
        ["---", *["---"] * len(names)],
        [f"{RECORDS:,} records, device's disk to server's, records/s", *(f"{runs[name].per_s:,.0f}" for name in names)],
        ["Sala's over each", *(f"{runs['Sala'].per_s / runs[name].per_s:.1f}x" for name in names)],
        ["Sala's server, fed by four, over one device", *(f"{ingest / runs[name].per_s:.1f}x" for name in names)],
        ["bytes a record on the wire, both ways", *(f"{runs[name].bytes_each:,.0f}" for name in names)],
        *(
            [f"{disaster}: lost / doubled", *(_told(runs[name].disasters[disaster]) for name in names)]
            for disaster in DISASTERS
        ),
    ]
    troubles = [
        f"- {name}, {disaster}: `{outcome.trouble.replace('`', '')[:160]}`"
        for name in names
        for disaster, outcome in runs[name].disasters.items()
        if outcome.trouble
    ]
    return "\n".join([
        *_HEAD,
        f"Here: {os.cpu_count()} processors, {load:.0f} programs waiting for them on average meanwhile; figures",
        "compare within this run only.",
        *([f"Not installed here, so not raced: {', '.join(missing)}."] if missing else []),
        "",
        *("| " + " | ".join(row) + " |" for row in rows),
        "",
        f"*Sala's server, fed by four* took {ingest:,.0f} records/s in the same run, from four kiosks whose envelopes",
        "were ready, the best of three rounds on a warm server: what a server takes. Those beside it are one device's,",
        "from its disk on; the row above compares like with like.",
        "",
        *_FOOT,
        *(["", "Errors that a device met on the way:", "", *troubles] if troubles else []),
        "",
    ])  # fmt: skip


def _told(outcome: Outcome) -> str:
    return f"{outcome.lost} / {outcome.doubled} of {outcome.confirmed:,}"


def main(words: list[str]) -> int:
    """Returns the exit code."""
    if words == ["--install"]:
        install()
        return 0
    runs, loads = {}, []
    for name, (version, make) in contestants().items():
        print(f"{name} {version}", flush=True)
        runs[name] = race(version, make)
        loads.append(os.getloadavg()[0])
    PAGE.write_text(page(runs, _ingest(), sum(loads) / len(loads)), "utf-8")
    print(f"the scoreboard is in {PAGE}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
