"""What a person can do at the kiosk, as plain functions.

Each takes the `World` and a `Moment`, does one thing, and returns a frozen value. No window, no network, no clock of
its own. A function that records does so in one transaction of the store and returns only after the record was read
back; where that fails it raises the store's `CannotRecord` and nothing has changed. Read `world` first, then `queue`.
"""
