"""What the ground floor has done in the background. Each may be called again at any time."""

from network import clock, mail, retention, sealing
from network.actions import item_requests
from network.background import recovery


def send_letters() -> None:
    """All letters that are due."""
    while mail.send_due():
        pass


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
