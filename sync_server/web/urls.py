"""Addresses of the frame itself."""

from django.urls import path

from sync_server.web import views

app_name = "web"
urlpatterns = [path("language", views.choose_language, name="language")]
