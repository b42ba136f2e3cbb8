"""Services: finding what the office offers, in the content on screen."""

from kiosk.desk.world import World
from shared import thai
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


def search(bundle: Bundle, text: str, audience: str = "") -> list[Service]:
    """The services that `text` may mean, best first; all of them, in the content's order, where it is empty.

    Every word must be found, in the title of any language or in what stands around it; tones, spacing, case and Thai
    digits are forgiven. `audience` keeps only services for that group.
    """
    wanted = [thai.fold(word) for word in text.split()]
    ranked = [
        (rank, place, service)
        for place, service in enumerate(bundle.services)
        if not audience or audience in service.audience
        if (rank := _rank(bundle, service, [word for word in wanted if word])) is not None
    ]
    return [service for _, _, service in sorted(ranked, key=lambda found: found[:2])]


def _rank(bundle: Bundle, service: Service, words: list[str]) -> int | None:
    """0 where a title begins with the first word, 1 where titles hold all words, 2 where they are found elsewhere,
    else None.
    """
    title = service.title
    titles = [thai.fold(text) for text in (title.th, title.en, title.ms, title.ms_arab) if text]
    if all(any(word in text for text in titles) for word in words):
        return 0 if words and any(text.startswith(words[0]) for text in titles) else 1
    division = [part.name for part in bundle.office.divisions if part.id == service.division]
    around = [service.public_label, *division, *(paper.name for paper in service.papers)]
    more = titles + [thai.fold(text) for name in around for text in (name.th, name.en, name.ms)]
    return 2 if all(any(word in text for text in more) for word in words) else None
