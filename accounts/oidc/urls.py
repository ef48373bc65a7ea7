"""The addresses of signing in at one's own organisation; allauth puts them below /accounts/."""

from django.urls import path

from accounts.oidc import views

urlpatterns = [
    path("organisation/", views.start, name="organisation_sign_in"),
    path("organisation/asked/", views.asked, name="organisation_asked"),
    path("organisation/<slug:slug>/callback/", views.callback, name="organisation_callback"),
]
