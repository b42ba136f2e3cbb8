"""Addresses of tickets, ratings and praise, below ``/desk/queues/``."""

from django.urls import path

from sync_server.queues import times, views

app_name = "queues"
urlpatterns = [
    path("tickets", views.tickets, name="tickets"),
    path("waiting", times.waiting, name="waiting"),
    path("outcomes", times.outcomes, name="outcomes"),
    path("ratings", views.ratings, name="ratings"),
    path("ratings/words/<int:explanation_id>/show", views.show_words, name="show-words"),
    path("ratings/words/<int:explanation_id>/hide", views.hide_words, name="hide-words"),
    path("praise", views.praise, name="praise"),
    path("praise/<int:praise_id>/show", views.show_praise, name="show-praise"),
    path("praise/<int:praise_id>/hide", views.hide_praise, name="hide-praise"),
]
