"""The vocabulary that kiosk and server speak.

Everything here is pure: bytes, values and `now` come in, values and bytes go out. No file, socket, clock or random
source is touched, so each rule can be tested by itself and runs the same on both sides. Begin with `records` (what is
kept), then `log` (how it is chained), `envelope` (how it is sealed and signed) and `protocol` (who says what next).
"""
