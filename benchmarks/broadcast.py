"""What chat is measured against: every frame goes to every socket, without rights, rows or order."""

from typing import Any

sockets: set[Any] = set()


async def application(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """One socket."""
    if scope["type"] != "websocket":
        return
    while True:
        message = await receive()
        if message["type"] == "websocket.connect":
            await send({"type": "websocket.accept"})
            sockets.add(send)
        elif message["type"] == "websocket.disconnect":
            sockets.discard(send)
            return
        else:
            for each in list(sockets):
                await each({"type": "websocket.send", "text": message["text"]})
