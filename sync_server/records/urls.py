"""Addresses of the review page, below ``/desk/records/``."""

from django.urls import path, re_path

from sync_server.records import views

app_name = "records"
urlpatterns = [
    path("", views.index, name="index"),
    path("<int:record_id>", views.record, name="record"),
    path("branches", views.branches, name="branches"),
    path("branches/<int:log_id>/decide", views.decide, name="decide"),
    re_path(r"^kiosks/(?P<kiosk_id>[0-9a-f]{32})/revoke$", views.revoke, name="revoke"),
    re_path(r"^kiosks/(?P<kiosk_id>[0-9a-f]{32})/reinstate$", views.reinstate, name="reinstate"),
]
