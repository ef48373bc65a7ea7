"""Folders of a room: made, renamed, moved and taken away; documents keep their addresses and their readers."""

from __future__ import annotations

import uuid

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import DjangoAssertNumQueries

from exchange.actions.folders import (
    file_documents,
    folder_at,
    make_folder,
    move_folder,
    remove_folder,
    rename_folder,
)
from exchange.folders import clean_folder_name, tree_of
from exchange.models import Document, Folder
from network.actions.rooms import archive_room
from network.labels import Label
from network.models import AuditEntry, Placement, User
from network.refusals import Forbidden, Invalid, Unseen
from tests.cast import Cast
from tests.exchange.making import PDF, pdf, share
from tests.exchange.sending import sent

pytestmark = pytest.mark.django_db


def signed_in(person: User) -> Client:
    client = Client()
    client.force_login(person)
    return client


def made(cast: Cast, *names: str, by: User | None = None) -> Folder:
    """The folder at the end of these names, made by Luc in Families."""
    with transaction.atomic():
        folder = folder_at(by=by or cast.luc, room=cast.families, names=names)
    assert folder is not None
    return folder


def names(cast: Cast) -> list[str]:
    tree = tree_of(cast.families)
    return [tree.called(folder) for folder in tree.in_order()]


def test_whoever_contributes_makes_folders_within_folders_and_it_is_in_the_trail(cast: Cast) -> None:
    minutes = make_folder(by=cast.luc, room=cast.families, name="  Minutes ")
    make_folder(by=cast.anna, room=cast.families, name="2026", parent=minutes)
    assert names(cast) == ["Minutes", "Minutes / 2026"]
    assert AuditEntry.objects.filter(verb="exchange.folder_made", room=cast.families.uid).count() == 2
    with pytest.raises(Forbidden):
        make_folder(by=cast.vera, room=cast.families, name="Mine")
    with pytest.raises(Unseen):
        make_folder(by=cast.olga, room=cast.families, name="Mine")


def test_no_folder_is_made_in_one_of_another_room(cast: Cast) -> None:
    other = make_folder(by=cast.luc, room=cast.schools, name="Elsewhere")
    with pytest.raises(Unseen):
        make_folder(by=cast.luc, room=cast.families, name="Below", parent=other)


def test_a_name_stands_once_in_a_folder_whatever_its_capitals(cast: Cast) -> None:
    minutes = made(cast, "Minutes")
    with pytest.raises(Invalid):
        make_folder(by=cast.anna, room=cast.families, name="MINUTES")
    make_folder(by=cast.anna, room=cast.families, name="Minutes", parent=minutes)
    with pytest.raises(IntegrityError), transaction.atomic():
        Folder.objects.create(room=cast.families, name="minutes", key="minutes", by=cast.luc)


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../etc", "etc"),
        ("a/b\\c", "a b c"),
        ("exe\u202efdp", "exefdp"),
        (" .hidden. ", "hidden"),
        ("Besprechung\t  Mai", "Besprechung Mai"),
    ],
)
def test_the_name_of_a_folder_can_stand_on_any_computer(given: str, kept: str) -> None:
    assert clean_folder_name(given) == kept


@pytest.mark.parametrize("given", ["", " . ", "..", "/", "\u202e", "x" * 101])
def test_a_folder_needs_a_name_and_not_a_novel(given: str) -> None:
    with pytest.raises(Invalid):
        clean_folder_name(given)


def test_folders_stand_six_deep_and_no_deeper_whether_made_or_moved(cast: Cast) -> None:
    deepest = made(cast, *"abcdef")
    with pytest.raises(Invalid):
        make_folder(by=cast.luc, room=cast.families, name="g", parent=deepest)
    made(cast, "x", "y")
    tree = tree_of(cast.families)
    top = next(folder for folder in tree.children(None) if folder.name == "x")
    fifth = tree.path(deepest)[4]
    with pytest.raises(Invalid):
        move_folder(by=cast.luc, folder=top, parent=fifth)
    move_folder(by=cast.luc, folder=top, parent=tree.path(deepest)[3])
    assert "a / b / c / d / x / y" in names(cast)


def test_a_folder_never_stands_inside_itself_also_by_two_moves_at_once(cast: Cast) -> None:
    one, other = made(cast, "One"), made(cast, "Other")
    move_folder(by=cast.luc, folder=one, parent=other)
    # As it was read before the first move: the second is judged by what is true now.
    with pytest.raises(Invalid):
        move_folder(by=cast.luc, folder=other, parent=one)
    with pytest.raises(Invalid):
        move_folder(by=cast.luc, folder=one, parent=one)
    assert names(cast) == ["Other", "Other / One"]


