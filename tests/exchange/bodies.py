"""Request bodies by hand, to see how much of them is read."""

from __future__ import annotations

import io

BOUNDARY = "liaise-boundary"


def multipart(fields: dict[str, str], *, file: bytes, name: str = "large.pdf") -> tuple[bytes, str]:
    """A multipart body whose last part is the file, and its content type."""
    parts = [
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{value}\r\n'
        for key, value in fields.items()
    ]
    parts.append(
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n'
        "Content-Type: application/pdf\r\n\r\n"
    )
    body = "".join(parts).encode() + file + f"\r\n--{BOUNDARY}--\r\n".encode()
    return body, f"multipart/form-data; boundary={BOUNDARY}"


class Counting(io.BytesIO):
    """A body that knows how much of it has been read."""

    read_so_far = 0

    def read(self, size: int | None = -1) -> bytes:
        block = super().read(size)
        self.read_so_far += len(block)
        return block
