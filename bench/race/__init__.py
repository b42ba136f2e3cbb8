"""The same records and the same disasters for Sala and two other ways to sync: `python -m bench.race`."""
