"""Hypothesis strategies for the shared vocabulary: any honest value, and bytes that only look like one."""

import hypothesis.strategies as st

from shared.log import Head, link
from shared.records import At, Record

ids = st.binary(min_size=16, max_size=16)
hashes = st.binary(min_size=32, max_size=32)
salts = st.binary(min_size=16, max_size=16)
kinds = st.from_regex(r"\A[a-z]{2,20}\.[a-z_]{2,30}\Z")
thai = st.text(st.characters(min_codepoint=0x0E01, max_codepoint=0x0E5B), max_size=60)

ats = st.builds(
    At,
    wall_ms=st.none() | st.integers(-(2**45), 2**45),
    offset_min=st.integers(-1439, 1439),
    boot=st.sampled_from([b"", b"boot-one", b"boot-two"]),
    mono_ms=st.integers(0, 2**50),
    quality=st.integers(0, 3),
)


@st.composite
def runs(draw: st.DrawFn, *, max_size: int = 12) -> tuple[Head, list[Record], list[Head]]:
    """A head, a run of records that follows it, and the head after each."""
    start = Head(draw(ids), draw(st.integers(0, 2**40)), draw(hashes))
    head, records, heads = start, [], []
    for _ in range(draw(st.integers(1, max_size))):
        record, head = link(
            head,
            kind=draw(kinds),
            schema=draw(st.integers(1, 9)),
            edition=draw(st.integers(0, 2**30)),
            at=draw(ats),
            salt=draw(salts),
            body=draw(st.binary(max_size=200) | thai.map(str.encode)),
        )
        records.append(record)
        heads.append(head)
    return start, records, heads


@st.composite
def mutated(draw: st.DrawFn, data: bytes) -> bytes:
    """`data` with a bit flipped, cut, extended, spliced or partly reversed; never `data` itself."""
    out = bytearray(data)
    how = draw(st.sampled_from(["flip", "cut", "extend", "splice", "reverse"]))
    at = draw(st.integers(0, len(out) - 1))
    if how == "flip":
        out[at] ^= 1 << draw(st.integers(0, 7))
    elif how == "cut":
        del out[at:]
    elif how == "extend":
        out += draw(st.binary(min_size=1, max_size=40))
    elif how == "splice":
        out[at : at + draw(st.integers(1, 40))] = draw(st.binary(max_size=40))
    else:
        end = draw(st.integers(at, len(out)))
        out[at:end] = out[at:end][::-1]
    if bytes(out) == data:
        out[at] ^= 0x80
    return bytes(out)
