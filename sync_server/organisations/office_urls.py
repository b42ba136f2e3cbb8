"""Addresses of the office itself, below ``/desk/office/``: its people, its papers, its closed days."""

from django.urls import path

from sync_server.organisations import office_views as views

app_name = "office"
urlpatterns = [
    path("", views.index, name="index"),
    path("people/add", views.add, name="add"),
    path("people/<int:staff_id>", views.person, name="person"),
    path("people/<int:staff_id>/password", views.give_password, name="give-password"),
    path("people/<int:staff_id>/leave", views.leave, name="leave"),
    path("people/<int:staff_id>/return", views.let_back, name="return"),
    path("papers", views.papers, name="papers"),
    path("closed-days", views.closed_days, name="closed-days"),
    path("closed-days/<slug:day>/open", views.open_day, name="open-day"),
]
