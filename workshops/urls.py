"""Addresses of the workshops."""

from django.urls import path, register_converter

from workshops.times import FIRST_YEAR, LAST_YEAR
from workshops.views import feeds, hosting, lists, meetings


class Year:
    """A year of our calendar, in four digits."""

    regex = "[0-9]{4}"

    def to_python(self, value: str) -> int:
        """Raises ValueError, and so is no address, beyond our years."""
        if not FIRST_YEAR <= int(value) <= LAST_YEAR:
            raise ValueError(value)
        return int(value)

    def to_url(self, value: int) -> str:
        return f"{value:04d}"


class Month:
    """A month in two digits; one is read, too."""

    regex = "0?[1-9]|1[0-2]"

    def to_python(self, value: str) -> int:
        return int(value)

    def to_url(self, value: int) -> str:
        return f"{value:02d}"


register_converter(Year, "year")
register_converter(Month, "month")

app_name = "workshops"

urlpatterns = [
    path("workshops/", lists.index, name="workshops"),
    path("workshops/new/", lists.choose_room, name="choose-room"),
    path("workshops/calendar/", lists.this_month, name="this-month"),
    path("workshops/calendar/<year:year>/<month:month>/", lists.month, name="month"),
    path("workshops/<uuid:uid>/", meetings.one, name="workshop"),
    path("workshops/<uuid:uid>/register/", meetings.register, name="register"),
    path("workshops/<uuid:uid>/withdraw/", meetings.withdraw, name="withdraw"),
    path("workshops/<uuid:uid>/calendar.ics", meetings.calendar, name="calendar-file"),
    path("workshops/<uuid:uid>/edit/", hosting.edit, name="edit"),
    path("workshops/<uuid:uid>/cancel/", hosting.cancel, name="cancel"),
    path("calendar/", feeds.link, name="calendar-link"),
    path("calendar/renew/", feeds.renew, name="calendar-link-renew"),
    path("calendar/end/", feeds.end, name="calendar-link-end"),
    path("calendar/<str:key>.ics", feeds.feed, name="calendar-feed"),
    path("rooms/<slug:slug>/workshops/", lists.in_one_room, name="room-workshops"),
    path("rooms/<slug:slug>/workshops/new/", hosting.announce, name="announce"),
]