def test_who_made_a_folder_and_moderators_change_it_and_others_do_not(cast: Cast) -> None:
    folder = made(cast, "Minutes")
    for person in (cast.anna, cast.carlo, cast.vera):
        with pytest.raises(Forbidden):
            rename_folder(by=person, folder=folder, name="Mine")
        with pytest.raises(Forbidden):
            move_folder(by=person, folder=folder, parent=None)
        with pytest.raises(Forbidden):
            remove_folder(by=person, folder=folder)
    rename_folder(by=cast.luc, folder=folder, name="minutes")
    rename_folder(by=cast.mona, folder=folder, name="Protocols")
    assert names(cast) == ["Protocols"]
    archive_room(by=cast.maud, room=cast.families)
    with pytest.raises(Forbidden):
        rename_folder(by=cast.luc, folder=folder, name="Late")


def test_what_stood_in_a_folder_goes_one_up_with_a_number_where_its_name_is_taken(cast: Cast) -> None:
    year = made(cast, "Minutes", "2026")
    made(cast, "Minutes", "2026", "2026")
    made(cast, "Minutes", "2026", "May")
    made(cast, "Minutes", "May")
    document = share(cast, folder=year)
    address = document.get_absolute_url()
    remove_folder(by=cast.luc, folder=year)
    assert names(cast) == ["Minutes", "Minutes / 2026", "Minutes / May", "Minutes / May (2)"]
    document.refresh_from_db()
    assert document.folder is not None
    assert document.folder.name == "Minutes"
    assert document.get_absolute_url() == address
    with pytest.raises(Unseen):
        remove_folder(by=cast.luc, folder=Folder(pk=10**6, room=cast.families))


def test_a_document_that_moves_keeps_its_address_and_its_readers(cast: Cast) -> None:
    document = share(cast, tlp=Label.AMBER_STRICT)
    address = document.get_absolute_url()
    folder = made(cast, "Minutes", by=cast.anna)
    moved, left = file_documents(by=cast.luc, room=cast.families, documents=[document], folder=folder)
    assert (moved, left) == ([document], [])
    assert signed_in(cast.luc).get(address).status_code == 200
    assert signed_in(cast.anna).get(address).status_code == 404
    file_documents(by=cast.luc, room=cast.families, documents=[document], folder=folder)
    assert AuditEntry.objects.filter(verb="exchange.document_filed", target=document.uid).count() == 1
    file_documents(by=cast.luc, room=cast.families, documents=[document], folder=None)
    document.refresh_from_db()
    assert document.folder is None


def test_authors_their_representatives_and_moderators_move_a_document_and_nobody_else(cast: Cast) -> None:
    folder = made(cast, "Minutes")
    of_anna = share(cast, by=cast.anna)
    secret = share(cast, tlp=Label.RED)
    elsewhere = share(cast, room=cast.schools)
    both = {"room": cast.families, "documents": [of_anna, secret, elsewhere], "folder": folder}
    assert file_documents(by=cast.mona, **both) == ([of_anna], [secret, elsewhere])
    assert file_documents(by=cast.luc, **both) == ([secret], [of_anna, elsewhere])
    assert file_documents(by=cast.carlo, **both) == ([], [of_anna, secret, elsewhere])
    with pytest.raises(Forbidden):
        file_documents(by=cast.vera, **both)


def test_a_document_is_shared_into_a_folder_or_into_a_path_that_is_made_for_it(cast: Cast) -> None:
    folder = made(cast, "Minutes")
    assert share(cast, folder=folder).folder == folder
    deep = share(cast, folder=folder, path=["2026", "May"]).folder
    assert deep is not None
    assert tree_of(cast.families).called(deep) == "Minutes / 2026 / May"
    again = share(cast, path=["minutes", "2026"]).folder
    assert again is not None
    assert again.pk == deep.parent_id
    foreign = make_folder(by=cast.luc, room=cast.schools, name="Elsewhere")
    before = Document.objects.count()
    with pytest.raises(Unseen):
        share(cast, folder=foreign)
    with pytest.raises(Invalid):
        share(cast, path=["x", ".."])
    assert Document.objects.count() == before


# --- pages


def test_a_folder_shows_its_own_documents_its_folders_and_the_way_back(cast: Cast) -> None:
    year = made(cast, "Minutes", "2026")
    share(cast, title="At the top")
    share(cast, title="Of this year", folder=year)
    client = signed_in(cast.vera)
    top = client.get("/rooms/families/documents/").content.decode()
    assert "At the top" in top
    assert "Of this year" not in top
    assert ">Minutes</a>" in top
    inside = client.get(f"/rooms/families/documents/?folder={year.uid}").content.decode()
    assert "Of this year" in inside
    assert "At the top" not in inside
    assert "<h1>2026</h1>" in inside
    assert ">Minutes</a>" in inside


def test_words_are_looked_for_in_the_folders_below_as_well(cast: Cast) -> None:
    share(cast, title="Minutes of May", folder=made(cast, "Minutes", "2026"))
    made(cast, "Other")
    client = signed_in(cast.anna)
    assert "Minutes of May" in client.get("/rooms/families/documents/?q=May").content.decode()
    minutes = tree_of(cast.families).children(None)
    for folder, found in zip(minutes, (True, False), strict=True):
        page = client.get(f"/rooms/families/documents/?q=May&folder={folder.uid}").content.decode()
        assert ("Minutes of May" in page) is found
        assert f'value="{folder.uid}"' in page


