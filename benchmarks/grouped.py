"""What chat is measured against: Channels as its tutorial has it, a group with a channel for each socket."""

import os

from channels.generic.websocket import AsyncWebsocketConsumer
from django.conf import settings

MEMORY = {"BACKEND": "channels.layers.InMemoryChannelLayer", "CONFIG": {"capacity": 100_000}}
REDIS = {
    "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
    "CONFIG": {"hosts": [os.environ.get("REDIS_URL")], "prefix": "liaise-benchmark"},
}

settings.configure(CHANNEL_LAYERS={"default": REDIS if os.environ.get("REDIS_URL") else MEMORY})


class Consumer(AsyncWebsocketConsumer):
    """One socket."""

    groups = ["everybody"]

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        """Hands it to the group."""
        await self.channel_layer.group_send("everybody", {"type": "said", "text": text_data})

    async def said(self, event: dict[str, str]) -> None:
        """Sends it on."""
        await self.send(text_data=event["text"])


application = Consumer.as_asgi()
