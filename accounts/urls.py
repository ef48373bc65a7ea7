"""Addresses of partners and people, and of the way in; signing in itself is allauth's."""

from django.urls import path

from accounts.views import account, directory, factors, host, invitations, providers, sessions, texts

app_name = "accounts"

urlpatterns = [
    path("partners/", directory.partners, name="partners"),
    path("partners/<slug:slug>/", directory.partner, name="partner"),
    path("partners/<slug:slug>/invite/", invitations.invite, name="invite"),
    path("people/", directory.people, name="people"),
    path("people/<uuid:uid>/", directory.person, name="person"),
    path("people/<uuid:uid>/talk/", directory.talk, name="talk"),
    path("accounts/", account.overview, name="account"),
    path("accounts/profile/", directory.profile, name="profile"),
    path("accounts/telling/", account.telling, name="telling"),
    path("accounts/export/", account.export, name="export"),
    path("accounts/export/<uuid:uid>/", account.export_file, name="export-file"),
    path("accounts/close/", account.close, name="close"),
    path("host/people/", host.people, name="host-people"),
    path("host/people/<uuid:uid>/", host.person, name="host-person"),
    path("host/people/<uuid:uid>/export/", host.export, name="host-export"),
    path("host/people/<uuid:uid>/erase/", host.erase, name="host-erase"),
    path("accounts/invitation/<str:token>/", invitations.accept, name="invitation"),
    path("accounts/invitations/<uuid:uid>/", invitations.settle, name="invitation-settle"),
    path("rooms/<slug:slug>/members/invite/", invitations.invite_guest, name="invite-guest"),
    path("charter/", texts.read, {"kind": "charter"}, name="charter"),
    path("privacy/", texts.read, {"kind": "privacy"}, name="privacy"),
    path("texts/", texts.texts, name="texts"),
    path("texts/<slug:kind>/", texts.edit, name="text-edit"),
    path("welcome/", texts.welcome, name="welcome"),
    path("accounts/second-factor/", factors.second_factor, name="second-factor"),
    path("accounts/sessions/<int:pk>/end/", sessions.end_one, name="session-end"),
    path("accounts/sessions/end/", sessions.sign_out_everywhere, name="sign-out-everywhere"),
    path("partners/<slug:slug>/sign-in/", providers.sign_in, name="partner-sign-in"),
]
