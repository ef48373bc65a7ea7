"""Addresses of partners and people, and of the way in; signing in itself is allauth's."""

from django.urls import path

from accounts.models import Import
from accounts.views import directory, exports, imports, invitations, partners, standing

app_name = "accounts"

OF_PARTNERS, OF_PEOPLE = {"kind": Import.Kind.PARTNERS}, {"kind": Import.Kind.PEOPLE}

urlpatterns = [
    path("partners/", directory.partners, name="partners"),
    path("partners/new/", partners.new, name="partner-new"),
    path("partners/import/", imports.read_in, OF_PARTNERS, name="partners-import"),
    path("partners/import/template.<str:ending>", imports.template, OF_PARTNERS, name="partners-template"),
    path("partners/export.<str:ending>", exports.partners, name="partners-export"),
    path("partners/<slug:slug>/", partners.partner, name="partner"),
    path("partners/<slug:slug>/logo/", partners.logo, name="partner-logo"),
    path("partners/<slug:slug>/edit/", partners.edit, name="partner-edit"),
    path("partners/<slug:slug>/status/", standing.status, name="partner-status"),
    path("partners/<slug:slug>/lead/", standing.lead, name="partner-lead"),
    path("partners/<slug:slug>/hand-over/", standing.hand_over, name="hand-over"),
    path("partners/<slug:slug>/hand-over/begin/", standing.begin_hand_over, name="hand-over-begin"),
    path("partners/<slug:slug>/hand-over/call-off/", standing.call_off, name="hand-over-call-off"),
    path("partners/<slug:slug>/hand-over/items/", standing.hand_on, name="hand-over-items"),
    path("partners/<slug:slug>/hand-over/rooms/<slug:room>/", standing.hand_on_room, name="hand-over-room"),
    path("partners/<slug:slug>/leave/", standing.leave, name="partner-leave"),
    path("partners/<slug:slug>/invite/", invitations.invite, name="invite"),
    path("people/", directory.people, name="people"),
    path("people/import/", imports.read_in, OF_PEOPLE, name="people-import"),
    path("people/import/template.<str:ending>", imports.template, OF_PEOPLE, name="people-template"),
    path("people/export.<str:ending>", exports.people, name="people-export"),
    path("partners/import/<uuid:uid>/", imports.look, name="import"),
    path("partners/import/<uuid:uid>/carry-out/", imports.carry_out, name="import-carry-out"),
    path("partners/import/<uuid:uid>/discard/", imports.discard, name="import-discard"),
    path("people/<uuid:uid>/", directory.person, name="person"),
    path("people/<uuid:uid>/talk/", directory.talk, name="talk"),
    path("accounts/profile/", directory.profile, name="profile"),
    path("accounts/invitation/<str:token>/", invitations.accept, name="invitation"),
    path("accounts/invitations/<uuid:uid>/", invitations.settle, name="invitation-settle"),
    path("rooms/<slug:slug>/members/invite/", invitations.invite_guest, name="invite-guest"),
]
