"""The form to share a document: what it says beforehand, what it takes, what it refuses and how."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries, Settings

from exchange.models import Document
from network.labels import Label
from network.models import Room, User
from tests.cast import Cast
from tests.exchange.making import once, pdf
from tests.factories import member_of

pytestmark = [pytest.mark.django_db, pytest.mark.once]


def signed_in(person: User) -> Client:
    client = Client()
    client.force_login(person)
    return client


def form_of(room: Room) -> str:
    return reverse("exchange:document-new", args=[room.slug])


def fields(**other: Any) -> dict[str, Any]:
    """What the form sends, in its order: the file comes last."""
    file = other.pop("file", pdf())
    return {"title": "Script for the first call", "tlp": "GREEN", "language": "fr"} | other | {"file": file}


def test_the_least_that_the_contract_asks_for_shares_a_document(cast: Cast) -> None:
    response = signed_in(cast.anna).post(form_of(cast.families), fields())
    document = Document.objects.get()
    assert response.status_code == 302
    assert response["Location"] == f"/documents/{document.uid}/"
    assert (document.title, document.language, document.label) == ("Script for the first call", "fr", Label.GREEN)
    assert (document.author, document.partner, document.doc_kind) == (cast.anna, cast.malmo, "other")


def test_fields_left_out_take_their_defaults(cast: Cast) -> None:
    signed_in(cast.luc).post(form_of(cast.families), {"title": "Minutes", "file": pdf()})
    document = Document.objects.get()
    assert (document.label, document.language, document.doc_kind) == (Label.AMBER, "fr", "other")


def test_the_form_says_beforehand_who_will_see_it_for_each_label(cast: Cast) -> None:
    page = signed_in(cast.anna).get(form_of(cast.families)).content.decode()
    # Coordinator Clara, Luc and Maud of Liège, Anna and Mona of Malmö, Carlo and Vera by own grants.
    assert "7 people of 4 partners will see this" in page
    assert "<dt>Malmö</dt><dd>Anna Lindqvist, Mona Ek</dd>" in page
    assert "<b>7 people of 4 partners</b> as it stands" in page
    assert "<b>2 people of 1 partner</b> as it stands" in page  # AMBER+STRICT: Malmö alone
    assert "<b>1 person of 1 partner</b> as it stands" in page  # RED: Anna alone


def test_with_script_the_count_is_exact_for_whom_one_names(cast: Cast) -> None:
    client = signed_in(cast.anna)
    address = reverse("network:would-see", args=[cast.families.slug])
    strict = client.get(address, {"tlp": "AMBER+STRICT", "named_partners": ["liege"]}).content.decode()
    assert "4 people of 2 partners will see this" in strict
    red = client.get(address, {"tlp": "RED", "named_people": [str(cast.vera.uid)]}).content.decode()
    assert "2 people of 2 partners will see this" in red
    assert "<html" not in red


def test_whom_one_may_name_stands_in_the_form(cast: Cast) -> None:
    page = signed_in(cast.anna).get(form_of(cast.families)).content.decode()
    assert "Vera Huber, Augsburg" in page
    assert "Olga Hofstetter" not in page
    assert 'value="liege"' in page
    assert 'value="vallombre"' not in page
    signed_in(cast.anna).post(form_of(cast.families), fields(tlp="RED", named_people=[str(cast.vera.uid)]))
    assert list(Document.objects.get().named_people.all()) == [cast.vera]


def test_a_guest_is_not_offered_the_label_for_partners(cast: Cast) -> None:
    page = signed_in(cast.eva).get(form_of(cast.schools)).content.decode()
    assert "AMBER+STRICT" not in page
    response = signed_in(cast.eva).post(form_of(cast.schools), fields(tlp="AMBER+STRICT"))
    assert response.status_code == 422


def test_in_a_large_room_people_are_named_by_address(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("network.sharing.MOST_LISTED", 2)
    client = signed_in(cast.anna)
    page = client.get(form_of(cast.families)).content.decode()
    assert "Vera Huber" not in page.split("<form")[-1].split("will see this")[0]
    refused = client.post(form_of(cast.families), fields(tlp="RED", named_people="olga@augsburg.example"))
    assert "nobody in this room: olga@augsburg.example" in refused.content.decode()
    client.post(form_of(cast.families), fields(tlp="RED", named_people="VERA@augsburg.example\nluc@liege.example"))
    assert set(Document.objects.get().named_people.all()) == {cast.vera, cast.luc}


def test_who_belongs_to_two_partners_chooses_for_which(cast: Cast) -> None:
    from tests.factories import MembershipFactory

    MembershipFactory(user=cast.anna, partner=cast.liege)
    client = signed_in(cast.anna)
    assert "On behalf of" in client.get(form_of(cast.families)).content.decode()
    client.post(form_of(cast.families), fields(partner="malmo"))
    assert Document.objects.get().partner == cast.malmo


def test_a_form_that_is_sent_twice_shares_one_document(cast: Cast) -> None:
    client, key = signed_in(cast.anna), once()
    first = client.post(form_of(cast.families), fields(once=key))
    again = client.post(form_of(cast.families), fields(once=key))
    assert first["Location"] == again["Location"]
    assert Document.objects.count() == 1


def test_who_only_views_gets_a_reason_and_others_find_no_room(cast: Cast) -> None:
    assert signed_in(cast.vera).get(form_of(cast.families)).status_code == 403
    assert signed_in(cast.vera).post(form_of(cast.families), fields()).status_code == 403
    assert signed_in(cast.olga).post(form_of(cast.families), fields()).status_code == 404
    assert Client().post(form_of(cast.families), fields())["Location"].startswith("/accounts/login/")
    assert not Document.objects.exists()


def test_without_the_token_nothing_is_shared(cast: Cast) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(cast.anna)
    assert client.post(form_of(cast.families), fields()).status_code == 403
    token = client.get(form_of(cast.families)).cookies["csrftoken"].value
    assert client.post(form_of(cast.families), fields(csrfmiddlewaretoken=token)).status_code == 302


# --- bad input


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"title": ""}, "Give it a title, so that others can find it."),
        ({"title": "x" * 10_000}, "The title may have 200 characters at most; it has 10000."),
        ({"title": "a\0b"}, "Null characters are not allowed."),
        ({"tlp": "PURPLE"}, "Choose one of the labels."),
        ({"language": "xx"}, "Select a valid choice"),
        ({"kind": "spell"}, "Select a valid choice"),
        ({"themes": ["magic"]}, "Select a valid choice"),
        ({"partner": "liege"}, "Select a valid choice"),
        ({"named_partners": ["nobody"], "tlp": "AMBER+STRICT"}, "Select a valid choice"),
        ({"named_people": ["nobody"], "tlp": "RED"}, "is not a valid UUID"),
        ({"file": ""}, "Choose the file to share."),
        ({"file": SimpleUploadedFile("empty.pdf", b"")}, "This file is empty."),
        ({"file": SimpleUploadedFile("setup.exe", b"MZ" + bytes(99))}, "Files of this kind are not taken."),
        ({"file": SimpleUploadedFile("x.pdf", b"MZ" + bytes(99))}, "The content of this file is not what its name"),
        ({"description": "d" * 100_001}, "at most 100000 characters"),
        ({"description": "a\0b"}, "Null characters are not allowed."),
    ],
)
def test_a_message_stands_at_the_field_and_what_was_typed_stays(cast: Cast, wrong: dict[str, Any], said: str) -> None:
    given = {"description": "What I typed stays here."} | wrong
    response = signed_in(cast.anna).post(form_of(cast.families), fields(**given))
    page = response.content.decode()
    assert response.status_code == 422
    assert said in page
    assert "Something needs another look" in page
    if "description" not in wrong:
        assert "What I typed stays here." in page
    if "title" not in wrong:
        assert 'value="Script for the first call"' in page
    assert not Document.objects.exists()


def test_a_word_about_it_of_100_kilobytes_is_taken(cast: Cast) -> None:
    assert signed_in(cast.anna).post(form_of(cast.families), fields(description="d" * 100_000)).status_code == 302


def test_marks_that_turn_writing_around_do_not_reach_title_or_file_name(cast: Cast) -> None:
    upload = pdf("ex\u202efdp.pdf")
    signed_in(cast.anna).post(form_of(cast.families), fields(title="For \u202eyou\u202c  now", file=upload))
    document = Document.objects.get()
    assert document.title == "For you now"
    assert document.newest is not None
    assert document.newest.name == "exfdp.pdf"


def test_a_file_that_is_too_large_is_refused_and_what_was_typed_stays(cast: Cast, settings: Settings) -> None:
    settings.LIAISE_MAX_UPLOAD_MB = 1
    large = pdf(content=b"%PDF-1.7" + bytes(1_000_001))
    response = signed_in(cast.anna).post(form_of(cast.families), fields(file=large, description="Typed before."))
    page = response.content.decode()
    assert response.status_code == 422
    assert "A file may have up to 1.0 MB." in response.context["form"].errors["file"][0]
    assert "Typed before." in page
    assert 'value="Script for the first call"' in page
    assert not Document.objects.exists()


def test_a_body_that_says_it_is_too_large_is_not_read(cast: Cast, settings: Settings) -> None:
    from tests.exchange.bodies import Counting, multipart

    settings.LIAISE_MAX_UPLOAD_MB = 1
    client = Client()
    client.force_login(cast.anna)
    body, content_type = multipart({"title": "Typed before", "tlp": "GREEN"}, file=b"%PDF-1.7" + bytes(5_000_000))
    counting = Counting(body)
    environment: dict[str, Any] = {
        "CONTENT_TYPE": content_type,
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.input": counting,
    }
    response: Any = client.generic("POST", form_of(cast.families), **environment)
    assert "A file may have up to 1.0 MB." in response.context["form"].errors["file"][0]
    assert "Typed before" in response.content.decode()
    assert counting.read_so_far < 200_000


@pytest.mark.parametrize("size", [1, 3])
def test_the_form_asks_the_same_number_of_questions(
    cast: Cast, size: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(size):
        member_of(cast.malmo, name=f"New {number}")
    client = signed_in(cast.anna)
    with django_assert_num_queries(FORM_QUERIES):
        client.get(form_of(cast.families))


FORM_QUERIES = 24
