"""Live: what happens in a room reaches its people while it happens, and is never lost.

`append` numbers what happened; `register_event` says how a kind of it is shown, `register_frame` what
a frame of a client does, `register_bell` what the bell shows. `ring` and `recheck` let open sockets
look at notices and rights now. `network.live.application` is the ASGI application that config mounts.
"""

from network.live.consumer import register_frame
from network.live.events import Shown, register_event
from network.live.hub import recheck, register_bell, ring
from network.live.log import append
from network.live.wire import Frame, Payload, TooLong

__all__ = [
    "Frame",
    "Payload",
    "Shown",
    "TooLong",
    "append",
    "recheck",
    "register_bell",
    "register_event",
    "register_frame",
    "ring",
]
