"""The office's side of Sala: receives the kiosks' logs, keeps them, and derives everything staff read from them.

Each application here has the same anatomy: `models` (what is kept), `actions` (writes), `queries` (reads), `views`
and `urls` (pages), `project` (how records become rows). `projectors` lists which function folds which kind of record.
Start with `ingest/actions.py`, then `records/actions.py`, then `projectors.py`: that is the road of every record.
"""
