"""Addresses of the ground floor."""

from django.urls import path

from network.views import items, notifications, programme, rooms, work

app_name = "network"

urlpatterns = [
    path("rooms/", rooms.index, name="rooms"),
    path("rooms/new/", rooms.open_room, name="room-new"),
    path("rooms/<slug:slug>/", rooms.room, name="room"),
    path("rooms/<slug:slug>/members/", rooms.members, name="room-members"),
    path("rooms/<slug:slug>/members/withdraw/", rooms.withdraw_grant, name="grant-withdraw"),
    path("rooms/<slug:slug>/members/requests/<uuid:person>/decline/", rooms.decline_request, name="request-decline"),
    path("rooms/<slug:slug>/manager/", rooms.name_manager, name="manager-name"),
    path("rooms/<slug:slug>/archive/", rooms.archive, name="room-archive"),
    path("programme/", programme.edit, name="programme"),
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
