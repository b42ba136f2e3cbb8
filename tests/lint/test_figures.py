"""Figures are found, compared and written as `make bench` promises."""

import json
from pathlib import Path

import pytest

from bench import __main__ as runner
from bench.figure import Figure


def test_a_figure_is_compared_with_its_baseline() -> None:
    """The ratio is value over baseline, and is left empty where there is nothing to compare with."""
    assert Figure("append", 450.0, "us", baseline=180.0).as_json() == {
        "name": "append",
        "value": 450.0,
        "unit": "us",
        "baseline": 180.0,
        "ratio": 2.5,
    }
    assert Figure("start", 1.5, "s").ratio is None
    assert Figure("lost", 1.0, "records", baseline=0.0).ratio is None


def test_what_is_measured_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each bench module is run, and its figures stand in build/bench.json in that order."""
    package = tmp_path / "found"
    package.mkdir()
    (package / "bench_one.py").write_text(
        "from bench.figure import Figure\ndef run(): return [Figure('a', 1.0, 's'), Figure('b', 2.0, 's', 1.0)]\n",
        "utf-8",
    )
    monkeypatch.setattr(runner.bench, "__path__", [str(package)])
    monkeypatch.chdir(tmp_path)
    assert runner.main([]) == 0
    assert [row["name"] for row in json.loads(Path("build/bench.json").read_text("utf-8"))] == ["a", "b"]


def test_an_unknown_subject_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    """A misspelt subject measures nothing and names what there is."""
    assert runner.main(["stoer"]) == 2
    assert "stoer" in capsys.readouterr().err
