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
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from bench.process import workplace
from bench.race.disasters import DISASTERS, Outcome, play
from bench.race.peer import Peer
from bench.race.relay import Relay
from bench.race.sala import Sala
from bench.race.touches import Contestant, touches

RECORDS = 10_000
PAGE = Path("docs/race.md")
HOME = Path("build/race").absolute()
PEERS = Path(__file__).parent / "peers"

_PYTHON = HOME / "morango" / "bin" / "python"
_MODULES = HOME / "pouchdb" / "node_modules"

_HEAD = """\
# The race

Written by `python -m bench.race`; change the program, not this page. The same touches of a busy lobby and the same
disasters for each (`bench/race/disasters.py`), real server processes, every byte through one counting relay, each with
the settings it comes with.""".splitlines()

_FOOT = """\
*Lost*: confirmed at a device and on no server after three more contacts. *Doubled*: counted more than once there.

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
    """Records a second from a device's disk to the server's, and bytes of each on the way, both directions."""
    with workplace() as folder, Relay("") as relay:
        contestant = make(folder)
        relay.to = contestant.start()
        try:
            device, source = folder / "device", touches(seed=2)
            contestant.admit(device, relay.url)
            contestant.capture(device, [next(source) for _ in range(50)])
            contestant.sync(device)  # whatever is done once only
            names = contestant.capture(device, [next(source) for _ in range(RECORDS)])
            before = relay.passed
            seconds = contestant.sync(device)
            held = contestant.held()
        finally:
            contestant.stop()
    missing = sum(not held[name] for name in names)
    if missing:
        raise RuntimeError(f"{missing} of {RECORDS} did not arrive")
    print(f"    {RECORDS / seconds:,.0f} records/s, {(relay.passed - before) / RECORDS:.0f} bytes each", flush=True)
    return RECORDS / seconds, (relay.passed - before) / RECORDS


def page(runs: Mapping[str, Run], load: float) -> str:
    """The scoreboard in Markdown."""
    names = list(runs)
    missing = [name for name in ("Morango", "PouchDB") if name not in runs]
    head = [f"{name} {runs[name].version}" for name in names]
    rows = [
        ["", *head],
        ["---", *["---"] * len(names)],
        [f"{RECORDS:,} records, device's disk to server's, records/s", *(f"{runs[name].per_s:,.0f}" for name in names)],
        ["Sala is faster by", *(f"{runs['Sala'].per_s / runs[name].per_s:.1f}x" for name in names)],
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
        f"Here: {os.cpu_count()} processors, {load:.0f} programs waiting for them on average meanwhile; times compare",
        "within this run only.",
        *([f"Not installed here, so not raced: {', '.join(missing)}."] if missing else []),
        "",
        *("| " + " | ".join(row) + " |" for row in rows),
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
    PAGE.write_text(page(runs, sum(loads) / len(loads)), "utf-8")
    print(f"the scoreboard is in {PAGE}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
