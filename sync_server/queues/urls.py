"""Addresses of tickets and ratings, below ``/desk/queues/``."""

from django.urls import path

from sync_server.queues import views

app_name = "queues"
urlpatterns = [
    path("tickets", views.tickets, name="tickets"),
    path("ratings", views.ratings, name="ratings"),
    path("praise", views.praise, name="praise"),
]
