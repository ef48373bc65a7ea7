"""Fetches the borders of countries: Natural Earth, public domain, as the npm package world-atlas has them.

Called by tools/set-up.sh. The archive is taken only with the content that is pinned here. Where it cannot be
fetched, maps have places but no land, which the last line says.
"""

import hashlib
import io
import sys
import tarfile
import urllib.request
from pathlib import Path

NAME = "world-atlas-2.0.2"
ADDRESS = f"https://registry.npmjs.org/world-atlas/-/{NAME}.tgz"
SHA256 = "032e7765f2ce00edaeafec23ff22bc3b77e42987c257da944cc585b452c05b97"
WANTED = {"package/countries-50m.json": "countries.json", "package/LICENSE": "LICENSE"}
SECONDS = 60


def main(folder: Path) -> int:
    """Put the borders into `folder`, unless they are there; 1 where what came is not what is pinned."""
    if all((folder / name).exists() for name in WANTED.values()):
        return 0
    try:
        with urllib.request.urlopen(ADDRESS, timeout=SECONDS) as answer:
            archive = answer.read()
    except OSError as error:
        print(f"Maps are drawn without land: {ADDRESS} cannot be fetched ({error}).", file=sys.stderr)
        return 0
    if hashlib.sha256(archive).hexdigest() != SHA256:
        print(f"{ADDRESS} is not what it was when it was pinned; nothing of it is used.", file=sys.stderr)
        return 1
    folder.mkdir(parents=True, exist_ok=True)
    with tarfile.open(fileobj=io.BytesIO(archive)) as files:
        for path, name in WANTED.items():
            member = files.extractfile(path)
            if member is not None:
                (folder / name).write_bytes(member.read())
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
