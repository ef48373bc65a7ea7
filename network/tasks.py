"""What the ground floor has done in the background. Each may be called again at any time."""

from datetime import datetime

from network import clock, mail, retention, sealing
from network.actions import item_requests, watching
from network.background import recovery


def send_letters() -> None:
    """All letters that are due."""
    while mail.send_due():
        pass


def tell_watchers(item: int, by: int, kind: str, at: str) -> None:
    """Those who watch an item or its room hear that it is there or has changed."""
    watching.tell_watchers(item, by, kind, datetime.fromisoformat(at))


def seal_trail() -> None:
    """Seals the entries that have committed since the last minute."""
    sealing.seal_trail()


def end_lost_requests() -> None:
    """Requests about items whose asker has lost sight of them."""
    item_requests.withdraw_lost()


def keep_retention() -> None:
    """Each night: removes what has been kept long enough, and seals what the minutely task cannot have seen."""
    sealing.seal_trail(whole=True)
    retention.keep_all()


def forget_old_work() -> None:
    """Rows of tasks that nobody will ask for any more."""
    recovery.forget_the_old(clock.now())
