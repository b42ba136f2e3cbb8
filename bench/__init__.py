"""Figures the project promises, measured: `make bench` writes build/bench.json."""
