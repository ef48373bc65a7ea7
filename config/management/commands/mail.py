"""`manage.py mail`: the e-mails that were written to files instead of being sent."""

import email
import email.policy
import os
import re
import sys
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

RULE = "─" * 78


class Command(BaseCommand):
    """List the e-mails in the data folder, newest first."""

    help = "Lists the e-mails that were written to files, newest first."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        """How many, and to whom."""
        parser.add_argument("--last", type=int, default=20, metavar="N", help="At most N e-mails (20).")
        parser.add_argument("--to", default="", help="Only those whose recipient contains this.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print sender, recipients, subject and text of each, for as long as somebody reads."""
        try:
            self.list_mails(options)
            self.stdout.flush()
        except BrokenPipeError:
            # Whoever read along has seen enough (`make mail | head`); nothing is to be said at the end either.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())

    def list_mails(self, options: dict[str, Any]) -> None:
        """Newest first."""
        folder = getattr(settings, "EMAIL_FILE_PATH", None)
        if folder is None:
            self.stdout.write("E-mail is not written to files here (EMAIL_URL).")
            return
        found = [mail for mail in newest_first(Path(folder)) if options["to"] in str(mail["To"])]
        if not found:
            self.stdout.write(f"No e-mail yet. It would be in {folder}")
            return
        for mail in found[: options["last"]]:
            subject = " ".join(str(mail["Subject"]).split())
            self.stdout.write(f"{RULE}\nDate:    {mail['Date']}\nTo:      {mail['To']}\nSubject: {subject}\n")
            self.stdout.write(text_of(mail))
        self.stdout.write(RULE)
        if len(found) > options["last"]:
            self.stdout.write(f"{len(found) - options['last']} older ones are in {folder}")


def newest_first(folder: Path) -> list[EmailMessage]:
    """The e-mails in `folder`. One file holds all that one connection sent, one after another."""
    files = sorted(folder.glob("*.log"), key=lambda file: file.stat().st_mtime_ns, reverse=True)
    found = []
    for file in files:
        parts = re.split(rb"^-{79}\n", file.read_bytes(), flags=re.MULTILINE)
        mails = [email.message_from_bytes(part, policy=email.policy.default) for part in parts if part.strip()]
        found += reversed(mails)
    return found


def text_of(mail: EmailMessage) -> str:
    """The plain text of an e-mail."""
    body = mail.get_body(preferencelist=("plain", "html"))
    return body.get_content().rstrip() if body is not None else ""
