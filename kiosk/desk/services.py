"""Services: what the office offers, in the content on screen."""

from kiosk.desk.world import World
from shared.content import Bundle, Service
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
