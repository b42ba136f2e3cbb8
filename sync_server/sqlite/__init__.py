"""Django's SQLite backend on a SQLite that is new enough.

SQLite 3.7.0 to 3.51.2 can corrupt a WAL database when two connections write, and the SQLite that comes with Python is
whatever the system has. This package is named as `ENGINE` in the settings: it gives Django's own backend the SQLite
that `pysqlite3` ships, and refuses to start on one that is too old.
"""
