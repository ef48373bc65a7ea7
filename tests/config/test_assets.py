"""Our scripts for browsers under the names they are served by."""

import re
from pathlib import Path

import pytest
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.management import call_command
from django.test import override_settings

pytestmark = pytest.mark.once


def test_modules_import_one_another_by_the_names_that_hold_a_digest(tmp_path: Path) -> None:
    with override_settings(
        STATIC_ROOT=tmp_path,
        STORAGES={"staticfiles": {"BACKEND": "config.assets.Assets"}},
    ):
        call_command("collectstatic", verbosity=0, interactive=False)
        names = [Path(staticfiles_storage.url(f"js/{name}.js")).name for name in ("chat", "chat-messages")]
        imported = [
            name
            for script in (tmp_path / "js").glob("*.js")
            for name in re.findall(r'from "\./([^"]+)"', script.read_text("utf-8"))
        ]
        assert names[1] in imported
        assert [name for name in imported if not (tmp_path / "js" / name).exists()] == []
