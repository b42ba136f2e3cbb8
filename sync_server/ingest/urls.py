"""Addresses for kiosks."""

from django.urls import path, re_path

from sync_server.ingest import views

urlpatterns = [
    path("push", views.push, name="sync-push"),
    path("position", views.position, name="sync-position"),
    path("roll", views.roll, name="sync-roll"),
    path("enrol", views.enrol, name="sync-enrol"),
    path("keys", views.key_lists, name="sync-keys"),
    path("manifest", views.manifest, name="sync-manifest"),
    re_path(r"^piece/(?P<digest>[0-9a-f]{64})$", views.piece, name="sync-piece"),
]
