"""The lobby in the staff corner by real touches: a phone is let in, a PIN set, a strip printed, the day closed."""

import zxingcpp

from kiosk.desk import duty, pairing
from kiosk.desk.queue import take_ticket
from kiosk.paper import StripSlip
from kiosk.ui import harness
from kiosk.ui.widgets.keyboard import Keyboard


def open_corner(shown):
    """Come to the page of the lobby."""
    shown.kiosk.world.lan.state = "serving"
    shown.flow.staff()
    shown.settle()
    shown.touch("counters")
    assert shown.flow.step == "counters"


def strike(shown, digits):
    """Touch keys of the digit pad."""
    pad = next(each for each in shown.stage.walk(shown.screen) if isinstance(each, Keyboard))
    shown.stage.strike(pad, digits)
    shown.settle()


def test_a_phone_reads_the_code_from_the_screen_and_is_let_in_and_out(shown):
    """What a camera reads leads to the kiosk's page with the digits that are shown; then it is listed, then not."""
    open_corner(shown)
    shown.touch("pair")
    shown.stage.frames(3)
    [found] = zxingcpp.read_barcodes(shown.stage.image())
    where, digits = found.text.split("#")
    assert where == "http://192.168.1.10:8080/pair"
    assert f"{digits[:4]}\u00a0{digits[4:]}" in shown.stage.texts(shown.screen)
    token = pairing.redeem(shown.kiosk.world, shown.kiosk.clock.now(), digits, machine="phone")
    shown.kiosk.pass_s(2)
    shown.settle()
    shown.flow.show()
    shown.stage.settle()
    assert shown.flow.say("pair.paired") in shown.stage.texts(shown.screen)
    number = pairing.find(shown.kiosk.world, token).number
    shown.touch(f"unpair-{number}")
    assert shown.flow.say("pair.sure") in shown.stage.texts(shown.screen)
    shown.touch(f"unpair-{number}")
    assert pairing.find(shown.kiosk.world, token) is None
    shown.touch("done")
    assert shown.flow.step == "counters"


def test_a_pin_is_typed_twice_on_the_pad(shown):
    """From the list to the pad and back, with the word beside the person."""
    open_corner(shown)
    shown.touch("pins", "person-sample_a")
    strike(shown, "482913")
    assert "••••••" in shown.stage.texts(shown.screen)
    shown.touch("enter_pin")
    strike(shown, "482913")
    shown.touch("enter_pin")
    assert shown.flow.step == "pins"
    assert duty.with_pin(shown.kiosk.world) == {"sample_a"}
    assert shown.flow.say("pins.set") in shown.stage.texts(shown.screen)


def test_a_strip_is_chosen_and_printed(shown):
    """Two touches after the letter, and the numbers stand on the screen."""
    open_corner(shown)
    shown.touch("strip", "strip-B", "print")
    assert "B001\u2013B020" in shown.stage.texts(shown.screen)
    assert isinstance(shown.kiosk.printer.tray[-1], StripSlip)
    shown.touch("done")
    assert shown.flow.step == "counters"


def test_the_day_is_closed_by_two_touches(shown):
    """Whoever waits is counted before; afterwards nobody is left."""
    take_ticket(shown.kiosk.world, shown.kiosk.clock.now(), service_id="sign_tax", language="th")
    open_corner(shown)
    shown.touch("close")
    assert shown.flow.say("close.waiting", n=1) in shown.stage.texts(shown.screen)
    shown.touch("go_on", "go_on")
    assert shown.flow.say("close.closed") in shown.stage.texts(shown.screen)
    assert shown.flow.queue.look().tickets == {}


def test_the_page_of_the_lobby_shows_who_sits_where(shown):
    """A counter that opens while staff look appears by itself."""
    open_corner(shown)
    assert shown.flow.say("counters.nobody") in shown.stage.texts(shown.screen)
    shown.flow.queue.seen(shown.kiosk.clock.now(), "2", "open", staff="sample_a", groups=("tax",))
    shown.kiosk.pass_s(3)
    shown.settle()
    shown.stage.settle()
    texts = shown.stage.texts(shown.screen)
    assert shown.flow.say("counters.counter", name="2") in texts
    assert shown.flow.say("counters.nobody") not in texts
    assert harness.middle(shown.key("done"))[1] < shown.stage.window.size[1] / 2
