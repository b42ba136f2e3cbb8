"""The kiosk's devices: for now printers. `paper.py` beside this folder says what a slip and a printer are."""
