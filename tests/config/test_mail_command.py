"""`make mail`: what would be e-mail is read on the terminal, newest first."""

import io
import os
from pathlib import Path

from django.core import mail
from django.core.mail.backends.filebased import EmailBackend
from django.core.management import call_command
from pytest_django import Settings


def listing(**options: object) -> str:
    """What the command prints."""
    out = io.StringIO()
    call_command("mail", stdout=out, **options)
    return out.getvalue()


def send(folder: Path, *subjects: str) -> None:
    """Send one e-mail for each subject over one connection, so into one file."""
    backend = EmailBackend(file_path=folder)
    backend.send_messages(
        [
            mail.EmailMessage(
                subject, f"Grüße aus Liège\n{'-' * 20}\n", "liaise@example.org", [f"{subject}@example.org"]
            )
            for subject in subjects
        ]
    )
    newest = max(folder.glob("*.log"), key=lambda file: file.stat().st_mtime_ns)
    os.utime(newest, ns=(len(subjects) * 10**9, len(list(folder.glob("*.log"))) * 10**15))


def test_an_empty_folder_says_where_e_mail_would_be(tmp_path: Path, settings: Settings) -> None:
    settings.EMAIL_FILE_PATH = tmp_path
    assert str(tmp_path) in listing()


def test_e_mails_are_listed_newest_first_and_in_their_own_letters(tmp_path: Path, settings: Settings) -> None:
    settings.EMAIL_FILE_PATH = tmp_path
    send(tmp_path, "first", "second")
    send(tmp_path, "third")
    said = listing()
    assert said.index("Subject: third") < said.index("Subject: second") < said.index("Subject: first")
    assert said.count("Grüße aus Liège") == 3


def test_the_list_ends_where_asked_and_says_how_many_are_older(tmp_path: Path, settings: Settings) -> None:
    settings.EMAIL_FILE_PATH = tmp_path
    send(tmp_path, "first", "second", "third")
    said = listing(last=1)
    assert "Subject: third" in said
    assert "Subject: second" not in said
    assert "2 older ones" in said


def test_one_person_s_e_mails_can_be_asked_for(tmp_path: Path, settings: Settings) -> None:
    settings.EMAIL_FILE_PATH = tmp_path
    send(tmp_path, "first", "second")
    assert "Subject: second" not in listing(to="first@")
