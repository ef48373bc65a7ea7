"""Addresses of documents, practice sheets and the library."""

from django.urls import path

from exchange.views import (
    describing,
    documents,
    downloads,
    library,
    practices,
    reading,
    uploads,
    versions,
    working,
)

app_name = "exchange"

urlpatterns = [
    path("rooms/<slug:slug>/documents/", documents.in_one_room, name="documents"),
    path("rooms/<slug:slug>/documents/new/", documents.new, name="document-new"),
    path("documents/<uuid:uid>/", documents.one, name="document"),
    path("documents/<uuid:uid>/download/", downloads.download, name="document-download"),
    path("documents/<uuid:uid>/versions/new/", versions.new, name="document-version-new"),
    path("documents/<uuid:uid>/versions/<int:number>/restore/", versions.restore, name="document-version-restore"),
    path("documents/<uuid:uid>/describe/", describing.describe, name="document-describe"),
    path("documents/<uuid:uid>/work/", working.work, name="document-work"),
    path("documents/<uuid:uid>/work/stop/", working.stop, name="document-work-stop"),
    path("documents/<uuid:uid>/reading/", reading.reading, name="document-reading"),
    path("documents/<uuid:uid>/reading/newest/", reading.ask_again, name="document-reading-newest"),
    path("documents/<uuid:uid>/reading/confirm/", reading.confirm, name="document-read"),
    path("rooms/<slug:slug>/practices/", practices.in_one_room, name="room-practices"),
    path("rooms/<slug:slug>/practices/new/", practices.new, name="practice-new"),
    path("practices/", practices.index, name="practices"),
    path("practices/<uuid:uid>/", practices.one, name="practice"),
    path("practices/<uuid:uid>/revise/", practices.revise, name="practice-revise"),
    path("uploads/", uploads.uploads, name="uploads"),
    path("uploads/<uuid:uid>/", uploads.one, name="upload"),
    path("library/", library.index, name="library"),
]
