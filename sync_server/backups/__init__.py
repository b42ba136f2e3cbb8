"""Backups: copied while the server runs, verified on the copy, encrypted, read back, and only then told to the kiosks.
And the way back, into an empty machine.
"""
