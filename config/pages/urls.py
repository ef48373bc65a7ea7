"""Addresses of the pages that need the whole house."""

from django.urls import path

from config.pages.health import healthz

urlpatterns = [
    path("healthz", healthz, name="healthz"),
]
