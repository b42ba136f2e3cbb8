"""Addresses of the content pages, below ``/desk/content/``."""

from django.urls import path

from sync_server.content import views

app_name = "content"
urlpatterns = [
    path("", views.index, name="index"),
    path("services/<slug:service_id>", views.service, name="service"),
    path("forms/<str:name>", views.form_picture, name="form"),
    path("hall", views.hall, name="hall"),
    path("publish", views.publish_draft, name="publish"),
]
