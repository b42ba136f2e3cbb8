"""The forms a service asks for: a page filled in for somebody who does not exist, the form's code, and paper."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from kiosk.desk import services, slips
from kiosk.paper import HAS_PAPER, Outcome, PrinterState
from kiosk.ui.presenters.base import Presenter, View, verb
from shared import content
from shared.content import Form, Service

if TYPE_CHECKING:
    from kiosk.ui.presenters.flow import Flow

#: Paper for information only, in one visit: a child at the button empties no roll.
PRINTS_MAX: Final = 3


class Paper:
    """What a button that prints information says: whether there is paper, and what became of the last slip."""

    def __init__(self) -> None:
        self.state: PrinterState | None = None
        """None until the printer has said something."""
        self.outcome: Outcome | None = None
        self.printing = False
        self.printed = 0

    @property
    def word(self) -> str:
        """One of "ready", "printing", "printed", "failed", "none", "enough"."""
        if self.printing:
            return "printing"
        if self.printed >= PRINTS_MAX:
            return "enough"
        if self.outcome is not None:
            return {"printed": "printed", "failed": "failed", "shown": "none"}[self.outcome]
        return "ready" if self.state is None or self.state in HAS_PAPER else "none"

    @property
    def offered(self) -> bool:
        """Whether a touch prints."""
        return self.word in {"ready", "printed", "failed"}

    def asked(self) -> None:
        """A slip is on its way to the printer."""
        self.printing = True

    def said(self, state: PrinterState) -> None:
        """The printer said how it is."""
        self.state = state

    def became(self, outcome: Outcome) -> None:
        """What became of the slip."""
        self.printing, self.outcome = False, outcome
        self.printed += outcome == "printed"

    def lost(self, _error: Exception) -> bool:
        """The desk failed while printing: that is no more than paper that did not come."""
        self.became("failed")
        return True


@dataclass(frozen=True, slots=True)
class FormChip:
    """One form of several."""

    id: str
    name: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class FormView(View):
    """One form. `png` is the filled-in page, empty where there is none; `link` the form's address, empty where there is
    none; `code` whether the code is shown instead of the page; `print` is a `Paper.word`.
    """

    title: str = ""
    sub: str = ""
    forms: tuple[FormChip, ...] = ()
    png: bytes = b""
    large: bool = False
    code: bool = False
    link: str = ""
    asks: tuple[str, ...] = ()
    print: str = "ready"
    can_print: bool = True


class FormPage(Presenter[FormView]):
    """The page, the code, and what the slip holds of it."""

    step = "form"

    _form_id = ""
    _large = False
    _code = False

    def __init__(self, flow: Flow) -> None:
        super().__init__(flow)
        self._paper = Paper()

    @property
    def _service(self) -> Service:
        return services.find(self.bundle, self.visit.service_id)

    @property
    def _form(self) -> Form:
        return services.find_form(self._service, self._form_id)

    def see(self, form_id: str) -> None:
        """This form was asked for."""
        self._form_id = form_id
        self._large = self._code = False

    def enter(self) -> None:
        """Ask the printer before paper is promised."""
        self.flow.at_printer(self.world.printer.state, self._paper.said, lambda _error: True)

    def present(self) -> FormView:
        """The form as the content has it."""
        say, service, form = self.say, self._service, self._form
        png = self.bundle.pictures.get(form.sample, b"")
        link = form.link if content.is_link(form.link) else ""
        return FormView(
            say,
            form.name.into(say.language),
            service.title.into(say.language),
            tuple(FormChip(each.id, each.name.into(say.language), each is form) for each in service.forms)
            if len(service.forms) > 1
            else (),
            png,
            self._large and bool(png),
            bool(link) and (self._code or not png),
            link,
            tuple(each.into(say.language) for each in form.asks),
            self._paper.word,
            self._paper.offered,
        )

    @verb
    def choose(self, form_id: str) -> None:
        """Another form of this service."""
        self.see(form_id)

    @verb
    def enlarge(self) -> None:
        """A part of the page as large as the screen, or the whole page again."""
        self._large = not self._large

    @verb
    def show_code(self, code: bool) -> None:
        """The form's code, or the filled-in page."""
        self._code = code

    @verb
    def print(self) -> None:
        """Print what the form asks for and its code."""
        if not self._paper.offered:
            return
        world, clock, language = self.world, self.flow.clock, self.visit.language
        moment, service_id, form_id = clock.now(), self.visit.service_id, self._form.id

        def print_it() -> Outcome:
            slip = slips.form_slip(world, service_id=service_id, form_id=form_id, language=language)
            return slips.print_only(world, moment, slip, mono_ms=clock.mono_ms)

        self._paper.asked()
        self.flow.at_printer(print_it, self._paper.became, self._paper.lost)
