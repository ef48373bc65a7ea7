"""Addresses of partners and people, and of the way in; signing in itself is allauth's."""

from django.urls import path

from accounts.views import absence, directory, hats, invitations, merging, moving

app_name = "accounts"

urlpatterns = [
    path("partners/", directory.partners, name="partners"),
    path("partners/<slug:slug>/", directory.partner, name="partner"),
    path("partners/<slug:slug>/invite/", invitations.invite, name="invite"),
    path("people/", directory.people, name="people"),
    path("people/<uuid:uid>/", directory.person, name="person"),
    path("people/<uuid:uid>/talk/", directory.talk, name="talk"),
    path("people/<uuid:uid>/reactivate/", absence.reactivate, name="reactivate"),
    path("people/<uuid:uid>/move/", moving.move, name="move"),
    path("people/<uuid:uid>/merge/", merging.merge, name="merge"),
    path("accounts/profile/", directory.profile, name="profile"),
    path("accounts/hat/", hats.wear, name="hat"),
    path("accounts/invitation/<str:token>/", invitations.accept, name="invitation"),
    path("accounts/invitations/<uuid:uid>/", invitations.settle, name="invitation-settle"),
    path("rooms/<slug:slug>/members/invite/", invitations.invite_guest, name="invite-guest"),
]
