"""Addresses of the ground floor."""

from django.urls import path

from network.views import items, mandates, members, notifications, programme, room_settings, rooms, why, work

app_name = "network"

urlpatterns = [
    path("rooms/", rooms.index, name="rooms"),
    path("rooms/new/", rooms.open_room, name="room-new"),
    path("rooms/<slug:slug>/", rooms.room, name="room"),
    path("rooms/<slug:slug>/members/", members.members, name="room-members"),
    path("rooms/<slug:slug>/members/change/", members.change_grant, name="grant-change"),
    path("rooms/<slug:slug>/members/withdraw/", members.withdraw_grant, name="grant-withdraw"),
    path("rooms/<slug:slug>/members/requests/<uuid:person>/approve/", members.approve_request, name="request-approve"),
    path("rooms/<slug:slug>/members/requests/<uuid:person>/decline/", members.decline_request, name="request-decline"),
    path("rooms/<slug:slug>/request/withdraw/", members.withdraw_request, name="request-withdraw"),
    path("rooms/<slug:slug>/manager/", rooms.name_manager, name="manager-name"),
    path("rooms/<slug:slug>/settings/", room_settings.settings, name="room-settings"),
    path("rooms/<slug:slug>/settings/logo/", room_settings.change_logo, name="room-logo-change"),
    path("rooms/<slug:slug>/settings/hand-over/", room_settings.hand_over, name="room-hand-over"),
    path("rooms/<slug:slug>/settings/close/", room_settings.close, name="room-close"),
    path("rooms/<slug:slug>/logo/", room_settings.logo, name="room-logo"),
    path("rooms/<slug:slug>/archive/", room_settings.archive, name="room-archive"),
    path("mandates/", mandates.index, name="mandates"),
    path("mandates/<uuid:person>/<slug:kind>/withdraw/", mandates.withdraw, name="mandate-withdraw"),
    path("programme/", programme.edit, name="programme"),
    path("why/", why.why, name="why"),
    path("why/<uuid:person>/", why.why_person, name="why-person"),
    path("why/<uuid:person>/<uuid:item>/", why.why_item, name="why-item"),
    path("host/work/", work.index, name="work"),
    path("host/work/<uuid:uid>/again/", work.try_again, name="work-again"),
    path("programme/phases/new/", programme.phase, name="phase-new"),
    path("programme/phases/<slug:slug>/", programme.phase, name="phase"),
    path("programme/themes/", programme.themes, name="themes"),
    path("programme/themes/<slug:slug>/", programme.theme, name="theme"),
    path("notifications/", notifications.index, name="notifications"),
    path("notifications/read/", notifications.read_all, name="notifications-read"),
    path("notifications/<uuid:uid>/", notifications.follow, name="notification"),
    path("rooms/<slug:slug>/audience/", items.would_see, name="would-see"),
    path("items/<uuid:uid>/label/", items.relabel, name="item-label"),
    path("items/<uuid:uid>/pass-on/", items.pass_on, name="item-pass-on"),
    path("items/<uuid:uid>/take-back/<slug:slug>/", items.take_back, name="item-take-back"),
    path("items/<uuid:uid>/release/", items.release, name="item-release"),
    path("items/<uuid:uid>/unrelease/", items.unrelease, name="item-unrelease"),
    path("items/<uuid:uid>/hold/", items.hold, name="item-hold"),
    path("items/<uuid:uid>/approve/", items.approve, name="item-approve"),
    path("items/<uuid:uid>/archive/", items.archive, name="item-archive"),
    path("items/<uuid:uid>/remove/", items.remove, name="item-remove"),
]
