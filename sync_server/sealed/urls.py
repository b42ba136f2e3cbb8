"""Addresses of sealed cases, below ``/desk/sealed/``."""

from django.urls import path

from sync_server.sealed import views

app_name = "sealed"
urlpatterns = [
    path("", views.index, name="index"),
    path("key", views.key, name="key"),
    path("<int:case_id>", views.case, name="case"),
    path("<int:case_id>/open", views.open_, name="open"),
    path("<int:case_id>/seal", views.seal, name="seal"),
    path("<int:case_id>/answer", views.answer, name="answer"),
    path("<int:case_id>/close", views.close, name="close"),
    path("<int:case_id>/recuse", views.recuse, name="recuse"),
]
