"""Fetches a package of the npm registry once, by version and SHA-256, and keeps a few of its files."""

import hashlib
import io
import sys
import tarfile
import urllib.request
from dataclasses import dataclass
from pathlib import Path

SECONDS = 60


@dataclass(frozen=True)
class Pinned:
    """One archive. `wanted`: path inside it → name here; `without`: what is so where it cannot be fetched."""

    address: str
    sha256: str
    wanted: dict[str, str]
    without: str


def fetch(package: Pinned, folder: Path) -> int:
    """Put the files into `folder`, unless they are there; 1 where what came is not what is pinned."""
    if all((folder / name).exists() for name in package.wanted.values()):
        return 0
    try:
        with urllib.request.urlopen(package.address, timeout=SECONDS) as answer:  # noqa: S310 - addresses of our own
            archive = answer.read()
    except OSError as error:
        print(f"{package.without}: {package.address} cannot be fetched ({error}).", file=sys.stderr)
        return 0
    if hashlib.sha256(archive).hexdigest() != package.sha256:
        print(f"{package.address} is not what it was when it was pinned; nothing of it is used.", file=sys.stderr)
        return 1
    folder.mkdir(parents=True, exist_ok=True)
    with tarfile.open(fileobj=io.BytesIO(archive)) as files:
        for path, name in package.wanted.items():
            member = files.extractfile(path)
            if member is not None:
                (folder / name).write_bytes(member.read())
    return 0
