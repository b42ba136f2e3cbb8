"""`./sala demo`: the sample office, to try or to watch.

With a display: the kiosk's window opens, and the terminal says what to touch, which page to open and how to sign in.
Closing the window (or Ctrl+C) ends it all. Without one, or with HEADLESS=1: the visit is played on a virtual screen,
step by step, and what was seen stays in build/demo. Exit code 0 means that every step was seen to happen.
"""

import os
import shutil
import sys
import time

from demo import script
from demo.office import ADMINISTRATOR, CLERK, OFFICER, PASSWORD, DemoOffice, open_office
from demo.stage import ROOT, NotSeen, Program

FOLDER = ROOT / "build" / "demo"
WINDOW = (1280, 800)


def main() -> int:
    """Play or show the demo; returns the exit code."""
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir(parents=True)
    try:
        if os.environ.get("DISPLAY") and os.environ.get("HEADLESS", "0") != "1":
            return show()
        script.play(FOLDER)
    except NotSeen as missed:
        print(f"\n✗ {missed}\n\nWhat happened stands in {FOLDER.relative_to(ROOT)}/*.log.", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nStopped before the end.", file=sys.stderr)
        return _INTERRUPTED
    return 0


_INTERRUPTED = 130  # what shells say of a program ended by Ctrl+C


def show() -> int:
    """Open the kiosk's window and stay until it is closed."""
    print("Starting the sample office ...", flush=True)
    with open_office(FOLDER) as office:
        office.enrol_kiosk(WINDOW)
        with Program(office.kiosk_command(), log=FOLDER / "kiosk.log") as kiosk:
            print(_page(office), flush=True)
            try:
                while kiosk.running():
                    time.sleep(0.5)
            except KeyboardInterrupt:
                print("\nClosing.")
                return 0
            if code := kiosk.stop():
                raise NotSeen(f"the kiosk ended with {code}:\n{kiosk.last_words()}")
    print("The kiosk's window was closed.")
    return 0


def _page(office: DemoOffice) -> str:
    """The one screen that says everything."""
    tray = office.slips.relative_to(ROOT)
    return f"""
  ─────────────────────────────────────────────────────────────────────────────
   ศาลา · The kiosk of อบต.ศาลาทอง is open. Nobody in it exists.
  ─────────────────────────────────────────────────────────────────────────────
   1  At the kiosk's window, touch (click):
        Start page  →  บริการ และรับบัตรคิว    choose a service, read its steps, take a number
        Start page  →  แจ้งปัญหา ร้องเรียน      report a dark street lamp; note the 16 digits
        Start page  →  ให้คะแนนบริการ          one touch on a face
        English, Malay, Jawi: at the foot of the start page. Slips come out in {tray}/

   2  At the desk, open   {office.url}   in a browser and sign in:
        {CLERK.name:<8} {PASSWORD}    {CLERK.role}
        {OFFICER.name:<8} {PASSWORD}    {OFFICER.role}
        {ADMINISTRATOR.name:<8} {PASSWORD}    {ADMINISTRATOR.role}
        Answer what you reported; some seconds later ติดตามเรื่อง at the kiosk shows it by code.

   3  The queue: {office.lobby_url}/board is the board for a TV. Touch the kiosk's upper right corner five times
        คิวและช่องบริการ  →  รหัสของแต่ละคน          give somebody a PIN of six digits
        คิวและช่องบริการ  →  จับคู่มือถือหรือคอม  open {office.lobby_url}/pair, type the code, sit down, call

   4  As {CLERK.name}, open the half-year summary: what you did is counted, each figure with its records.

   Close the window or press Ctrl+C to end. HEADLESS=1 ./sala demo plays all this by itself.
  ─────────────────────────────────────────────────────────────────────────────
"""


if __name__ == "__main__":
    sys.exit(main())
