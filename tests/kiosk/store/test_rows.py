"""RowTable is TinyDB's table: the same operations give the same documents, only durable and with ids that never
return.
"""

import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from tinydb import Query, TinyDB, where
from tinydb.storages import MemoryStorage
from tinydb.table import Document

from kiosk.store import Store
from kiosk.store.rows import ID_LIMIT
from tests.crash.explorer import folder

KEY = bytes(32)

values = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**40), 2**40),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(max_size=8),
    st.lists(st.integers(0, 9), max_size=3),
    st.dictionaries(st.text(max_size=3), st.integers(0, 9), max_size=2),
)
documents = st.dictionaries(st.sampled_from(["n", "s", "x", "ที่"]), values, max_size=4).map(
    lambda fields: {**fields, "n": fields["n"] if isinstance(fields.get("n"), int) else 3}
)
ids = st.integers(1, 12)
conditions = st.sampled_from([where("n") > 2, where("s").exists(), where("n") == 3, ~(where("x").exists())])


def open_store(place: Path) -> Store:
    """A store without a reserve, made where there is none."""
    return Store(place / "store.db", KEY, create=True, reserve_bytes=0)


class Pair:
    """Our table and TinyDB's own, side by side. Ids that ours chooses are checked for freshness and given to the
    other.
    """

    def __init__(self, ours: Any) -> None:
        self.ours = ours
        self.theirs = TinyDB(storage=MemoryStorage).table("t")
        self.ever: set[int] = set()

    def insert(self, document: dict[str, Any]) -> None:
        self._took(self.ours.insert(document), document)

    def insert_multiple(self, many: list[dict[str, Any]]) -> None:
        for row, document in zip(self.ours.insert_multiple(many), many, strict=True):
            self._took(row, document)

    def _took(self, row: int, document: dict[str, Any]) -> None:
        assert row not in self.ever, "an id was given twice"
        self.ever.add(row)
        self.theirs.insert(Document(document, row))

    def insert_with_id(self, document: dict[str, Any], row: int) -> None:
        self.ever.add(row)
        assert refused(self.ours.insert, Document(document, row)) == refused(
            self.theirs.insert, Document(document, row)
        )

    def upsert(self, document: dict[str, Any], condition: Any) -> None:
        if self.theirs.contains(condition):
            self.same("upsert", document, condition)
        else:
            [row] = self.ours.upsert(document, condition)
            self._took(row, document)

    def same(self, name: str, *arguments: Any, **named: Any) -> None:
        mine, other = (getattr(table, name)(*arguments, **named) for table in (self.ours, self.theirs))
        assert ordered(mine) == ordered(other)

    def equal(self) -> None:
        assert as_rows(self.ours) == as_rows(self.theirs)
        assert len(self.ours) == len(self.theirs)


def refused(call: Any, *arguments: Any) -> Any:
    """What a call returns, or the type it raises."""
    try:
        return call(*arguments)
    except ValueError:
        return ValueError


def ordered(result: Any) -> Any:
    """Lists of ids or documents in the order of ids: theirs come in the order of insertion."""
    if isinstance(result, list):
        return sorted(result, key=lambda each: getattr(each, "doc_id", each))
    return result


def as_rows(table: Any) -> dict[int, dict[str, Any]]:
    """Every document under its id."""
    return {document.doc_id: dict(document) for document in table}


OPERATIONS = st.one_of(
    st.tuples(st.just("insert"), documents),
    st.tuples(st.just("insert_multiple"), st.lists(documents, max_size=3)),
    st.tuples(st.just("insert_with_id"), documents, ids),
    st.tuples(st.just("upsert"), documents, conditions),
    st.tuples(st.just("update"), documents, conditions),
    st.tuples(st.just("update"), documents, st.none(), st.lists(ids, max_size=3, unique=True)),
    st.tuples(st.just("update"), documents),
    st.tuples(st.just("remove"), conditions),
    st.tuples(st.just("remove"), st.none(), st.lists(ids, max_size=3, unique=True)),
    st.tuples(st.just("search"), conditions),
    st.tuples(st.just("count"), conditions),
    st.tuples(st.just("contains"), conditions),
    st.tuples(st.just("get"), st.none(), ids),
    st.tuples(st.just("get"), st.none(), st.none(), st.lists(ids, max_size=3)),
    st.tuples(st.just("truncate")),
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(OPERATIONS, max_size=12))
def test_any_sequence_of_operations_equals_memory_storage(operations):
    """Whatever is done, in whatever order, both tables hold the same and answer the same."""
    with tempfile.TemporaryDirectory(dir=folder()) as place, open_store(Path(place)) as store:
        pair = Pair(store.table("t"))
        for name, *arguments in operations:
            own = getattr(pair, name, None)
            if own is None:
                pair.same(name, *arguments)
            else:
                own(*arguments)
            pair.equal()


