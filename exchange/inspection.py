"""Whether rows and stored files agree: what is missing, what nobody speaks of, and what has changed.

Nothing is locked while it looks. So whatever seems wrong is asked about once more before it is told, and a file
without a row is left alone for a day, in which whoever is uploading it writes the row.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta

from django.core.files.storage import default_storage

from exchange import storage
from exchange.models import Blob, PagePicture, Unpacking
from network import clock, stored

AT_ONCE = 500
YOUNG = timedelta(days=1)


@dataclass
class Findings:
    """What was looked at and what is wrong, by path."""

    files: int = 0
    bytes: int = 0
    missing: list[str] = field(default_factory=list)
    altered: list[str] = field(default_factory=list)
    orphaned: list[str] = field(default_factory=list)
    # Without a row, and younger than a day: somebody may be uploading them.
    young: int = 0
    deleted: int = 0

    @property
    def is_well(self) -> bool:
        return not self.missing and not self.altered and len(self.orphaned) == self.deleted


def inspect(
    *, quick: bool = False, delete_orphans: bool = False, tell: Callable[[str, str], None] = lambda what, path: None
) -> Findings:
    """Looks at every row and every stored file. `tell(what, path)` hears of each as it is found.

    `quick` compares lengths, not digests, and leaves pictures of pages unread. Raises OSError where the store is away.
    """
    findings = Findings()
    for blob in Blob.objects.order_by("pk").iterator(AT_ONCE):
        findings.files += 1
        findings.bytes += blob.size
        if what := _wrong_with(blob, quick=quick):
            getattr(findings, what).append(blob.path)
            tell(what, blob.path)
    for picture in PagePicture.objects.order_by("pk").iterator(AT_ONCE):
        findings.files += 1
        if what := _wrong_with_picture(picture, quick=quick):
            getattr(findings, what).append(picture.path)
            tell(what, picture.path)
    for path in stored.paths():
        findings.files += 1
        if not storage.holds(path) and stored.named([path]):
            findings.missing.append(path)
            tell("missing", path)
    for path in _unknown():
        _see_to(path, findings, delete=delete_orphans, tell=tell)
    return findings


def _wrong_with(blob: Blob, *, quick: bool) -> str:
    what = ""
    try:
        with storage.read(blob.path) as file:
            if file.size != blob.size or (not quick and storage.digest(file) != blob.sha256):
                what = "altered"
    except FileNotFoundError:
        what = "missing"
    # Its last version may have gone meanwhile, and what was lost may have been shared again.
    still = Blob.objects.filter(pk=blob.pk, path=blob.path).exists()
    return what if still else ""


def _wrong_with_picture(picture: PagePicture, *, quick: bool) -> str:
    """Nobody wrote down what it is like, so it is held against what it says of itself: a WebP, and how long."""
    what = ""
    try:
        if quick:
            what = "" if storage.holds(picture.path) else "missing"
        else:
            with storage.read(picture.path) as file:
                head = file.read(12)
                length = int.from_bytes(head[4:8], "little") + 8
                if head[:4] != b"RIFF" or head[8:] != b"WEBP" or file.size != length:
                    what = "altered"
    except FileNotFoundError:
        what = "missing"
    return what if what and PagePicture.objects.filter(path=picture.path).exists() else ""


def _see_to(path: str, findings: Findings, *, delete: bool, tell: Callable[[str, str], None]) -> None:
    try:
        young = default_storage.get_modified_time(path) > clock.now() - YOUNG
    except FileNotFoundError:
        return
    if young:
        findings.young += 1
        return
    # Asked again: its row may have come since the folder was read.
    if _known([path]):
        return
    findings.orphaned.append(path)
    tell("orphaned", path)
    if delete:
        storage.drop(path)
        findings.deleted += 1


def _unknown() -> Iterator[str]:
    """Paths of stored files that no row names."""
    for folder in sorted({storage.FOLDER, *_folders_of_pictures(), *stored.folders()}):
        for batch in _listed(folder):
            known = _known(batch)
            yield from (path for path in batch if path not in known)


def _folders_of_pictures() -> set[str]:
    first = PagePicture.objects.order_by("pk").first()
    return {first.path.partition("/")[0]} if first else set()


def _known(paths: list[str]) -> set[str]:
    rows: set[str] = set(Blob.objects.filter(path__in=paths).values_list("path", flat=True))
    rows |= set(Unpacking.objects.filter(path__in=paths).values_list("path", flat=True))
    rows |= stored.named(paths)
    return rows | set(PagePicture.objects.filter(path__in=paths).values_list("path", flat=True))


def _listed(folder: str) -> Iterator[list[str]]:
    """The files below a folder, so many at a time."""
    try:
        folders, names = default_storage.listdir(folder)
    except FileNotFoundError:
        return
    paths = [f"{folder}/{name}" for name in sorted(names)]
    for start in range(0, len(paths), AT_ONCE):
        yield paths[start : start + AT_ONCE]
    for name in sorted(folders):
        yield from _listed(f"{folder}/{name}")
