"""The first page of the desk."""

from django.urls import path

from sync_server.home import views

app_name = "home"
urlpatterns = [path("desk/", views.today, name="today")]
