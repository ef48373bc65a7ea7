"""All addresses of the house: each app's own, then the pages that need several of them."""

from importlib.util import find_spec

from allauth import urls as allauth
from django.urls import URLPattern, URLResolver, include, path

ROOMS = ("network", "accounts", "exchange", "forums", "workshops", "config.pages")

handler500 = "config.pages.failing.failed"

urlpatterns: list[URLPattern | URLResolver] = [
    *(path("", include(f"{app}.urls")) for app in ROOMS if find_spec(f"{app}.urls")),
    # Without its redirects from addresses of former versions, which have no name.
    path("accounts/", include([door for door in allauth.urlpatterns if getattr(door, "name", True)])),
]
