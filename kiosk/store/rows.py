"""RowTable: TinyDB's table, one row a document.

TinyDB reads and writes its whole file for every change. Here a table is a view on rows of bytes: reading decodes rows
as they are asked for, writing loads what an updater touches and writes just that. All of TinyDB's own methods are
inherited.

The rules of this file:
1. Serialise first, write then: a value that cannot be serialised leaves everything as it was.
2. An id that was once written is never given again, whatever was deleted; a restart skips a few. (TinyDB starts at 1
   after `truncate`.)
3. What is returned is a copy: changing it changes nothing in the store.
4. Documents come in the order of their ids. An id is a whole number from 1 to 2**40 - 1.
5. A write outside a transaction makes one of its own; inside one it belongs to it.
6. A damaged document is left out of lists and refused by its id; `sound` and the `upsert` of a `Document` begin it
   anew.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, MutableMapping, ValuesView
from contextlib import AbstractContextManager
from typing import Any, Protocol, cast

import msgspec
from tinydb.queries import QueryLike
from tinydb.storages import Storage
from tinydb.table import Document, Table

from kiosk.store.errors import RowDamaged

#: Ids are below this, so that table and id fit into one of SQLite's 64-bit row numbers.
ID_LIMIT = 2**40

Fields = dict[str, Any]

_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(Fields).decode


class Rows(Protocol):
    """What a table needs of the store. Within `writing()` all of it sees the open transaction."""

    def get(self, row: int) -> bytes | None:
        """The row, or None; raises `RowDamaged`."""

    def sound(self, row: int) -> bytes | None:
        """The row, or None; a damaged one is reported to whoever looks after the store, and is none."""

    def scan(self) -> Iterator[tuple[int, bytes]]:
        """All rows by rising id, as of now. A damaged row is left out and reported to whoever looks after the store."""

    def ids(self) -> list[int]:
        """All ids, rising."""

    def count(self) -> int:
        """How many rows there are."""

    def next_id(self) -> int:
        """No row has this id or a higher one, and none ever had."""

    def writing(self) -> AbstractContextManager[object]:
        """The open transaction, or one made for this block."""

    def write(self, changed: Mapping[int, bytes | None], *, cleared: bool, next_id: int) -> None:
        """Empty the table if `cleared`, then put the rows in `changed` (None deletes) and remember `next_id`."""


class RowTable(Table):
    """A TinyDB table over `Rows`; made by `Store.table(name)`."""

    def __init__(self, rows: Rows, name: str) -> None:
        # TinyDB wants a Storage only to pass it to the two methods below, which are ours.
        super().__init__(cast("Storage", rows), name, cache_size=0)
        self._rows = rows
        self._handed_out = 0

    def __repr__(self) -> str:
        return f"<RowTable {self.name!r}>"

    def insert(self, document: Mapping[str, Any]) -> int:
        """Insert a document and return its id; a `Document` brings its own."""
        with self._rows.writing():
            return super().insert(document)

    def insert_multiple(self, documents: Iterable[Mapping[str, Any]]) -> list[int]:
        """Insert all documents or, where one is refused, none."""
        with self._rows.writing():
            return super().insert_multiple(documents)

    def upsert(self, document: Mapping[str, Any], cond: QueryLike | None = None) -> list[int]:
        """Update what matches, or insert the document where nothing does, or nothing that can be read."""
        with self._rows.writing():
            try:
                return super().upsert(document, cond)
            except RowDamaged:
                if not isinstance(document, Document) or self._rows.sound(document.doc_id) is not None:
                    raise
                self._rows.write({document.doc_id: None}, cleared=False, next_id=self._rows.next_id())
                return super().upsert(document, cond)

    def update(
        self,
        fields: Mapping[str, Any] | Callable[[MutableMapping[str, Any]], None],
        cond: QueryLike | None = None,
        doc_ids: Iterable[int] | None = None,
    ) -> list[int]:
        """Update what matches; only the matching documents are loaded to be written."""
        with self._rows.writing():
            return super().update(fields, doc_ids=self._narrow(cond, doc_ids))

    def remove(self, cond: QueryLike | None = None, doc_ids: Iterable[int] | None = None) -> list[int]:
        """Remove what matches."""
        with self._rows.writing():
            return super().remove(doc_ids=self._narrow(cond, doc_ids))

    def get(  # type: ignore[override]  # TinyDB's overloads say the same in four parts
        self, cond: QueryLike | None = None, doc_id: int | None = None, doc_ids: list[int] | None = None
    ) -> Document | list[Document] | None:
        """One document by id or condition, or a list of those of `doc_ids` that exist, by rising id."""
        if doc_id is None and doc_ids is not None:
            found = ((row, self._load(row)) for row in sorted(set(doc_ids)))
            return [Document(fields, row) for row, fields in found if fields is not None]
        return super().get(cond, doc_id=cast("int", doc_id))

    def one(self, doc_id: int) -> Document | None:
        """The document with this id, or None: `get(doc_id=...)` with one type."""
        fields = self._load(doc_id)
        return None if fields is None else Document(fields, doc_id)

    def sound(self, doc_id: int) -> Document | None:
        """As `one`, but one that is damaged is none, and told to staff: for what is begun anew where it is lost."""
        data = self._rows.sound(doc_id)
        return None if data is None else Document(_decode(data), doc_id)

    def _narrow(self, cond: QueryLike | None, doc_ids: Iterable[int] | None) -> Iterable[int] | None:
        if doc_ids is not None or cond is None:
            return doc_ids
        return [row for row, data in self._rows.scan() if cond(_decode(data))]

    def _load(self, row: int) -> Fields | None:
        data = self._rows.get(row)
        return None if data is None else _decode(data)

    # The three places where TinyDB meets its storage.

    def _read_table(self) -> "_View":  # type: ignore[override]  # a lazy Mapping instead of a dict
        return _View(self._rows)

    def _update_table(self, updater: Callable[[Any], None]) -> None:
        with self._rows.writing():
            working = _Working(self._rows)
            updater(working)
            changed, next_id = working.changes()
            if changed or working.cleared:
                self._rows.write(changed, cleared=working.cleared, next_id=next_id)

    def _get_next_id(self) -> int:
        # Within `writing()`, so no other thread is here. An id that was handed out and then rolled back stays unused.
        row = max(self._handed_out + 1, self._rows.next_id())
        self._handed_out = row
        return row


class _View(Mapping[str, Fields]):
    """What TinyDB reads: text ids, documents decoded as they are asked for."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows

    def __getitem__(self, key: str) -> Fields:
        data = self._rows.get(int(key)) if key.isdecimal() else None
        if data is None:
            raise KeyError(key)
        return _decode(data)

    def __iter__(self) -> Iterator[str]:
        return map(str, self._rows.ids())

    def __len__(self) -> int:
        return self._rows.count()

    def items(self) -> "Iterator[tuple[str, Fields]]":  # type: ignore[override]  # one pass, not a set
        return ((str(row), _decode(data)) for row, data in self._rows.scan())

    def values(self) -> ValuesView[Fields]:
        return dict(self.items()).values()


