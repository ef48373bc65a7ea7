"""Where the bytes lie: a disk that may be full, a store that may be away, and one that speaks S3 on this machine."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import boto3
import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.test import Client
from moto.server import ThreadedMotoServer
from pytest_django import DjangoCaptureOnCommitCallbacks, Settings

from config.environment import env_storage
from exchange import storage
from exchange.models import Blob, Document
from network.labels import Label
from network.models import User
from tests.cast import Cast
from tests.exchange.making import PDF, once, pdf, share

pytestmark = [pytest.mark.django_db, pytest.mark.once]


def signed_in(person: User) -> Client:
    client = Client()
    client.force_login(person)
    return client


def files() -> set[Path]:
    return {path for path in Path(default_storage.path("")).rglob("*") if path.is_file()}


def sent(cast: Cast) -> Any:
    """What the form answers to Luc, who shares a guide by it."""
    given = {"title": "Guide", "file": pdf(), "tlp": "AMBER", "language": "en", "once": once()}
    return signed_in(cast.luc).post("/rooms/families/documents/new/", given)


def full(*args: Any, **kwargs: Any) -> Iterator[bytes]:
    yield PDF[:100]
    raise OSError(errno.ENOSPC, "No space left on device")


# --- a disk -------------------------------------------------------------------------------------------


def test_a_full_disk_leaves_nothing_half_stored_and_the_form_says_so(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = files()
    monkeypatch.setattr(storage._Counted, "chunks", full)
    answer = sent(cast)
    assert answer.status_code == 422
    assert "There is no room left for files. Nothing was shared" in answer.content.decode()
    assert 'value="Guide"' in answer.content.decode(), "what was typed is kept"
    assert files() == before
    assert not Document.objects.exists()
    assert not Blob.objects.exists()


def test_a_folder_that_cannot_be_written_is_a_store_that_is_away(cast: Cast, settings: Settings) -> None:
    nowhere = settings.LIAISE_DATA_DIR / "a-file"
    nowhere.write_bytes(b"")
    settings.MEDIA_ROOT = nowhere
    assert "does not answer at the moment. Nothing was shared" in sent(cast).content.decode()
    assert not Document.objects.exists()
    assert Client().get("/healthz").json() == {"status": "failing", "failing": ["storage"]}


def test_a_download_from_a_store_that_is_away_says_so_and_when_to_come_back(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    document = share(cast)

    def away(path: str) -> Any:
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(storage, "read", away)
    answer = signed_in(cast.anna).get(f"/documents/{document.uid}/download/")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "60")
    assert "The store of files does not answer" in answer.content.decode()
    assert "attachment" not in answer.headers.get("Content-Disposition", "")


@pytest.fixture
def folder(settings: Settings, tmp_path: Path) -> Path:
    """Where the files are to lie: an empty folder, of which nothing is known yet."""
    settings.MEDIA_ROOT = tmp_path / "files"
    settings.MEDIA_ROOT.mkdir()
    return settings.MEDIA_ROOT


@pytest.mark.parametrize("anew", [False, True], ids=["gone", "empty"])
def test_where_the_folder_of_files_is_gone_nothing_is_stored_and_nothing_is_made_anew(
    cast: Cast, folder: Path, anew: bool
) -> None:
    storage.make_store()
    document = share(cast)
    folder.rename(folder.with_name("elsewhere"))
    if anew:
        folder.mkdir()
    answer = sent(cast)
    assert answer.status_code == 422
    assert "does not answer at the moment. Nothing was shared" in answer.content.decode()
    assert 'value="Guide"' in answer.content.decode(), "what was typed is kept"
    assert not folder.exists() or not list(folder.iterdir())
    page = signed_in(cast.anna).get(f"/documents/{document.uid}/download/")
    assert (page.status_code, page.headers["Retry-After"]) == (503, "60")
    assert "The store of files does not answer" in page.content.decode()
    assert Client().get("/healthz").json() == {"status": "failing", "failing": ["storage"]}
    storage.make_store()
    assert not default_storage.mark.exists(), "also where the house is begun again meanwhile"


def test_a_folder_becomes_the_store_where_it_is_new_or_holds_files_already(cast: Cast, folder: Path) -> None:
    (folder / "lost+found").mkdir()
    storage.make_store()
    share(cast)
    default_storage.mark.unlink()
    storage.make_store()
    assert default_storage.mark.is_file()


# --- S3 -----------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def s3_server() -> Iterator[str]:
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    yield "{}:{}".format(*server.get_host_and_port())
    server.stop()


@pytest.fixture
def bucket(s3_server: str, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """An empty bucket, in which everything is stored."""
    known = {"aws_access_key_id": "key", "aws_secret_access_key": "se/cret", "region_name": "eu-west-1"}
    made = boto3.resource("s3", endpoint_url=f"http://{s3_server}", **known).Bucket("papers")
    made.create(CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    use(settings, monkeypatch, f"s3://key:se%2Fcret@{s3_server}/papers?region=eu-west-1&plain")
    yield made
    made.objects.all().delete()
    made.delete()


def use(settings: Settings, monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    monkeypatch.setenv("SOME", address)
    settings.STORAGES = settings.STORAGES | {"default": env_storage("SOME")}


def test_what_is_shared_lies_in_the_bucket_once_and_comes_back_whole_or_by_range(
    cast: Cast, bucket: Any, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        document, _again = (share(cast, title=title, tlp=Label.GREEN) for title in ("One", "The same again"))
    assert document.newest is not None
    assert [one.key for one in bucket.objects.all()] == [document.newest.blob.path]
    assert document.newest.sha256 == storage.digest(BytesIO(PDF))
    client, address = signed_in(cast.anna), f"/documents/{document.uid}/download/"
    assert client.get(address).getvalue() == PDF
    part = client.get(address, headers={"Range": "bytes=100-199"})
    assert (part.status_code, part.getvalue()) == (206, PDF[100:200])


def test_a_range_is_fetched_from_where_it_begins(bucket: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = storage.keep(ContentFile(PDF, name="x.pdf"))
    with storage.read(kept.path) as file:
        fetch, asked = file._thing.get, []
        file._thing.get = lambda **given: asked.append(given) or fetch(**given)
        assert file.seek(5000) == file.tell() == 5000
        assert file.read(10) + file.read(10) == PDF[5000:5020]
        assert asked == [{"Range": "bytes=5000-"}]
        file.seek(-3, 2)
        assert (file.read(), file.read(5)) == (PDF[-3:], b"")
        assert b"".join(file.chunks(1000)) == PDF
    assert file.closed


def test_a_file_of_several_parts_arrives_with_its_digest(bucket: Any) -> None:
    large = bytes(range(256)) * 80_000  # 20 MB: the library sends it in three pieces at once
    kept = storage.keep(ContentFile(large, name="film.mp4"))
    with storage.read(kept.path) as file:
        assert (file.size, storage.digest(file)) == (len(large), kept.sha256)


def test_what_is_lost_is_not_found_and_what_is_gone_may_go_again(bucket: Any) -> None:
    kept = storage.keep(ContentFile(PDF, name="x.pdf"))
    assert storage.holds(kept.path)
    storage.drop(kept.path)
    storage.drop(kept.path)
    assert not storage.holds(kept.path)
    with pytest.raises(FileNotFoundError):
        storage.read(kept.path)


def test_nothing_in_the_bucket_has_an_address(bucket: Any) -> None:
    kept = storage.keep(ContentFile(PDF, name="x.pdf"))
    with pytest.raises(ValueError, match="no address"):
        default_storage.url(kept.path)


def test_the_house_stands_on_it(bucket: Any) -> None:
    assert Client().get("/healthz").status_code == 200
    assert not list(bucket.objects.all())


def test_where_the_rows_are_refused_nothing_stays_in_the_bucket(
    cast: Cast, bucket: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*args: Any, **kwargs: Any) -> None:
        raise RuntimeError("the database went away")

    monkeypatch.setattr("exchange.actions.documents.append", fail)
    with pytest.raises(RuntimeError):
        share(cast)
    assert not list(bucket.objects.all())


def test_a_store_that_is_away_says_so_everywhere(
    cast: Cast, bucket: Any, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    document = share(cast)
    use(settings, monkeypatch, "s3://key:secret@127.0.0.1:1/papers?plain")
    answer = sent(cast)
    assert "does not answer at the moment. Nothing was shared" in answer.content.decode()
    assert Document.objects.get() == document
    assert signed_in(cast.anna).get(f"/documents/{document.uid}/download/").status_code == 503
    assert signed_in(cast.anna).post("/rooms/families/documents/zip/", {"all": "1"}).status_code == 503
    assert Client().get("/healthz").json() == {"status": "failing", "failing": ["storage"]}


def test_a_bucket_that_is_not_there_is_a_store_that_is_away_not_a_lost_file(
    bucket: Any, settings: Settings, monkeypatch: pytest.MonkeyPatch, s3_server: str
) -> None:
    use(settings, monkeypatch, f"s3://key:secret@{s3_server}/another?plain")
    with pytest.raises(storage.NotStored):
        storage.keep(ContentFile(PDF, name="x.pdf"))
