"""The real bundle source instead of the one other tests put together by hand."""

import pytest


@pytest.fixture(autouse=True)
def _content_answers_for_itself(server, monkeypatch):
    """`settings.SALA_BUNDLE_SOURCE` as on an installed server."""
    from django.conf import settings

    monkeypatch.setattr(settings, "SALA_BUNDLE_SOURCE", "sync_server.content.queries")


@pytest.fixture
def actor(staff):
    """The clerk of the fictional office."""
    from sync_server.organisations.actions import Actor

    return Actor.of(staff("palad"))