class _Working(MutableMapping[int, Fields]):
    """What TinyDB's updaters write on: loads a document when it is touched and knows afterwards which ones changed."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows
        self._next_id = rows.next_id()
        self._loaded: dict[int, bytes] = {}
        self._now: dict[int, Fields | None] = {}
        self.cleared = False

    def changes(self) -> tuple[dict[int, bytes | None], int]:
        """The rows to write, serialised, and the next id after them."""
        changed: dict[int, bytes | None] = {}
        for row, fields in self._now.items():
            if fields is None:
                changed[row] = None
                continue
            data = _encode(fields)
            if self._loaded.get(row) != data:
                changed[row] = data
        return changed, max(self._next_id, max(changed, default=0) + 1)

    def __getitem__(self, row: int) -> Fields:
        if row in self._now:
            fields = self._now[row]
        else:
            data = self._stored(row)
            if data is None:
                raise KeyError(row)
            self._loaded[row] = data
            fields = self._now[row] = _decode(data)
        if fields is None:
            raise KeyError(row)
        return fields

    def __setitem__(self, row: int, fields: Fields) -> None:
        if type(row) is not int or not 1 <= row < ID_LIMIT:
            raise ValueError(f"document id {row!r} is not between 1 and {ID_LIMIT - 1}")
        self._now[row] = fields

    def __delitem__(self, row: int) -> None:
        if row not in self:
            raise KeyError(row)
        self._now[row] = None

    def __contains__(self, row: object) -> bool:
        if row in self._now:
            return self._now[row] is not None
        return isinstance(row, int) and self._stored(row) is not None

    def __iter__(self) -> Iterator[int]:
        stored = [] if self.cleared else self._rows.ids()
        yield from (row for row in stored if self._now.get(row, {}) is not None)
        known = set(stored)
        yield from (row for row, fields in self._now.items() if fields is not None and row not in known)

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def clear(self) -> None:
        self.cleared = True
        self._loaded.clear()
        self._now.clear()

    def _stored(self, row: int) -> bytes | None:
        # A new id needs no look: an insert reads no row.
        if self.cleared or not 1 <= row < self._next_id:
            return None
        return self._rows.get(row)
