"""`manage.py check_storage`: what is missing, altered or orphaned, and nothing that is only being uploaded."""

from __future__ import annotations

import os
import time
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from pytest_django import Settings

from accounts.models import Export
from exchange import inspection, storage
from exchange.actions.files import take_up
from exchange.models import Blob, PagePicture
from network.models import Partner
from tests.cast import Cast
from tests.exchange import papers
from tests.exchange.making import PDF, share

pytestmark = [pytest.mark.django_db, pytest.mark.once]

DAY = 24 * 3600
PNG = ContentFile(papers.picture("PNG"))


@pytest.fixture(autouse=True)
def _own_folder(settings: Settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path
    storage.make_store()


@pytest.fixture
def blob(cast: Cast) -> Blob:
    document = share(cast)
    assert document.newest is not None
    return document.newest.blob


def check(**options: Any) -> tuple[int, str]:
    """What the command ends with, and everything that it says."""
    said = StringIO()
    try:
        call_command("check_storage", stdout=said, **options)
    except CommandError as error:
        return error.returncode, said.getvalue() + str(error)
    return 0, said.getvalue()


def on_disk(path: str) -> Path:
    return Path(default_storage.path(path))


def orphan(hours: float) -> str:
    """A file that no row speaks of, so many hours old."""
    kept = storage.keep(ContentFile(b"left over", name="x"))
    then = time.time() - hours * 3600
    os.utime(on_disk(kept.path), (then, then))
    return kept.path


def test_where_rows_and_files_agree_all_is_well(blob: Blob) -> None:
    code, said = check()
    assert code == 0
    assert f"1 files of rows ({len(PDF):,} bytes): 0 missing, 0 altered. 0 orphaned" in said


def test_an_empty_store_is_well() -> None:
    assert check()[0] == 0


def test_a_missing_file_is_named(blob: Blob) -> None:
    storage.drop(blob.path)
    code, said = check()
    assert (code, f"missing: {blob.path}" in said, "1 missing" in said) == (1, True, True)


def test_one_changed_byte_is_found(blob: Blob) -> None:
    content = bytearray(on_disk(blob.path).read_bytes())
    content[500] ^= 1
    on_disk(blob.path).write_bytes(content)
    assert check(quick=True)[0] == 0
    code, said = check()
    assert (code, f"altered: {blob.path}" in said) == (1, True)


def test_another_length_is_found_without_reading(blob: Blob) -> None:
    on_disk(blob.path).write_bytes(PDF[:-1])
    assert f"altered: {blob.path}" in check(quick=True)[1]


def test_an_orphan_is_named_and_removed_only_when_asked(blob: Blob) -> None:
    path = orphan(hours=25)
    code, said = check()
    assert (code, f"orphaned: {path}" in said, on_disk(path).exists()) == (1, True, True)
    code, said = check(delete_orphans=True)
    assert (code, "1 orphaned, 1 of them deleted" in said, on_disk(path).exists()) == (0, True, False)
    assert on_disk(blob.path).exists()


def test_a_file_that_may_be_being_uploaded_is_left_alone(blob: Blob) -> None:
    path = orphan(hours=23)
    code, said = check(delete_orphans=True)
    assert (code, "1 without a row yet" in said, on_disk(path).exists()) == (0, True, True)


def test_a_row_that_comes_while_it_looks_saves_its_file(blob: Blob, monkeypatch: pytest.MonkeyPatch) -> None:
    path = orphan(hours=25)
    asked = default_storage.get_modified_time

    def meanwhile(name: str) -> Any:
        Blob.objects.create(sha256="0" * 64, size=9, path=name)
        return asked(name)

    monkeypatch.setattr(default_storage, "get_modified_time", meanwhile, raising=False)
    code, _said = check(delete_orphans=True)
    assert (code, on_disk(path).exists()) == (0, True)


def test_a_file_that_goes_while_it_looks_is_not_missing(blob: Blob, monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(path: str) -> Any:
        Blob.objects.update(path="documents/elsewhere")
        raise FileNotFoundError

    monkeypatch.setattr(inspection.storage, "read", gone)
    assert check()[0] == 0


def test_what_was_lost_is_well_again_when_it_is_shared_again(blob: Blob) -> None:
    storage.drop(blob.path)
    take_up(storage.keep(ContentFile(PDF, name="guide.pdf")))
    assert check()[0] == 0


def test_pictures_of_pages_have_rows_too(blob: Blob) -> None:
    path = orphan(hours=48)
    on_disk(path).write_bytes(papers.picture("WEBP"))
    picture = PagePicture.objects.create(blob=blob, number=1, width=320, height=450, path=path)
    assert check(delete_orphans=True)[0] == 0
    for other in (b"no picture at all", papers.picture("WEBP")[:-2], papers.picture("PNG")):
        on_disk(path).write_bytes(other)
        code, said = check()
        assert (code, f"altered: {path}" in said) == (1, True)
    storage.drop(picture.path)
    for quick in (True, False):
        assert f"missing: {path}" in check(quick=quick)[1]


def test_logos_and_exports_have_rows_too(cast: Cast) -> None:
    room, partner = default_storage.save("logos/a.png", PNG), default_storage.save("logos/b.png", PNG)
    export = default_storage.save("exports/c.zip", ContentFile(b"PK"))
    cast.families.logo = room
    cast.families.save()
    Partner.objects.filter(pk=cast.liege.pk).update(logo=partner)
    Export.objects.create(user=cast.anna, file=export)
    then = time.time() - 2 * DAY
    for path in (room, partner, export):
        os.utime(on_disk(path), (then, then))
    assert check()[0] == 0
    for path in (room, partner, export):
        storage.drop(path)
        code, said = check()
        assert (code, f"missing: {path}" in said) == (1, True)


@pytest.mark.parametrize("path", ["logos/stray.png", "exports/stray.zip"])
def test_a_logo_or_an_export_that_no_row_names_is_an_orphan(path: str) -> None:
    stray = default_storage.save(path, PNG)
    os.utime(on_disk(stray), (time.time() - 2 * DAY,) * 2)
    assert f"orphaned: {stray}" in check()[1]
    assert check(delete_orphans=True)[0] == 0
    assert not on_disk(stray).exists()


def test_what_was_altered_is_put_right_when_it_is_shared_again(cast: Cast, caplog: pytest.LogCaptureFixture) -> None:
    first = share(cast).newest
    assert first is not None
    spoiled = on_disk(first.blob.path)
    spoiled.write_bytes(bytes(len(PDF)))
    second = share(cast, title="The same file").newest
    assert second is not None
    assert second.blob == first.blob
    with storage.read(second.blob.path) as file:
        assert file.read() == PDF
    assert "was lost or altered" in caplog.text
    assert check()[0] == 0


def test_what_lies_there_as_it_was_stays_where_it_is(cast: Cast) -> None:
    first = share(cast).newest
    second = share(cast, title="The same file").newest
    assert first is not None
    assert second is not None
    assert second.blob.path == first.blob.path


def test_a_store_that_does_not_answer_is_another_end(blob: Blob, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(path: str) -> Any:
        raise OSError("Input/output error")

    monkeypatch.setattr(inspection.storage, "read", away)
    code, said = check()
    assert (code, "does not answer" in said) == (2, True)


def test_a_long_file_is_read_in_pieces(blob: Blob, monkeypatch: pytest.MonkeyPatch) -> None:
    sizes: list[int] = []

    class Read(ContentFile):
        def read(self, count: int = -1) -> bytes:
            sizes.append(count)
            return super().read(count)

    monkeypatch.setattr(inspection.storage, "read", lambda path: Read(PDF))
    assert check()[0] == 0
    assert set(sizes) == {storage.BLOCK}
