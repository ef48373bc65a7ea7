"""Addresses of the pages that need the whole house."""

from django.urls import path

from config.pages.health import healthz
from config.pages.home import home
from config.pages.search import search
from config.pages.steering import steering

urlpatterns = [
    path("", home, name="home"),
    path("steering/", steering, name="steering"),
    path("search/", search, name="search"),
    path("healthz", healthz, name="healthz"),
]
