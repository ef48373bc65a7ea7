"""An S3-compatible store behind Django's storage interface, with the manners of a disk.

What goes wrong is an OSError, as it is on a disk, so that nobody above knows of which kind the store is; and a file
that is read is fetched from where it is read on, never as a whole into memory.
"""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from boto3.exceptions import Boto3Error
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from django.core.files import File
from storages.backends.s3 import S3Storage

# Seconds. Short, since somebody waits for the page that asks.
CONNECT, READ, TRIES = 5, 60, 2


@contextmanager
def _as_a_disk() -> Iterator[None]:
    try:
        yield
    except ClientError as error:
        status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode")
        if status == 404 and error.response.get("Error", {}).get("Code") != "NoSuchBucket":
            raise FileNotFoundError(errno.ENOENT, str(error)) from None
        raise OSError(errno.EIO, str(error)) from error
    except (BotoCoreError, Boto3Error) as error:
        raise OSError(errno.EIO, str(error)) from error


class RemoteFile(File):
    """A stored file, fetched from its current position on as it is read."""

    def __init__(self, name: str, thing: Any) -> None:
        super().__init__(None, name)
        self._thing, self._at = thing, 0
        self._body: Any = None
        # Asked at once: whoever opens a file that is lost hears of it then.
        self._length: int = thing.content_length

    @property
    def size(self) -> int:
        return self._length

    @property
    def closed(self) -> bool:
        return self._thing is None

    def seekable(self) -> bool:
        return True

    def readable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = 0) -> int:
        self._hang_up()
        self._at = max(0, offset + (0, self._at, self._length)[whence])
        return self._at

    def read(self, count: int | None = None) -> bytes:
        if self._at >= self._length or count == 0:
            return b""
        with _as_a_disk():
            if self._body is None:
                self._body = self._thing.get(Range=f"bytes={self._at}-")["Body"]
            block: bytes = self._body.read(count if count is not None and count >= 0 else None)
        self._at += len(block)
        return block

    def chunks(self, chunk_size: int | None = None) -> Iterator[bytes]:
        self.seek(0)
        while block := self.read(chunk_size or self.DEFAULT_CHUNK_SIZE):
            yield block

    def close(self) -> None:
        self._hang_up()
        self._thing = None

    def _hang_up(self) -> None:
        if self._body is not None:
            self._body.close()
            self._body = None


class RemoteStorage(S3Storage):
    """Files in one bucket, which nothing on the web leads to: no address of their own, no public rights."""

    def __init__(self, **options: Any) -> None:
        options["client_config"] = Config(
            s3={"addressing_style": "path"},
            signature_version="s3v4",
            connect_timeout=CONNECT,
            read_timeout=READ,
            retries={"total_max_attempts": TRIES, "mode": "standard"},
        )
        super().__init__(**options)

    def url(self, name: str | None, *args: Any, **kwargs: Any) -> str:
        raise ValueError("Stored files have no address of their own: they are read through the gate.")

    def demand_answer(self) -> None:
        """Raises OSError where the store is away."""
        # Of a name that nothing has: whether it is there does not matter, that it is answered does.
        self.exists("any")

    def _open(self, name: str, mode: str = "rb") -> Any:
        if mode != "rb":
            raise ValueError("Stored files are read as they are; they are written by saving.")
        with _as_a_disk():
            return RemoteFile(name, self.bucket.Object(self._normalize_name(name)))

    def _save(self, name: str, content: Any) -> str:
        with _as_a_disk():
            return str(super()._save(name, content))

    def delete(self, name: str) -> None:
        with _as_a_disk():
            super().delete(name)

    def exists(self, name: str) -> bool:
        with _as_a_disk():
            return bool(super().exists(name))

    def listdir(self, path: str) -> tuple[list[str], list[str]]:
        with _as_a_disk():
            folders, files = super().listdir(path)
        return folders, files

    def size(self, name: str) -> int:
        with _as_a_disk():
            return int(super().size(name))

    def get_modified_time(self, name: str) -> Any:
        with _as_a_disk():
            return super().get_modified_time(name)
