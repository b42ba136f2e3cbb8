"""Services: what the office offers, in the content on screen."""

from kiosk.desk.world import World
from shared.content import Bundle, Colleague, Form, Service, Step
from shared.errors import SalaError


class NoContent(SalaError):
    """The kiosk has never received the office's content."""

    remedy = "Publish the content at the server and let the kiosk sync once."


class NoSuchService(SalaError):
    """The content on screen has no service of this id."""

    remedy = "Choose again from the list; the content may just have changed."


def shown(world: World) -> Bundle:
    """The edition on screen; raises `NoContent` where there was never one."""
    bundle = world.content.bundle
    if bundle is None:
        raise NoContent("no content yet")
    return bundle


def find(bundle: Bundle, service_id: str) -> Service:
    """The service of this id; raises `NoSuchService`."""
    for service in bundle.services:
        if service.id == service_id:
            return service
    raise NoSuchService(service_id)


def find_form(service: Service, form_id: str) -> Form:
    """The form of this id, or the service's first where it has none of that id. Raises `NoSuchService` where it asks
    for no form at all.
    """
    for form in service.forms:
        if form.id == form_id:
            return form
    if not service.forms:
        raise NoSuchService(f"a form of {service.id}")
    return service.forms[0]


def named(bundle: Bundle, step: Step) -> Colleague | None:
    """Who holds the position that answers for a step, where they agreed to be named."""
    return next((each for each in bundle.office.colleagues if step.person and each.id == step.person), None)
