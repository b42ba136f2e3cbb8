"""Copying the kiosk's logs to the server, and its content back.

`rim.py` is one conversation between `shared.protocol` and the store, over any transport; `https.py` is such a
transport; `fetch.py` brings the content; `loop.py` decides when; `enrolment.py` lets a new kiosk in.
"""
