"""All addresses of the house: each app's own, then the pages that need several of them."""

from importlib.util import find_spec

from django.urls import URLPattern, URLResolver, include, path

ROOMS = ("network", "accounts", "exchange", "forums", "workshops", "config.pages")

urlpatterns: list[URLPattern | URLResolver] = [
    *(path("", include(f"{app}.urls")) for app in ROOMS if find_spec(f"{app}.urls")),
    path("accounts/", include("allauth.urls")),
]
