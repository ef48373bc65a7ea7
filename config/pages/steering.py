"""One page from which coordinators steer the network and hosts look after its machine: every such page, and why."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from network.permissions import NETWORK, Level, allowed, require
from network.requests import PersonRequest


@dataclass(frozen=True)
class Way:
    """A page that is reached from here, and what for."""

    url: str
    title: Promise
    purpose: Promise


COORDINATING: tuple[tuple[Promise, tuple[Way, ...]], ...] = (
    (
        _("Partners and people"),
        (
            Way("accounts:partner-new", _("Add a partner"), _("A city, region, forum or other organisation comes in.")),
            Way(
                "accounts:requests",
                _("They ask to take part"),
                _("Approve or decline whoever was not invited and asks for an account."),
            ),
            Way(
                "network:mandates",
                _("Who acts for the whole network"),
                _("Let somebody open rooms or host the network, and until when."),
            ),
            Way(
                "accounts:partners-import",
                _("Read in a list of partners"),
                _("From a spreadsheet; what would become of each row is shown before anything is done."),
            ),
            Way(
                "accounts:people-import",
                _("Read in a list of people"),
                _("The same for whoever is to be invited. Whole lists are taken out under Partners."),
            ),
            Way("network:why", _("Why somebody sees something"), _("Look up what a person sees, and through what.")),
        ),
    ),
    (
        _("Words and order"),
        (
            Way(
                "network:programme",
                _("What strangers read"),
                _("The first page for everybody who is not signed in, and the phases of the programme."),
            ),
            Way(
                "accounts:texts",
                _("Charter and privacy notice"),
                _("What everybody accepts; a new version is asked of all again."),
            ),
            Way(
                "forums:rules",
                _("What is held in every room"),
                _("Words and links that make a text wait for a moderator."),
            ),
            Way(
                "forums:saved-decisions",
                _("Saved decisions for every room"),
                _("What moderators begin a decision with, so that the same case is told in the same words."),
            ),
            Way("network:themes", _("Themes"), _("What is shared is filed under these, and found by them.")),
        ),
    ),
    (
        _("The record"),
        (
            Way("network:trail", _("Audit trail"), _("Who did what, when, as far as you may see it.")),
            Way(
                "forums:moderation-figures",
                _("Moderation in numbers"),
                _("Reports, decisions and appeals of each year, as a table and a file."),
            ),
            Way("network:retention", _("How long data is kept"), _("Days for each kind, and what was removed.")),
        ),
    ),
)
HOSTING: tuple[tuple[Promise, tuple[Way, ...]], ...] = (
    (
        _("Hosting"),
        (
            Way("network:work", _("Background work"), _("What waits, what failed and why; try it again.")),
            Way("exchange:host-files", _("Stored files"), _("What the scanner for viruses says; have it look again.")),
            Way(
                "accounts:host-people",
                _("Personal data"),
                _("Find, hand out or erase what is kept of one person, when they ask for it."),
            ),
            Way("network:retention", _("How long data is kept"), _("Days for each kind, and what was removed.")),
        ),
    ),
)


@login_required
def steering(request: PersonRequest) -> HttpResponse:
    """The ways that this person may go; 403 for whoever neither coordinates nor hosts."""
    hosts = allowed(request.user, Level.OPERATE, NETWORK)
    if not hosts:
        require(request.user, Level.COORDINATE, NETWORK)
    coordinates = allowed(request.user, Level.COORDINATE, NETWORK)
    sections = list(COORDINATING if coordinates else ())
    # Who coordinates and hosts reads each way once.
    shown = {way for _title, ways in sections for way in ways}
    sections += [(title, tuple(way for way in ways if way not in shown)) for title, ways in (HOSTING if hosts else ())]
    return render(request, "config/steering.html", {"sections": sections})
