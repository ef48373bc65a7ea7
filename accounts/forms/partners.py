"""Forms about partners: what stands on their page, how they stand, who leads."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.core.validators import URLValidator
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.permissions.partners import OWN_FIELDS
from network import countries, languages
from network.fields import FoldedBoxes
from network.models.items import Item
from network.models.people import Partner, User
from network.pictures import LogoField
from network.sharing import LineField, OnceField


class WebsiteField(forms.URLField):
    """An address on the web that a reader may be sent to: http or https and nothing else."""

    default_validators = [URLValidator(schemes=["http", "https"])]

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(assume_scheme="https", max_length=200, **kwargs)


class PartnerForm(forms.Form):
    """All that stands on a partner's page, for coordinators. For representatives, what is theirs to say of it."""

    name = LineField(label=_("Name"), max_length=160)
    short_name = LineField(
        label=_("Short name"), max_length=60, help_text=_("As it stands beside a person's name: “Liège”.")
    )
    kind = forms.ChoiceField(label=_("Kind"), choices=Partner.Kind)
    country = forms.ChoiceField(label=_("Country"), choices=countries.choices)
    city = LineField(label=_("City"), max_length=120, required=False)
    latitude = forms.DecimalField(
        label=_("Latitude of the city centre"),
        required=False,
        min_value=-90,
        max_value=90,
        max_digits=8,
        decimal_places=5,
        help_text=_("In degrees, such as 50.64509."),
    )
    longitude = forms.DecimalField(
        label=_("Longitude of the city centre"),
        required=False,
        min_value=-180,
        max_value=180,
        max_digits=8,
        decimal_places=5,
        help_text=_("In degrees, such as 5.57361; negative in the west."),
    )
    profile = forms.CharField(
        label=_("Short profile"),
        max_length=1500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("Everybody reads it, also who is not signed in. An empty line begins a new paragraph."),
    )
    languages = forms.MultipleChoiceField(
        label=_("Languages"),
        choices=languages.choices,
        required=False,
        widget=FoldedBoxes,
        help_text=_("In which one can speak and write to it."),
    )
    website = WebsiteField(label=_("Website"), required=False)
    logo = LogoField(help_text=_("PNG, JPEG or WebP, up to 2 MB. Left empty, the present one stays."))
    logo_away = forms.BooleanField(label=_("Take the present logo away"), required=False)
    contact_name = LineField(label=_("Whom to contact"), max_length=120, required=False)
    contact_email = forms.EmailField(
        label=_("Their e-mail address"),
        max_length=254,
        required=False,
        help_text=_("Only members of the network see it."),
    )
    most_members = forms.IntegerField(
        label=_("Most members"),
        required=False,
        min_value=1,
        max_value=10_000,
        help_text=_("How many people it may have, invitations that wait included. Left empty, as many as it likes."),
    )
    may_invite_guests = forms.BooleanField(
        label=_("Its representatives may invite guests"),
        required=False,
        help_text=_("To rooms that they manage, until a day that they choose."),
    )

    def __init__(self, *args: Any, partner: Partner | None = None, everything: bool = True, **kwargs: Any) -> None:
        if partner is not None:
            kwargs["initial"] = {name: getattr(partner, name) for name in self.base_fields if hasattr(partner, name)}
        super().__init__(*args, **kwargs)
        if not everything:
            for name in set(self.fields) - OWN_FIELDS - {"logo_away"}:
                del self.fields[name]
        if partner is None or not partner.logo:
            del self.fields["logo_away"]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        latitude, longitude = cleaned.get("latitude"), cleaned.get("longitude")
        if (latitude is None) != (longitude is None) and not {"latitude", "longitude"} & set(self.errors):
            self.add_error("longitude" if longitude is None else "latitude", _("Give both, or neither."))
        return cleaned

    @property
    def chosen(self) -> dict[str, Any]:
        """What `change_partner` is to be given; after `is_valid`."""
        fields = {name: value for name, value in self.cleaned_data.items() if name not in ("logo", "logo_away", "once")}
        if self.cleaned_data["logo"]:
            fields["logo"] = self.cleaned_data["logo"]
        elif self.cleaned_data.get("logo_away"):
            fields["logo"] = None
        return fields


class NewPartnerForm(PartnerForm):
    """A coordinator brings in a partner."""

    once = OnceField()


class StatusForm(forms.Form):
    """How a partner stands from now on."""

    SUSPEND, LIFT = "suspended", "lifted"

    status = forms.ChoiceField(
        label=_("From now on"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose how it stands from now on.")},
        help_text=_(
            "A suspension ends all access of its people at once, on open pages too, and changes nothing else: when it "
            "ends, everything is as it was."
        ),
    )
    reason = forms.CharField(
        label=_("Reason"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Its representatives and the coordinators read it. A suspension needs one."),
    )

    def __init__(self, *args: Any, partner: Partner, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["status"].choices = [
            (value, words) for value, words in self._offered(partner) if value != partner.status
        ]

    def _offered(self, partner: Partner) -> list[tuple[str, object]]:
        if partner.status == Partner.Status.SUSPENDED:
            first = [(self.LIFT, _("End the suspension: it is again what it was before"))]
        elif partner.status == Partner.Status.LEFT:
            first = []
        else:
            first = [(self.SUSPEND, _("Suspended: its people have no access until the suspension ends"))]
        if partner.is_lead:
            first = []
        invited = [(Partner.Status.INVITED.value, _("Invited: active once its first representative accepts"))]
        return [
            *first,
            (Partner.Status.ACTIVE.value, _("Active: takes part")),
            (Partner.Status.ASSOCIATED.value, _("Associated: takes part without a contract")),
            *([] if partner.is_lead else invited),
        ]


class LeadForm(forms.Form):
    """Another partner leads. `sure` names those who come into the old lead's rooms by it."""

    sure = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, gaining: Any = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["sure"].initial = ",".join(str(person.uid) for person in gaining)

    def clean_sure(self) -> list[uuid.UUID]:
        """The keys of those whom the page named."""
        try:
            return [uuid.UUID(key) for key in self.cleaned_data["sure"].split(",") if key]
        except ValueError:
            return []


class HandOnForm(forms.Form):
    """Those that were ticked of what a partner has in its hands, and who looks after them."""

    item = forms.ModelMultipleChoiceField(
        queryset=Item.objects.none(),
        to_field_name="uid",
        error_messages={
            "required": _("Tick at least one."),
            "invalid_choice": _("Something that was ticked is not there any more."),
            "invalid_pk_value": _("Something that was ticked is not there any more."),
        },
    )
    keeper = forms.ModelChoiceField(
        queryset=Partner.objects.none(),
        to_field_name="slug",
        error_messages={
            "required": _("Choose a partner that looks after them."),
            "invalid_choice": _("Choose a partner that takes part."),
        },
    )

    def __init__(self, *args: Any, items: QuerySet[Item], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["item"].queryset = items
        self.fields["keeper"].queryset = Partner.objects.standing()
        if "archive" in self.data:
            del self.fields["keeper"]


class SuccessorForm(forms.Form):
    """Who manages a room after the partner: a partner or a person who has a place there."""

    holder = forms.ChoiceField(label=_("New manager"))

    def __init__(self, *args: Any, successors: list[Partner | User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.successors = {str(one.uid): one for one in successors}
        self.fields["holder"].choices = [("", _("choose")), *((key, str(one)) for key, one in self.successors.items())]

    @property
    def successor(self) -> Partner | User:
        """Whom they chose; after `is_valid`."""
        return self.successors[self.cleaned_data["holder"]]
