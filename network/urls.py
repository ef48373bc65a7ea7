"""Addresses of the ground floor."""

from django.urls import path

from network.views import notifications, programme, rooms

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
    path("notifications/", notifications.index, name="notifications"),
    path("notifications/read/", notifications.read_all, name="notifications-read"),
    path("notifications/<uuid:uid>/", notifications.follow, name="notification"),
]
