"""Meetings: workshops, registration and calendars."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class WorkshopsConfig(AppConfig):
    """Meetings: workshops, registration and calendars."""

    name = "workshops"
    label = "workshops"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Tells the ground floor its kind of item, its verbs and its notices."""
        from network.belongings import Settled, register_belonging
        from network.kinds import register_kind
        from workshops import actions, keeping, notices, personal, verbs
        from workshops.querysets import ahead

        register_kind(
            "workshop",
            name=_("workshop"),
            plural=_("workshops"),
            url_name="workshops:workshop",
            index=actions.index_workshop,
            unfinished=ahead,
            close=actions.cancel_unchecked,
        )
        verbs.declare_all()
        personal.register_all()
        register_belonging("workshops.Registration.user", Settled(actions.join_registrations))
        keeping.register_all()
        notices.register_all()
