"""The list of a room's documents: at 10,000 documents at most 1.3 times as long as at 100."""

import os
import statistics
import subprocess
import sys
import tempfile
import time

from benchmarks.house import ROOT, House

FEW, MANY = 100, 10_000
MOST = 1.3
ROUNDS = 15
ADDRESSES = {
    "the list": "",
    "one folder": "?folder={folder}",
    "by title": "?order=title",
    "one kind and language": "?kind=minutes&language=fr",
}


def measure(_house: House) -> list[str]:
    """Print the figures; return what is wrong. In a process and a database of its own."""
    with tempfile.TemporaryDirectory() as folder:
        clean = {name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "REDIS_URL"}}
        own = {"LIAISE_DATA_DIR": folder, "LIAISE_REQUIRE_MFA": "0", "DJANGO_SETTINGS_MODULE": "config.settings"}
        done = subprocess.run(
            [sys.executable, "-m", "benchmarks.document_list"],
            cwd=ROOT,
            env=clean | own,
            check=False,
            capture_output=True,
            text=True,
        )
    print(done.stdout.rstrip() or done.stderr[-2000:])
    if done.returncode:
        return ["the list of documents could not be measured"]
    return [line.removeprefix("past the limit: ") for line in done.stdout.splitlines() if line.startswith("past")]


def main() -> None:
    """Fill two rooms, look at each in turn, and compare the medians."""
    import django

    django.setup()
    from django.conf import settings
    from django.core.management import call_command
    from django.test import Client

    call_command("migrate", verbosity=0)
    call_command("collectstatic", verbosity=0, interactive=False)
    settings.ALLOWED_HOSTS = ["testserver"]
    settings.LIAISE_URL = "http://testserver"
    person, rooms = fill()
    client = Client()
    client.force_login(person)
    for name, query in ADDRESSES.items():
        took: dict[int, list[float]] = {FEW: [], MANY: []}
        for turn in range(ROUNDS + 3):
            for count, (slug, folder) in rooms.items():
                # What this process spent: SQLite runs inside of it, and whatever else the machine does is left out.
                begin = time.process_time()
                answer = client.get(f"/rooms/{slug}/documents/{query.format(folder=folder)}")
                spent = time.process_time() - begin
                assert answer.status_code == 200, answer.status_code
                if turn >= 3:
                    took[count].append(spent * 1000)
        few, many = (statistics.median(took[count]) for count in (FEW, MANY))
        print(f"{name}: {few:.1f} ms at {FEW}, {many:.1f} ms at {MANY:,}: {many / few:.2f} times")
        if many > MOST * few:
            print(f"past the limit: {name} of {MANY:,} documents takes {many / few:.2f} times as long as of {FEW}")


def fill():
    """Two rooms of one network: their member, and count → slug and uid of a folder with a third of the documents."""
    from django.db.models import OuterRef, Subquery
    from django.db.models.sql import InsertQuery

    from exchange.models import Blob, DocKind, Document, Folder, Version
    from network.labels import Label
    from network.models import Item
    from network.permissions import Level
    from tests.factories import PartnerFactory, RoomFactory, ThemeFactory, grant, member_of

    partners = [PartnerFactory() for _ in range(40)]
    people = [member_of(partner) for partner in partners for _ in range(3)]
    themes = [ThemeFactory() for _ in range(12)]
    blob = Blob.objects.create(sha256="0" * 64, size=12_345, path="documents/00/bench")
    kinds, labels = DocKind.values, [Label.GREEN, Label.AMBER, Label.AMBER, Label.CLEAR, Label.AMBER_STRICT]
    rooms = {}
    for count in (FEW, MANY):
        room = RoomFactory(slug=f"room-of-{count}")
        for partner in partners:
            grant(partner, Level.CONTRIBUTE, room)
        folder = Folder.objects.create(room=room, name="Minutes", key="minutes", by=people[0])
        items = Item.objects.bulk_create(
            Item(
                kind="document",
                room=room,
                author=people[n % len(people)],
                partner=partners[n % len(people) // 3],
                title=f"Paper {n * 7919 % 10_000} of the working group",
                language=["en", "fr", "de"][n % 3],
                tlp=labels[n % len(labels)],
            )
            for n in range(count)
        )
        query = InsertQuery(Document)
        own = [Document(item_ptr=item, doc_kind=kinds[n % len(kinds)]) for n, item in enumerate(items)]
        for n, document in enumerate(own):
            document.folder = folder if n % 3 == 0 else None
        for start in range(0, count, 500):
            query = InsertQuery(Document)
            query.insert_values(Document._meta.local_concrete_fields, own[start : start + 500], raw=True)
            query.get_compiler("default").execute_sql()
        Version.objects.bulk_create(
            Version(
                document_id=item.pk,
                number=1,
                blob=blob,
                name="paper.pdf",
                size=1000 + n,
                sha256=blob.sha256,
                content_type="application/pdf",
                by=item.author,
            )
            for n, item in enumerate(items)
        )
        through = Item.themes.through
        through.objects.bulk_create(
            through(item_id=item.pk, theme_id=themes[n % len(themes)].pk) for n, item in enumerate(items)
        )
        newest = Version.objects.filter(document=OuterRef("pk")).values("pk")[:1]
        Document.objects.filter(room=room).update(newest=Subquery(newest))
        rooms[count] = (room.slug, folder.uid)
    return people[0], rooms


if __name__ == "__main__":
    main()
