"""The request of somebody who is signed in, as views behind `login_required` get it."""

from typing import TypeGuard

from django.http import HttpRequest

from network.models.people import User


class PersonRequest(HttpRequest):
    """A request whose user is a person. For annotations alone: Django makes the requests."""

    user: User


def of_person(request: HttpRequest) -> TypeGuard[PersonRequest]:
    """Whether somebody who is signed in asks."""
    return request.user.is_authenticated
