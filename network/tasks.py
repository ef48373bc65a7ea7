"""What the ground floor has done in the background. Each may be called again at any time."""

from network import clock, mail
from network.background import recovery


def send_letters() -> None:
    """All letters that are due."""
    while mail.send_due():
        pass


def forget_old_work() -> None:
    """Rows of tasks that nobody will ask for any more."""
    recovery.forget_the_old(clock.now())
