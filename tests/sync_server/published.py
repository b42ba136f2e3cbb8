"""A published bundle that a test puts together by hand: `settings.SALA_BUNDLE_SOURCE = "published"`."""

edition = 0
manifest: bytes | None = None
pieces: dict[str, bytes] = {}


def current_manifest() -> bytes | None:
    """What the test put there."""
    return manifest


def current_edition() -> int:
    """Its number."""
    return edition


def piece(digest: str) -> bytes | None:
    """One of the pieces the test put there."""
    return pieces.get(digest)
