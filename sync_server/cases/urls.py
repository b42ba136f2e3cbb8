"""Addresses of cases, below ``/desk/cases/``. The answer and the internal note go to different addresses."""

from django.urls import path

from sync_server.cases import views

app_name = "cases"
urlpatterns = [
    path("", views.index, name="inbox"),
    path("<int:case_id>", views.case, name="case"),
    path("<int:case_id>/acknowledge", views.acknowledge, name="acknowledge"),
    path("<int:case_id>/answer", views.answer, name="answer"),
    path("<int:case_id>/note", views.note, name="note"),
    path("<int:case_id>/assign", views.assign, name="assign"),
    path("<int:case_id>/close", views.close, name="close"),
    path("<int:case_id>/reopen", views.reopen, name="reopen"),
]
