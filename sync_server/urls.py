"""The addresses: `sync/` is for kiosks (signed bytes, no cookies), `desk/` for staff, the root leads to the desk."""

from django.urls import include, path
from django.views.generic import RedirectView

urlpatterns = [
    path("sync/", include("sync_server.ingest.urls")),
    path("", RedirectView.as_view(url="/desk/"), name="root"),
    path("", include("sync_server.organisations.urls")),
    path("", include("sync_server.home.urls")),
    path("", include("sync_server.web.urls")),
    path("desk/cases/", include("sync_server.cases.urls")),
    path("desk/sealed/", include("sync_server.sealed.urls")),
    path("desk/queues/", include("sync_server.queues.urls")),
    path("desk/content/", include("sync_server.content.urls")),
    path("desk/reports/", include("sync_server.reports.urls")),
    path("desk/records/", include("sync_server.records.urls")),
    path("desk/office/", include("sync_server.organisations.office_urls")),
    path("desk/kiosks/", include("sync_server.kiosks.urls")),
]
