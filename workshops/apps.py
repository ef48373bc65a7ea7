"""Meetings: workshops, registration and calendars."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

# What people write here, as the list of their drafts calls it.
WRITINGS = {
    "announce": _("A workshop"),
    "edit": _("A workshop"),
    "cancel": _("Why a workshop does not take place"),
}


class WorkshopsConfig(AppConfig):
    """Meetings: workshops, registration and calendars."""

    name = "workshops"
    label = "workshops"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Tells the ground floor its kind of item, its verbs and its notices."""
        from network.belongings import Dropped, Settled, register_belonging
        from network.drafts import register_writing
        from network.kinds import register_kind
        from workshops import keeping, notices, personal, verbs
        from workshops.actions import meetings
        from workshops.querysets import ahead

        for name, words in WRITINGS.items():
            register_writing(f"workshops:{name}", words)
        register_kind(
            "workshop",
            name=_("workshop"),
            plural=_("workshops"),
            url_name="workshops:workshop",
            index=meetings.index_workshop,
            unfinished=ahead,
            close=meetings.cancel_unchecked,
        )
        verbs.declare_all()
        personal.register_all()
        register_belonging("workshops.Registration.user", Settled(meetings.join_registrations))
        register_belonging("workshops.CalendarLink.user", Dropped())
        keeping.register_all()
        notices.register_all()
