"""Forms about the way in: inviting, accepting."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth import password_validation
from django.core.validators import ProhibitNullCharactersValidator
from django.utils.translation import gettext_lazy as _

from accounts.forms.choices import ROLES, UNTIL_THEN, own_languages, zones
from network.forms import end_of_day
from network.models.people import Membership, Partner, User
from network.names import NameField
from network.permissions import Level
from network.place_forms import LEVELS


class InviteForm(forms.Form):
    """A representative invites a colleague."""

    email = forms.EmailField(label=_("E-mail address"), max_length=254)
    role = forms.ChoiceField(
        label=_("Role"),
        choices=ROLES,
        initial=Membership.Role.MEMBER,
        widget=forms.RadioSelect,
    )
    language = forms.ChoiceField(label=_("Language of the letter"), choices=own_languages, help_text=UNTIL_THEN)


def first_role(partner: Partner) -> dict[str, str]:
    """What the form offers first: to a partner that is only invited, a representative comes before all others."""
    invited = partner.status == Partner.Status.INVITED
    return {"role": Membership.Role.REPRESENTATIVE if invited else Membership.Role.MEMBER}


class InviteGuestForm(forms.Form):
    """A coordinator invites an expert to one room, until a day."""

    email = forms.EmailField(label=_("E-mail address"), max_length=254)
    level = forms.TypedChoiceField(
        label=_("What they may do"),
        coerce=lambda value: Level(int(value)),
        choices=LEVELS[:2],
        initial=Level.CONTRIBUTE,
    )
    until = forms.DateField(label=_("Last day"), widget=forms.DateInput(attrs={"type": "date"}))
    language = forms.ChoiceField(label=_("Language of the letter"), choices=own_languages, help_text=UNTIL_THEN)

    def clean_until(self) -> Any:
        """The instant at which that day ends in the network's time zone."""
        return end_of_day(self.cleaned_data["until"])


class AcceptForm(forms.Form):
    """Who comes for the first time chooses a name and a password."""

    name = NameField(
        label=_("Your name"),
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        help_text=_("As colleagues in other cities will read it beside what you write."),
    )
    password = forms.CharField(
        label=_("Password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}, render_value=False),
        help_text=_("At least ten characters; a sentence is easier to remember than a riddle."),
        validators=[ProhibitNullCharactersValidator()],
    )
    time_zone = forms.ChoiceField(
        label=_("Your time zone"), choices=zones, widget=forms.Select(attrs={"data-guess": ""})
    )

    def __init__(self, *args: Any, email: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.email = email
        self.fields["time_zone"].initial = settings.LIAISE_TIME_ZONE

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("password"):
            person = User(email=self.email, name=cleaned.get("name", ""))
            try:
                password_validation.validate_password(cleaned["password"], person)
            except forms.ValidationError as error:
                self.add_error("password", error)
        return cleaned
