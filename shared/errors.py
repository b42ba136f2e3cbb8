"""What can go wrong with bytes and keys, in a short tree.

Each error says in one sentence what it means (its docstring) and what a tired IT person does next (`remedy`).
Decoders obey one law: any bytes in, a value or one of these out. Expected refusals between the two sides are values
(`protocol.Refusal`), not exceptions.
"""

from typing import ClassVar


class SalaError(Exception):
    """Something that Sala knows how to name."""

    remedy: ClassVar[str] = "Note the words above and the time, and ask whoever looks after the system."


class Malformed(SalaError):
    """These bytes are not what they claim to be."""

    remedy = "Copy or fetch them again; if it repeats, keep the file and report it."


class TooLarge(SalaError):
    """A value is over the limit that both sides agreed on."""

    remedy = "Send it in smaller parts."


class UnknownVersion(SalaError):
    """The bytes were written by a newer program than this one."""

    remedy = "Update this side; nothing is lost while you wait."


class KeyRefused(SalaError):
    """A key is of the wrong kind, damaged, or one that proves nothing."""

    remedy = "Check that the right key file is in place; restore it from its copy or enrol again."


class BadSignature(SalaError):
    """The signature does not belong to these bytes and this key."""

    remedy = "Nothing was changed. Check that kiosk and server were enrolled with each other."


class CannotOpen(SalaError):
    """The sealed bytes do not open with this key in this place."""

    remedy = "Nothing was changed. The sender seals again with the present key."


class ChainError(SalaError):
    """A run of records does not continue the log it claims to continue."""

    remedy = "Nothing was changed. The fleet page shows both sides of the log."


class Gap(ChainError):
    """Records are missing between the head and this run."""

    remedy = "The kiosk sends again from the head."


class Fork(ChainError):
    """Two different records claim the same place in one log."""

    remedy = "Both are kept. The kiosk goes on in a new log; the clerk decides which count."


class Broken(ChainError):
    """A record does not match its own hash, salt or neighbours."""

    remedy = "The good records before it stand; the kiosk goes on in a new log."


class ContentRefused(SalaError):
    """A content bundle is older, incomplete, altered or blank where it must not be."""

    remedy = "The edition on screen stays. Publish again from the server."
