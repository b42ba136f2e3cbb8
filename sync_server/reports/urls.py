"""Addresses of the reports, below ``/desk/reports/``.

``2570/1`` is the first half of fiscal year 2570, ``2570/2`` the second, ``2570/year`` all of it.
"""

from django.urls import path

from sync_server.reports import views

app_name = "reports"
urlpatterns = [
    path("", views.index, name="index"),
    path("<int:year>/<slug:span>", views.summary, name="summary"),
    path("<int:year>/<slug:span>/report.pdf", views.print_pdf, name="pdf"),
    path("<int:year>/<slug:span>/report.docx", views.print_docx, name="docx"),
    path("<int:year>/<slug:span>/tickets/<slug:group>", views.behind_tickets, name="behind-tickets"),
    path("<int:year>/<slug:span>/waits/<slug:group>", views.behind_waits, name="behind-waits"),
    path("<int:year>/<slug:span>/ratings/<slug:group>", views.behind_ratings, name="behind-ratings"),
]
