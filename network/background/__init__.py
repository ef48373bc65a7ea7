"""Background work: tasks are rows of our own database, written in the transaction that causes them.

`enqueue` and `every` are all that the house needs to know; `wake` is for effects, `board` for the host's page and
`worker` for `manage.py work`. Only this package knows the library (docs/decisions/0010).
"""

from network.background.queue import enqueue, wake
from network.background.schedule import every

__all__ = ["enqueue", "every", "wake"]
