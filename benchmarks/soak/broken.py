"""1 GiB whose line breaks at 60 %, in the middle of a piece: it goes on from there, and is the same at its end."""

import hashlib
import socket
import urllib.parse
import urllib.request

from benchmarks.house import House, Visitor
from benchmarks.large_files import FORM, PIECE, PIECES, SIZE, TUS, announce, asked, film, share

BREAKS_AT = SIZE * 6 // 10 // PIECE


def measure(running: House) -> list[str]:
    """Print the figures; return what is wrong."""
    visitor = Visitor(running)
    visitor.sign_in("liege@demo.example")
    token = visitor.token(FORM)
    upload = announce(visitor, token, SIZE)["Location"]
    digest = hashlib.sha256()
    for number, piece in enumerate(film(SIZE)):
        digest.update(piece)
        if number == BREAKS_AT:
            break_off(running, visitor, token, upload, number * PIECE, piece)
            reached = int(asked(visitor, "HEAD", upload, **TUS)["Upload-Offset"])
            print(f"the line broke after {(number + 0.5) * PIECE / SIZE:.1%}; {reached / SIZE:.1%} was acknowledged")
            if reached != number * PIECE:
                return [f"the server acknowledged {reached} bytes and had {number * PIECE} whole pieces"]
        own = {"X-CSRFToken": token, "Upload-Offset": str(number * PIECE)}
        status = asked(visitor, "PATCH", upload, piece, **TUS, **PIECES, **own)["status"]
        if status != "204":
            return [f"the piece at {number * PIECE} was answered by {status}"]
    address = share(visitor, token, upload)
    came = hashlib.sha256()
    with visitor.opener.open(f"{running.url}{address}download/", timeout=600) as answer:
        while block := answer.read(PIECE):
            came.update(block)
    print(f"sent {digest.hexdigest()}\ncame {came.hexdigest()}")
    return [] if came.digest() == digest.digest() else ["what is handed out is not what was sent"]


def break_off(running: House, visitor: Visitor, token: str, upload: str, at: int, piece: bytes) -> None:
    """Sends half of a piece, and is gone."""
    where = urllib.parse.urlsplit(running.url)
    told = {"Host": where.netloc, "Content-Length": str(len(piece)), "Upload-Offset": str(at), "X-CSRFToken": token}
    told |= {"Cookie": visitor.cookies, "Referer": visitor.url} | TUS | PIECES
    lines = "".join(f"{name}: {value}\r\n" for name, value in told.items())
    with socket.create_connection((where.hostname or "", where.port or 80), timeout=60) as line:
        line.sendall(f"PATCH {upload} HTTP/1.1\r\n{lines}\r\n".encode() + piece[: len(piece) // 2])
