"""What can be said of image, compose file and reverse proxy without running them.

Not for: whether they work (test_containers.py).
"""

import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from sqlalchemy import make_url

from partnerforge_dagster.cli.ui import KEPT
from partnerforge_dagster.settings import PREFIX, SECRETS, Settings
from partnerforge_dagster_tests.certificates import certificate
from partnerforge_dagster_tests.deploy.stand_ins import bases

ROOT = Path(__file__).parents[2]
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
DOCKERFILE = (ROOT / "deploy" / "Dockerfile").read_text(encoding="utf-8")
YAML_STYLE = "{extends: default, rules: {line-length: {max: 120}, document-start: disable}}"
OURS = ["code", "daemon", "viewer", "webserver"]


def checked(program: str, *words: str) -> None:
    """A checker of the dev dependencies finds nothing."""
    command = [str(Path(sys.executable).with_name(program)), *words]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_dockerfile_is_good_style() -> None:
    """hadolint knows what makes an image large, slow to build or unsafe."""
    checked("hadolint", "deploy/Dockerfile")


def test_compose_file_is_valid() -> None:
    """By the schema of the Compose specification."""
    checked("check-jsonschema", "--builtin-schema", "vendor.compose-spec", "docker-compose.yml")


def test_yaml_is_tidy() -> None:
    """No duplicate key, no value that YAML takes for another."""
    files = ["docker-compose.yml", "dagster.yaml", "workspace.yaml", "deploy/workspace.yaml"]
    checked("yamllint", "--strict", "-d", YAML_STYLE, *files)


def test_every_service_is_watched_and_started_again() -> None:
    """Health check, restart policy and bounded logs, for each."""
    assert set(COMPOSE["services"]) == {"postgres", *OURS}
    for name, service in COMPOSE["services"].items():
        assert service["healthcheck"]["test"][0] == "CMD", name
        assert service["restart"] == "unless-stopped", name
        assert service["logging"]["options"].keys() == {"max-size", "max-file"}, name


def test_only_web_servers_are_reached_and_only_from_this_machine() -> None:
    """A port that is published without an address is open to the network, past most firewalls."""
    published = {name: service["ports"] for name, service in COMPOSE["services"].items() if "ports" in service}
    assert published == {
        "webserver": ["${UI_ADDRESS:-127.0.0.1}:${UI_PORT:-3000}:3000"],
        "viewer": ["${UI_ADDRESS:-127.0.0.1}:${VIEWER_PORT:-3001}:3000"],
    }


def test_viewers_can_change_nothing() -> None:
    """Their web server is the other one, read-only, and is there only for those who ask for it."""
    service, viewer = COMPOSE["services"]["webserver"], COMPOSE["services"]["viewer"]
    assert "--read-only" in viewer["command"]
    assert viewer["profiles"] == ["viewers"]
    assert viewer["environment"] == service["environment"]


def test_no_secret_stands_in_the_files() -> None:
    """What is secret comes by name only, and the engine's secrets lie where the settings look for them."""
    for service in COMPOSE["services"].values():
        for name, value in service["environment"].items():
            assert value is None or not re.search("KEY|PASSWORD$|SECRET|TOKEN", name), name
    assert make_url(COMPOSE["services"]["code"]["environment"]["PARTNERFORGE_DATABASE_URL"]).password is None
    assert f"./secrets:{SECRETS}:ro" in COMPOSE["services"]["code"]["volumes"]
    ignored = (ROOT / ".gitignore").read_text(encoding="utf-8").splitlines()
    assert {"/secrets/", "/config/", ".env"} <= set(ignored)
    assert (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()[1] == "*"


def test_variables_that_are_handed_on_are_settings() -> None:
    """A misspelt one would be handed on and ignored."""
    handed = {name for name in COMPOSE["services"]["code"]["environment"] if name.startswith(PREFIX)}
    for variable in handed:
        model: Any = Settings
        for part in variable.removeprefix(PREFIX).lower().split("__"):
            assert part in model.model_fields, variable
            model = model.model_fields[part].annotation
    assert {f"{PREFIX}DATABASE_URL", f"{PREFIX}MODE"} < handed


def test_daemon_keeps_backfills_as_the_ui_command_does() -> None:
    """Both start Dagster's daemon."""
    assert KEPT.items() <= COMPOSE["services"]["daemon"]["environment"].items()


def test_images_are_pinned_and_ours_runs_as_nobody_special() -> None:
    """An exact version of each base, the same in every stage; no root, also for who knows ids only."""
    assert all(re.fullmatch(r"\w+:\d+\.[\d.]*\d-\w[\w-]*", base) for base in bases())
    assert set(re.findall(r"^FROM (\S+)", DOCKERFILE, re.MULTILINE)) == {bases()[0]}
    assert re.findall(r"^USER (\S+)", DOCKERFILE, re.MULTILINE) == ["10001"]
    for name in OURS:
        assert COMPOSE["services"][name]["cap_drop"] == ["ALL"]


def test_image_takes_the_one_dagster_yaml() -> None:
    """Where things are stored is PARTNERFORGE_DATABASE_URL's to say, so the team server needs no file of its own."""
    assert "COPY dagster.yaml deploy/workspace.yaml /srv/partnerforge/" in DOCKERFILE
    assert COMPOSE["services"]["code"]["environment"]["PARTNERFORGE_DATABASE_URL"].startswith("postgresql+psycopg2://")


@pytest.fixture
def proxied(tmp_path: Path) -> Path:
    """deploy/nginx.conf as nginx reads it, with a certificate and two files of logins, all in one folder."""
    place = tmp_path / "partnerforge"
    place.mkdir()
    certificate(place, "DNS:localhost")
    for name in ("operators", "viewers"):
        (place / name).write_text("somebody:$2y$05$notapasswordsofnobodygetsin\n", encoding="utf-8")
    text = (ROOT / "deploy" / "nginx.conf").read_text(encoding="utf-8")
    (tmp_path / "site.conf").write_text(text.replace("/etc/nginx/partnerforge", str(place)), encoding="utf-8")
    whole = f"pid {tmp_path}/pid; events {{}} http {{ access_log off; include {tmp_path}/site.conf; }}"
    (tmp_path / "nginx.conf").write_text(whole, encoding="utf-8")
    return tmp_path / "nginx.conf"


@pytest.mark.skipif(shutil.which("nginx") is None, reason="no nginx: apt-get install nginx-light; CI has it")
def test_reverse_proxy_is_valid(proxied: Path) -> None:
    """nginx itself finds nothing wrong."""
    done = subprocess.run(["nginx", "-t", "-c", str(proxied)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "[warn]" not in done.stderr


def test_every_page_behind_the_proxy_needs_a_login() -> None:
    """Each server asks for one before anything else, and none hands the password on."""
    servers = (ROOT / "deploy" / "nginx.conf").read_text(encoding="utf-8").split("\nserver {")[1:]
    assert [re.findall(r"proxy_pass (\S+);", server) for server in servers] == [
        ["http://127.0.0.1:3000"],
        ["http://127.0.0.1:3001"],
    ]
    for server in servers:
        assert server.index("auth_basic_user_file") < server.index("location")
        assert 'proxy_set_header Authorization "";' in server
