"""Addresses of the office's people: signing in and out, one's own account."""

from django.urls import path

from sync_server.organisations import views

app_name = "organisations"
urlpatterns = [
    path("sign-in", views.SignIn.as_view(), name="sign-in"),
    path("sign-out", views.SignOut.as_view(), name="sign-out"),
    path("desk/account", views.account, name="account"),
]
