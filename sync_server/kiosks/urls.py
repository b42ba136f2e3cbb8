"""Addresses of the fleet, below ``/desk/kiosks/``."""

from django.urls import path, re_path

from sync_server.kiosks import views

app_name = "kiosks"
urlpatterns = [
    path("", views.fleet_page, name="fleet"),
    path("enrol", views.enrol, name="enrol"),
    path("enrol/<int:code_id>", views.came, name="came"),
    re_path(r"^(?P<kiosk_id>[0-9a-f]{32})/compared$", views.compared, name="compared"),
    re_path(r"^(?P<kiosk_id>[0-9a-f]{32})/enrol$", views.enrol_again, name="enrol-again"),
    path("alarms/<int:alarm_id>/clear", views.clear_alarm, name="clear-alarm"),
    re_path(r"^(?P<kiosk_id>[0-9a-f]{32})$", views.kiosk_page, name="kiosk"),
]