class Crashing(RuleBasedStateMachine):
    """The same, with transactions that fail half-way and programs that end without closing."""

    @initialize()
    def start(self) -> None:
        self.place = tempfile.TemporaryDirectory(dir=folder())
        self.store = open_store(Path(self.place.name))
        self.pair = Pair(self.store.table("t"))
        self.inside = False

    @rule(operation=OPERATIONS)
    def operate(self, operation: Any) -> None:
        name, *arguments = operation
        own = getattr(self.pair, name, None)
        if own is None:
            self.pair.same(name, *arguments)
        else:
            own(*arguments)

    @rule(many=st.lists(documents, min_size=1, max_size=3))
    def abandon(self, many: Any) -> None:
        before = as_rows(self.store.table("t"))
        with pytest.raises(RuntimeError, match="the program stumbles"):
            self.stumble(many)
        assert as_rows(self.store.table("t")) == before

    def stumble(self, many: Any) -> None:
        with self.store.transaction():
            assert not self.pair.ever & set(self.store.table("t").insert_multiple(many))
            self.store.table("t").remove(where("n") > 0)
            raise RuntimeError("the program stumbles")

    @rule()
    def close_and_reopen(self) -> None:
        self.store.close()
        self._open_again()

    @rule()
    def crash_and_reopen(self) -> None:
        # What a killed program leaves: no checkpoint, no goodbye; the kernel lets its locks go.
        self.store._disconnect()
        self.store._lock_file.close()
        self._open_again()

    def _open_again(self) -> None:
        self.store = open_store(Path(self.place.name))
        self.pair.ours = self.store.table("t")

    @precondition(lambda self: hasattr(self, "store"))
    @rule(truncate=st.booleans())
    def checkpoint(self, truncate: bool) -> None:
        self.store.checkpoint(truncate=truncate)

    @invariant()
    def equal(self) -> None:
        if hasattr(self, "pair"):
            self.pair.equal()

    def teardown(self) -> None:
        if hasattr(self, "store"):
            self.store.close()
            self.place.cleanup()


Crashing.TestCase.settings = settings(
    max_examples=40, stateful_step_count=16, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
TestCrashing = Crashing.TestCase


@pytest.fixture
def store(tmp_path):
    """An open store."""
    with open_store(tmp_path) as store:
        yield store


def test_a_value_that_cannot_be_kept_leaves_everything_as_it_was(store):
    """Serialise first, write then: also in the middle of many, also inside a transaction that goes on."""
    table = store.table("t")
    table.insert({"n": 1})
    for bad in (object(), 2**70, {"deep": {1, 2, object()}}, "\ud800"):
        with pytest.raises((TypeError, OverflowError, ValueError)):
            table.insert_multiple([{"n": 2}, {"n": bad}])
        with pytest.raises((TypeError, OverflowError, ValueError)):
            table.update({"n": bad}, where("n") == 1)
    assert as_rows(table) == {1: {"n": 1}}


def test_what_is_returned_is_a_copy(store):
    """Changing a document that was read, or one that was handed in, changes nothing in the store."""
    table = store.table("t")
    mine = {"list": [1]}
    table.insert(mine)
    mine["list"].append(2)
    table.get(doc_id=1)["list"].append(3)
    table.search(where("list").exists())[0]["list"].append(4)
    assert table.get(doc_id=1) == {"list": [1]}


@pytest.mark.parametrize("row", [0, -1, ID_LIMIT, 2**63])
def test_an_id_outside_its_range_is_refused(store, row):
    """An id must not reach into the next table's rows."""
    with pytest.raises(ValueError, match="document id"):
        store.table("t").insert(Document({}, row))
    assert store.table("t").get(doc_id=row) is None


def test_the_highest_id_is_kept_apart_from_the_next_table(store):
    """Rows of one table never show in another, not even at the edges of their ranges."""
    first, second = store.table("a"), store.table("b")
    first.insert(Document({"t": "a"}, ID_LIMIT - 1))
    second.insert({"t": "b"})
    assert [dict(document) for document in first] == [{"t": "a"}]
    assert [dict(document) for document in second] == [{"t": "b"}]
    first.truncate()
    assert len(first) == 0
    assert len(second) == 1
    assert store.tables() == {"a", "b"}


def test_ids_do_not_return_after_truncate_and_restart(tmp_path):
    """An id that was on a slip yesterday means nobody else today."""
    with open_store(tmp_path) as store:
        assert store.table("t").insert_multiple([{}, {}, {}]) == [1, 2, 3]
        store.table("t").truncate()
        store.table("t").insert({})
        store.table("t").truncate()
    with open_store(tmp_path) as store:
        assert store.table("t").insert({}) > 4


def test_an_insert_reads_no_row_and_writes_one(store):
    """The cost of an insert does not grow with the table."""
    table = store.table("t")
    table.insert_multiple([{"n": n} for n in range(200)])
    seen = []
    original = store.fetch

    def watched(sql: str, values: tuple[Any, ...] = ()) -> Any:
        seen.append(sql)
        return original(sql, values)

    store.fetch = watched
    with store.transaction():
        table.insert({"n": 1})
        assert not [sql for sql in seen if sql.startswith("SELECT") and "document" in sql]
        assert len([sql for sql in seen if "INTO document" in sql]) == 1


def test_queries_work_as_in_tinydb(store):
    """Query, where, callables and documents with Thai keys all pass through."""
    table = store.table("t")
    table.insert_multiple([{"ชื่อ": "สมชาย", "n": n} for n in range(3)])
    assert table.count(Query()["ชื่อ"] == "สมชาย") == 3
    assert table.update(lambda document: document.update(n=9), where("n") == 1) == [2]
    assert table.one(2) == {"ชื่อ": "สมชาย", "n": 9}
    assert table.one(99) is None
    assert repr(table) == "<RowTable 't'>"
    assert table.update_multiple([({"a": 1}, where("n") == 0), ({"b": 1}, where("n") == 9)]) == [1, 2]
