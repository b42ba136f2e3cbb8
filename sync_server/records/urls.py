"""Addresses of the review page, below ``/desk/records/``."""

from django.urls import path

from sync_server.records import views

app_name = "records"
urlpatterns = [
    path("", views.index, name="index"),
    path("<int:record_id>", views.record, name="record"),
    path("branches", views.branches, name="branches"),
    path("branches/<int:branch_id>/count", views.count_branch, name="count-branch"),
]
