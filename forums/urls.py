"""Addresses of talk."""

from django.urls import path

from forums.views import chat, moderation, threads

app_name = "forums"

urlpatterns = [
    path("rooms/<slug:slug>/chat/", chat.chat, name="room-chat"),
    path("rooms/<slug:slug>/discussions/", threads.index, name="discussions"),
    path("rooms/<slug:slug>/discussions/new/", threads.new, name="discussion-new"),
    path("rooms/<slug:slug>/announcements/new/", threads.announce, name="announcement-new"),
    path("rooms/<slug:slug>/comments/<uuid:uid>/", threads.comment, name="comment"),
    path("discussions/<uuid:uid>/", threads.discussion, name="discussion"),
    path("discussions/<uuid:uid>/reply/", threads.reply, name="reply"),
    path("discussions/<uuid:uid>/lock/", moderation.lock, name="lock"),
    path("discussions/<uuid:uid>/unlock/", moderation.unlock, name="unlock"),
    path("discussions/<uuid:uid>/posts/<uuid:post>/", threads.post, name="post"),
    path("discussions/<uuid:uid>/posts/<uuid:post>/moderate/", moderation.moderate, name="post-moderate"),
    path("discussions/<uuid:uid>/posts/<uuid:post>/hold/", moderation.hold, name="post-hold"),
    path("discussions/<uuid:uid>/posts/<uuid:post>/approve/", moderation.approve, name="post-approve"),
    path("discussions/<uuid:uid>/posts/<uuid:post>/remove/", moderation.remove, name="post-remove"),
    path("moderation/", moderation.queue, name="moderation"),
    path("moderation/<slug:kind>/<uuid:uid>/", moderation.decide, name="decide"),
]
