"""Measure everything, or the subjects named: `python -m bench [store sync ...]`.

Finds each `bench/bench_<subject>.py`, calls its `run()`, prints the figures as they come and writes those so far to
build/bench.json. A bench that fails stops the run, with its traceback: figures beside a broken one mislead.
"""

import importlib
import json
import pkgutil
import sys
from collections.abc import Iterator
from pathlib import Path

import bench
from bench.figure import Figure

PREFIX = "bench_"
OUTPUT = Path("build/bench.json")


def subjects() -> list[str]:
    """The subjects there are, sorted: `store` for bench/bench_store.py."""
    names = (module.name for module in pkgutil.iter_modules(bench.__path__))
    return sorted(name.removeprefix(PREFIX) for name in names if name.startswith(PREFIX))


def main(wanted: list[str]) -> int:
    """Measure `wanted` (all of them when empty); returns the exit code."""
    unknown = sorted(set(wanted) - set(subjects()))
    if unknown:
        print(f"no such bench: {', '.join(unknown)}; there are: {', '.join(subjects())}", file=sys.stderr)
        return 2
    OUTPUT.parent.mkdir(exist_ok=True)
    figures: list[Figure] = []
    for subject in wanted or subjects():
        print(subject)
        found: list[Figure] = importlib.import_module(f"bench.{PREFIX}{subject}").run()
        for line in _lines(found):
            print(line, flush=True)
        figures += found
        rows = [figure.as_json() for figure in figures]
        OUTPUT.write_text(json.dumps(rows, ensure_ascii=False, indent=1) + "\n", "utf-8")
    print(f"{len(figures)} figures in {OUTPUT}")
    return 0


def _lines(figures: list[Figure]) -> Iterator[str]:
    for figure in figures:
        row = figure.as_json()
        beside = f"   baseline {row['baseline']:,}, ratio {row['ratio']:,}" if figure.ratio else ""
        yield f"  {figure.name:<60} {row['value']:>12,} {figure.unit}{beside}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