def test_the_folder_of_another_room_and_one_that_never_was_are_nowhere(cast: Cast) -> None:
    foreign = make_folder(by=cast.luc, room=cast.schools, name="Elsewhere")
    client = signed_in(cast.luc)
    for uid in (foreign.uid, uuid.uuid4(), "nothing"):
        assert client.get(f"/rooms/families/documents/?folder={uid}").status_code == 404
    assert client.get(f"/rooms/families/documents/folders/{foreign.uid}/").status_code == 404


def test_who_does_not_view_its_home_learns_no_folder_of_what_was_passed_on(cast: Cast) -> None:
    document = share(cast, tlp=Label.GREEN, folder=made(cast, "Suspicions"))
    Placement.objects.create(item=document, room=cast.schools, by=cast.luc)
    eva = signed_in(cast.eva)
    assert document.title in eva.get("/rooms/schools/documents/").content.decode()
    assert "Suspicions" not in eva.get(document.get_absolute_url()).content.decode()
    assert "Suspicions" in signed_in(cast.vera).get(document.get_absolute_url()).content.decode()


def test_folders_are_made_changed_and_taken_away_on_their_pages(cast: Cast) -> None:
    client = signed_in(cast.luc)
    new = "/rooms/families/documents/folders/new/"
    assert client.post(new, {"name": "Minutes"}).status_code == 302
    assert "already" in client.post(new, {"name": "minutes"}).content.decode()
    minutes = Folder.objects.get()
    assert client.post(new, {"name": "2026", "parent": minutes.uid}).status_code == 302
    year = Folder.objects.get(name="2026")
    page = f"/rooms/families/documents/folders/{year.uid}/"
    assert "Stands in" in client.get(page).content.decode()
    assert client.post(page, {"name": "2027", "parent": ""}).status_code == 302
    assert names(cast) == ["2027", "Minutes"]
    assert client.post(page, {"name": "2027", "parent": year.uid}).status_code == 422
    assert client.post(f"{page}remove/").status_code == 302
    assert names(cast) == ["Minutes"]


def test_the_share_form_offers_the_folders_and_takes_the_one_that_is_open(cast: Cast) -> None:
    client = signed_in(cast.luc)
    assert "id_folder" not in client.get("/rooms/families/documents/new/").content.decode()
    folder = made(cast, "Minutes")
    page = client.get(f"/rooms/families/documents/new/?folder={folder.uid}").content.decode()
    assert f'value="{folder.uid}" selected' in page
    answer = client.post("/rooms/families/documents/new/", {"title": "May", "file": pdf(), "folder": str(folder.uid)})
    assert answer.status_code == 302
    assert Document.objects.get().folder == folder
    wrong = client.post("/rooms/families/documents/new/", {"title": "June", "file": pdf(), "folder": "x"})
    assert wrong.status_code == 422


def test_several_that_were_ticked_are_moved_and_what_may_not_be_is_named(cast: Cast) -> None:
    folder = made(cast, "Minutes")
    mine, hers = share(cast, title="Mine"), share(cast, title="Hers", by=cast.anna)
    hidden = share(cast, title="Hidden", by=cast.anna, tlp=Label.RED)
    ticked = [str(one.uid) for one in (mine, hers, hidden)]
    client = signed_in(cast.luc)
    answer = client.post(
        "/rooms/families/documents/move/", {"document": [*ticked, "x"], "to": str(folder.uid)}, follow=True
    )
    page = answer.content.decode()
    assert "1 document is moved" in page
    assert "Hers" in page
    assert "Hidden" not in page
    assert list(Document.objects.filter(folder=folder)) == [mine]


def test_many_folders_cost_no_more_questions_than_one(
    cast: Cast, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    folder = made(cast, "a", "b")
    share(cast, folder=folder)
    client = signed_in(cast.luc)
    address = f"/rooms/families/documents/?folder={folder.uid}"
    client.get(address)
    with CaptureQueriesContext(connection) as few:
        client.get(address)
    for name in "cdefgh":
        share(cast, folder=made(cast, "a", "b", name), title=name)
        share(cast, folder=folder, title=name)
    with django_assert_num_queries(len(few)):
        client.get(address)


def test_several_files_of_one_form_stand_in_the_folder_that_it_names(cast: Cast) -> None:
    folder = made(cast, "Minutes")
    client = signed_in(cast.luc)
    keys = [sent(client, PDF + bytes([number]), f"paper_{number}.pdf") for number in range(2)]
    words = {"title": "", "folder": str(folder.uid), "upload": keys, "downloads_allowed": "on"}
    response = client.post("/rooms/families/documents/new/", words)
    assert response["Location"] == f"/rooms/families/documents/?folder={folder.uid}"
    assert [one.title for one in folder.documents.order_by("title")] == ["paper 0", "paper 1"]
    assert all(one.downloads_allowed for one in folder.documents.all())
