"""What holds for the house as a whole: its documents say what the code does."""

import re
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest
from django.apps import apps

from config import settings as settings_module
from tools import machine

pytestmark = pytest.mark.once

ROOT = Path(__file__).resolve().parent.parent
SETTINGS = Path(settings_module.__file__).read_text("utf-8")


def test_docs_name_every_variable_that_the_settings_read_and_no_other() -> None:
    read = set(re.findall(r'env_\w+\(\s*"([A-Z_]+)"', SETTINGS))
    rows = set(re.findall(r"^\| `([A-Z_]+)` \|", (ROOT / "docs/settings.md").read_text("utf-8"), re.MULTILINE))
    assert read
    assert rows == read


def test_only_the_settings_page_reads_the_environment() -> None:
    elsewhere = [
        str(file.relative_to(ROOT))
        for app in ("accounts", "exchange", "forums", "network", "workshops", "config")
        for file in (ROOT / app).rglob("*.py")
        if re.search(r"os\.(environ|getenv)", file.read_text("utf-8"))
    ]
    # serve reads HOST and PORT, which are of the command and not of the house; asgi names the settings page itself.
    assert sorted(elsewhere) == ["config/asgi.py", "config/environment.py", "config/management/commands/serve.py"]


def test_docker_compose_brings_up_the_versions_of_ci() -> None:
    compose = (ROOT / "docker-compose.yml").read_text("utf-8")
    images = dict(re.findall(r"image: (\w+):([\d.]+)\s", compose))
    assert images == {"postgres": machine.versions()["POSTGRESQL"], "redis": machine.versions()["REDIS"]}


def test_each_dependency_carries_a_sentence() -> None:
    lines = (ROOT / "pyproject.toml").read_text("utf-8").splitlines()
    project = tomllib.loads("\n".join(lines))
    named = [*project["project"]["dependencies"], *project["dependency-groups"]["dev"]]
    for dependency in named:
        at = next(number for number, line in enumerate(lines) if line.strip().startswith(f'"{dependency}"'))
        assert re.match(r"\s+# [A-Z].*[.]$", lines[at - 1]), f"{dependency} has no sentence above it"


def test_the_lock_file_is_of_these_dependencies() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    lock = tomllib.loads((ROOT / "uv.lock").read_text("utf-8"))
    locked = next(package for package in lock["package"] if package["name"] == "liaise")["metadata"]
    for wanted, found in (
        (project["project"]["dependencies"], locked["requires-dist"]),
        (project["dependency-groups"]["dev"], locked["requires-dev"]["dev"]),
    ):
        names = {re.split(r"[\[<>=~]", line)[0]: sorted(re.findall(r"[<>=~]+[\d.]+", line)) for line in wanted}
        assert names == {one["name"]: sorted(one["specifier"].split(",")) for one in found}


def test_make_help_has_one_line_for_each_verb() -> None:
    makefile = (ROOT / "Makefile").read_text("utf-8")
    verbs = re.findall(r"^([a-z-]+):.*## \S", makefile, re.MULTILINE)
    wanted = ["run", "test", "test-fast", "check", "fmt", "mail", "bench", "soak", "shell", "reset"]
    assert [verb for verb in verbs if verb != "help"] == wanted


@pytest.mark.parametrize("folder", ["accounts", "config", "exchange", "forums", "network", "workshops"])
def test_no_file_is_longer_than_400_lines_and_none_is_a_drawer(folder: str) -> None:
    drawers = {"util", "utils", "helpers", "common", "misc", "services"}
    for file in (ROOT / folder).rglob("*.py"):
        if "migrations" in file.parts:
            continue
        assert len(file.read_text("utf-8").splitlines()) <= 400, f"{file} is long; which concept hides in it?"
        assert not drawers & {part.removesuffix(".py") for part in file.relative_to(ROOT).parts}, file


def test_readme_names_the_demo_accounts_that_serve_prints() -> None:
    from config.management.commands.serve import ACCOUNTS

    rows = re.findall(r"^\| `(\S+@demo\.example)` \| (.+) \|$", (ROOT / "README.md").read_text("utf-8"), re.MULTILINE)
    assert tuple(rows) == ACCOUNTS


def test_docker_compose_understands_its_file() -> None:
    client = shutil.which("docker-compose")
    if client is None:
        pytest.skip("no docker-compose here to read docker-compose.yml")
    read = subprocess.run([client, "config", "--quiet"], cwd=ROOT, check=False, capture_output=True, text=True)
    assert read.returncode == 0, read.stderr


FLOORS = {"network": 0, "accounts": 1, "exchange": 1, "forums": 1, "workshops": 1, "config": 2}


def test_no_foreign_key_points_to_a_higher_floor_or_into_another_room() -> None:
    wrong = [
        f"{model._meta.label}.{field.name} points to {field.related_model._meta.label}"
        for model in apps.get_models()
        for field in model._meta.get_fields()
        if field.is_relation and not field.auto_created and isinstance(field.related_model, type)
        for here, there in [(model._meta.app_label, field.related_model._meta.app_label)]
        if here != there and here in FLOORS and there in FLOORS and FLOORS[there] >= FLOORS[here]
    ]
    assert wrong == []
    assert any(model._meta.app_label == "network" for model in apps.get_models())
