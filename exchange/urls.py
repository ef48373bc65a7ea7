"""Addresses of documents, practice sheets and the library."""

from django.urls import path

from exchange.views import (
    archives,
    bins,
    describing,
    documents,
    downloads,
    folders,
    host,
    library,
    practices,
    reading,
    receipts,
    unpacking,
    uploads,
    versions,
    working,
)
from network.views import openings

app_name = "exchange"

urlpatterns = [
    path("rooms/<slug:slug>/documents/", documents.in_one_room, name="documents"),
    path("rooms/<slug:slug>/documents/new/", documents.new, name="document-new"),
    path("rooms/<slug:slug>/documents/folders/new/", folders.new, name="folder-new"),
    path("rooms/<slug:slug>/documents/folders/<uuid:uid>/", folders.one, name="folder"),
    path("rooms/<slug:slug>/documents/folders/<uuid:uid>/remove/", folders.remove, name="folder-remove"),
    path("rooms/<slug:slug>/documents/move/", folders.move, name="documents-move"),
    path("rooms/<slug:slug>/documents/unpack/", unpacking.new, name="documents-unpack"),
    path("rooms/<slug:slug>/documents/export/", archives.export, name="documents-export"),
    path("rooms/<slug:slug>/documents/zip/", archives.fetch, name="documents-zip"),
    path("rooms/<slug:slug>/documents/bin/", bins.in_one_room, name="bin"),
    path("rooms/<slug:slug>/documents/bin/put/", bins.put_ticked, name="bin-put"),
    path("documents/<uuid:uid>/bin/", bins.put, name="document-bin"),
    path("documents/<uuid:uid>/bin/out/", bins.take_out, name="document-unbin"),
    path("documents/<uuid:uid>/", documents.one, name="document"),
    path("documents/<uuid:uid>/download/", downloads.download, name="document-download"),
    path("documents/<uuid:uid>/pages/", reading.pages, name="document-pages"),
    path("documents/<uuid:uid>/pages/<int:number>/<int:width>.webp", reading.picture, name="document-picture"),
    path("documents/<uuid:uid>/play/", reading.play, name="document-play"),
    path("documents/<uuid:uid>/compare/", reading.compare, name="document-compare"),
    path("documents/<uuid:uid>/downloads/", versions.downloads, name="document-downloads"),
    # The list of any item, under the address of a document.
    path("documents/<uuid:uid>/openings/", openings.one, name="document-openings"),
    path("documents/<uuid:uid>/versions/new/", versions.new, name="document-version-new"),
    path("documents/<uuid:uid>/versions/<int:number>/restore/", versions.restore, name="document-version-restore"),
    path("documents/<uuid:uid>/describe/", describing.describe, name="document-describe"),
    path("documents/<uuid:uid>/work/", working.work, name="document-work"),
    path("documents/<uuid:uid>/work/stop/", working.stop, name="document-work-stop"),
    path("documents/<uuid:uid>/reading/", receipts.reading, name="document-reading"),
    path("documents/<uuid:uid>/reading/newest/", receipts.ask_again, name="document-reading-newest"),
    path("documents/<uuid:uid>/reading/confirm/", receipts.confirm, name="document-read"),
    path("rooms/<slug:slug>/practices/", practices.in_one_room, name="room-practices"),
    path("rooms/<slug:slug>/practices/new/", practices.new, name="practice-new"),
    path("practices/", practices.index, name="practices"),
    path("practices/<uuid:uid>/", practices.one, name="practice"),
    path("practices/<uuid:uid>/revise/", practices.revise, name="practice-revise"),
    path("host/files/", host.files, name="host-files"),
    path("host/files/scan/", host.scan, name="host-files-scan"),
    path("uploads/", uploads.uploads, name="uploads"),
    path("uploads/<uuid:uid>/", uploads.one, name="upload"),
    path("library/", library.index, name="library"),
]
