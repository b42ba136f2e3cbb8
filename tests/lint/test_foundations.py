"""The foundations hold what the other tests lean on."""

import psycopg


def test_postgres_is_there_and_speaks_thai(postgres_url: str) -> None:
    """The cluster of the tests answers, in UTF-8, and forgets nothing of a Thai word."""
    with psycopg.connect(postgres_url) as connection:
        row = connection.execute("select %s::text, current_setting('server_encoding')", ["น้ำ"]).fetchone()
    assert row == ("น้ำ", "UTF8")
