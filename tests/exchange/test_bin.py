"""The bin of a room: who puts what into it, who sees it there, who takes it out, and what goes for good."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.files.storage import default_storage
from django.test import Client
from pytest_django import DjangoCaptureOnCommitCallbacks

from exchange.actions import versions
from exchange.actions.bin import put_in_bin, take_out_of_bin
from exchange.models import Binned, Blob, Document, Version
from forums.actions.threads import comment_on
from network import clock, retention, search
from network.actions.items import hold, remove
from network.labels import Label
from network.models import AuditEntry, Notification, Placement, Release, Room, State, User
from network.refusals import Forbidden, Unseen
from tests.cast import Cast
from tests.confirming import hidden
from tests.exchange.making import add_version, pdf, share
from tests.releasing import release

pytestmark = pytest.mark.django_db


def signed_in(person: User) -> Client:
    client = Client()
    client.force_login(person)
    return client


def readers(document: Document, cast: Cast) -> set[str]:
    people = {"luc": cast.luc, "anna": cast.anna, "mona": cast.mona, "carlo": cast.carlo, "vera": cast.vera}
    return {
        name for name, one in people.items() if Document.objects.seen_inside_by(one).filter(pk=document.pk).exists()
    }


def age(document: Document, days: int) -> None:
    Binned.objects.filter(document=document).update(at=clock.now() - timedelta(days=days))


def test_what_its_author_puts_into_the_bin_only_they_and_moderators_see(cast: Cast) -> None:
    document = share(cast)
    put_in_bin(by=cast.luc, document=document)
    put_in_bin(by=cast.luc, document=document)
    assert readers(document, cast) == {"luc", "mona"}
    assert document.title not in signed_in(cast.luc).get("/rooms/families/documents/").content.decode()
    for person, seen in ((cast.luc, True), (cast.mona, True), (cast.anna, False), (cast.vera, False)):
        page = signed_in(person).get("/rooms/families/documents/bin/").content.decode()
        assert (document.title in page) is seen
    assert AuditEntry.objects.filter(verb="exchange.document_binned", target=document.uid).count() == 1


def test_a_moderator_whom_the_label_does_not_admit_does_not_see_it_in_the_bin_either(cast: Cast) -> None:
    document = share(cast, tlp=Label.RED)
    put_in_bin(by=cast.luc, document=document)
    assert readers(document, cast) == {"luc"}
    assert document.title not in signed_in(cast.mona).get("/rooms/families/documents/bin/").content.decode()
    with pytest.raises(Unseen):
        take_out_of_bin(by=cast.mona, document=document)


def test_it_comes_back_to_where_it_stood_and_to_who_read_it(cast: Cast) -> None:
    document = share(cast, tlp=Label.GREEN)
    Placement.objects.create(item=document, room=cast.schools, by=cast.luc)
    before = readers(document, cast)
    put_in_bin(by=cast.luc, document=document)
    assert not Document.objects.seen_inside_by(cast.eva).exists()
    take_out_of_bin(by=cast.luc, document=document)
    take_out_of_bin(by=cast.luc, document=document)
    assert readers(document, cast) == before == {"luc", "anna", "mona", "carlo", "vera"}
    assert Document.objects.seen_inside_by(cast.eva).exists()
    assert not Binned.objects.exists()


def test_the_search_forgets_it_and_finds_it_again(cast: Cast) -> None:
    document = share(cast, title="Lanterns")
    put_in_bin(by=cast.luc, document=document)
    assert not search.find(cast.luc, "lanterns").exists()
    take_out_of_bin(by=cast.luc, document=document)
    assert search.find(cast.anna, "lanterns").exists()


def test_it_leaves_the_public_site_and_does_not_come_back_there_by_itself(cast: Cast) -> None:
    document = share(cast, tlp=Label.CLEAR)
    release(by=cast.clara, item=document)
    put_in_bin(by=cast.luc, document=document)
    assert Client().get(document.get_absolute_url()).status_code != 200
    assert AuditEntry.objects.filter(verb="network.unreleased", target=document.uid).exists()
    take_out_of_bin(by=cast.luc, document=document)
    assert not Release.objects.exists()


def test_who_may_not_put_it_there_is_told_why(cast: Cast) -> None:
    document = share(cast)
    for person in (cast.anna, cast.carlo, cast.vera):
        with pytest.raises(Forbidden):
            put_in_bin(by=person, document=document)
    with pytest.raises(Unseen):
        put_in_bin(by=cast.olga, document=document)


def test_what_others_have_written_on_or_added_to_is_a_moderators_to_put_away(cast: Cast) -> None:
    commented, joint = share(cast, title="Commented"), share(cast, title="Joint", open_to_versions=True)
    comment_on(by=cast.luc, item=commented, room=cast.families, body="For you.")
    comment_on(by=cast.anna, item=commented, room=cast.families, body="Thank you.")
    versions.add_version(by=cast.anna, document=joint, file=pdf("again.pdf", b"%PDF-1.7 again"))
    for document in (commented, joint):
        with pytest.raises(Forbidden):
            put_in_bin(by=cast.luc, document=document)
        put_in_bin(by=cast.mona, document=document)


def test_its_own_comments_do_not_keep_an_author_from_it(cast: Cast) -> None:
    document = share(cast)
    comment_on(by=cast.luc, item=document, room=cast.families, body="For you.")
    put_in_bin(by=cast.luc, document=document)


def test_who_put_it_there_takes_it_out_and_not_the_other(cast: Cast) -> None:
    by_author, by_moderator = share(cast, title="One"), share(cast, title="Two")
    put_in_bin(by=cast.luc, document=by_author)
    put_in_bin(by=cast.mona, document=by_moderator)
    with pytest.raises(Forbidden):
        take_out_of_bin(by=cast.mona, document=by_author)
    with pytest.raises(Forbidden):
        take_out_of_bin(by=cast.luc, document=by_moderator)
    for person, offered in ((cast.luc, "One"), (cast.mona, "Two")):
        page = signed_in(person).get("/rooms/families/documents/bin/").content.decode()
        assert page.count("Take it out") == 1
        assert f'Take it out<span class="visually-hidden">: {offered}' in page
    take_out_of_bin(by=cast.maud, document=by_moderator)
    take_out_of_bin(by=cast.luc, document=by_author)


def test_what_moderators_removed_is_not_in_the_bin_and_what_is_there_is_held_by_nobody(cast: Cast) -> None:
    removed, binned = share(cast, title="Removed"), share(cast, title="Binned")
    remove(by=cast.mona, item=removed, reason="It names a school.")
    put_in_bin(by=cast.luc, document=binned)
    page = signed_in(cast.mona).get("/rooms/families/documents/bin/").content.decode()
    assert "Binned" in page
    assert ">Removed<" not in page
    with pytest.raises(Forbidden):
        take_out_of_bin(by=cast.mona, document=removed)
    with pytest.raises(Forbidden):
        put_in_bin(by=cast.luc, document=removed)
    with pytest.raises(Forbidden):
        hold(by=cast.mona, item=binned, reason="Look.")


def test_what_was_held_waits_again_and_moderators_are_asked_again(cast: Cast) -> None:
    document = share(cast)
    hold(by=cast.mona, item=document, reason="Look.")
    put_in_bin(by=cast.luc, document=document)
    take_out_of_bin(by=cast.luc, document=document)
    document.refresh_from_db()
    assert document.state == State.HELD
    assert Notification.objects.filter(kind="item_held", user=cast.mona, item=document).exists()


def test_where_everything_is_checked_it_waits_for_a_moderator_when_it_comes_back(cast: Cast) -> None:
    document = share(cast)
    put_in_bin(by=cast.luc, document=document)
    Room.objects.filter(pk=cast.families.pk).update(moderation=Room.Moderation.EVERY)
    take_out_of_bin(by=cast.luc, document=document)
    assert readers(document, cast) == {"luc", "mona"}


# --- after thirty days


def test_after_thirty_days_it_goes_with_its_bytes_and_not_a_day_before(
    cast: Cast, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    document = share(cast)
    add_version(document)
    paths = list(Blob.objects.values_list("path", flat=True))
    put_in_bin(by=cast.luc, document=document)
    age(document, 29)
    assert retention.keep(retention.KINDS["bin"]) == 0
    age(document, 31)
    with django_capture_on_commit_callbacks(execute=True):
        assert retention.keep(retention.KINDS["bin"]) == 1
    assert not Document.objects.exists()
    assert not Version.objects.exists()
    assert not Blob.objects.exists()
    assert len(paths) == 2
    assert not any(default_storage.exists(path) for path in paths)
    assert AuditEntry.objects.filter(verb="exchange.document_purged", target=document.uid, actor=None).exists()
    assert signed_in(cast.luc).get(document.get_absolute_url()).status_code == 404


def test_bytes_that_another_document_has_stay(
    cast: Cast, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    gone, stays = share(cast, title="Gone", tlp=Label.GREEN), share(cast, title="Stays", tlp=Label.GREEN)
    put_in_bin(by=cast.luc, document=gone)
    age(gone, 31)
    with django_capture_on_commit_callbacks(execute=True):
        retention.keep(retention.KINDS["bin"])
    assert list(Document.objects.all()) == [stays]
    assert signed_in(cast.anna).get(f"{stays.get_absolute_url()}download/").status_code == 200


def test_the_words_of_others_are_not_torn_away_with_it(cast: Cast) -> None:
    document = share(cast, description="All of it.")
    thread = comment_on(by=cast.anna, item=document, room=cast.families, body="Thank you.").thread
    put_in_bin(by=cast.mona, document=document)
    age(document, 31)
    retention.keep(retention.KINDS["bin"])
    document.refresh_from_db()
    assert (document.state, document.newest, document.description) == (State.REMOVED, None, "")
    assert thread.posts.count() == 1
    assert signed_in(cast.mona).get(document.get_absolute_url()).status_code == 404
    assert document.title not in signed_in(cast.mona).get("/rooms/families/documents/bin/").content.decode()


def test_what_was_taken_out_is_not_purged(cast: Cast) -> None:
    document = share(cast)
    put_in_bin(by=cast.luc, document=document)
    age(document, 31)
    take_out_of_bin(by=cast.luc, document=document)
    assert retention.keep(retention.KINDS["bin"]) == 0
    assert Document.objects.exists()


# --- pages


def test_an_author_puts_it_there_from_its_page_and_takes_it_out_again(cast: Cast) -> None:
    document = share(cast)
    client = signed_in(cast.luc)
    address = document.get_absolute_url()
    page = client.get(address).content.decode()
    assert f"{address}bin/" in page
    assert "Remove it" not in page
    assert "within 30 days" in client.get(f"{address}bin/").content.decode().lower()
    assert client.post(f"{address}bin/").status_code == 302
    assert "Its author put this into the bin" in client.get(address).content.decode()
    assert client.post(f"{address}bin/out/").status_code == 302
    assert "bin/out" not in client.get(address).content.decode()
    assert f"{address}bin/" not in signed_in(cast.anna).get(address).content.decode()


def test_several_that_were_ticked_go_there_and_what_may_not_is_named(cast: Cast) -> None:
    mine, hers = share(cast, title="Mine"), share(cast, title="Hers", by=cast.anna)
    answer = signed_in(cast.luc).post(
        "/rooms/families/documents/bin/put/", {"document": [str(mine.uid), str(hers.uid)]}, follow=True
    )
    page = answer.content.decode()
    assert "1 document lies in the bin now" in page
    assert "Hers" in page
    assert set(Binned.objects.values_list("document", flat=True)) == {mine.pk}


def test_of_several_that_were_ticked_what_stands_on_the_public_site_is_asked_about_first(cast: Cast) -> None:
    public, other = share(cast, tlp=Label.CLEAR, title="For everybody"), share(cast, title="Mine")
    release(by=cast.clara, item=public)
    client, address = signed_in(cast.luc), "/rooms/families/documents/bin/put/"
    given = {"document": [str(public.uid), str(other.uid)], "folder": ""}
    page = client.post(address, given).content.decode()
    assert "leaves the public site at once" in page
    assert page.count("For everybody") == 1
    assert not Binned.objects.exists()
    # Said yes to something else: it is asked about anew.
    assert "Something has changed meanwhile" in client.post(address, given | {"seen": "x"}).content.decode()
    for _time in range(2):
        assert client.post(address, hidden(page)).status_code == 302
    assert set(Binned.objects.values_list("document", flat=True)) == {public.pk, other.pk}
    assert not Release.objects.exists()


def test_what_somebody_may_not_put_there_is_not_asked_about(cast: Cast) -> None:
    mine, hers = share(cast, title="Mine"), share(cast, title="Hers", by=cast.anna, tlp=Label.CLEAR)
    release(by=cast.clara, item=hers)
    answer = signed_in(cast.luc).post(
        "/rooms/families/documents/bin/put/", {"document": [str(mine.uid), str(hers.uid)]}
    )
    assert answer.status_code == 302
    assert set(Binned.objects.values_list("document", flat=True)) == {mine.pk}
