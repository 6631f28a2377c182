"""Every command line of the README is run as it stands there, in an empty folder.

`uv run` uses this project and its virtual environment (UV_PROJECT, UV_NO_SYNC) without changing them.
"""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from partnerforge_dagster_tests.cli.running import environment

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```bash\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)
FIRST, *REST = BLOCKS
ONCE = [block for block in REST if not re.search(r"partnerforge (ui|sandbox)", block)]
SERVERS = {"ui": 3000, "sandbox": 8765}

needs_uv = pytest.mark.skipif(
    shutil.which("uv") is None, reason="no uv on the PATH: `pip install uv`, or run .ci/run, which installs it"
)


def readme_environment(folder: Path) -> dict[str, str]:
    """As in a checkout, but for the deployment, which belongs in `folder`."""
    return environment(
        UV_PROJECT=str(ROOT),
        UV_PROJECT_ENVIRONMENT=sys.prefix,
        UV_NO_SYNC="1",
        PATH=f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        PWD=str(folder),
    )


def test_first_two_lines_are_what_ci_runs() -> None:
    """.ci/run takes both commands out of the README; a copy there could differ."""
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    extract = next(line for line in script.splitlines() if "README.md" in line)
    taken = subprocess.run(
        ["bash", "-c", f'{extract}; printf "%s\\n" "${{commands[@]}}"'],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert taken == FIRST
    assert taken.splitlines() == ["pip install uv && uv run partnerforge enrich costco.com", "uv run pytest -n 4"]
    assert script.index('bash -c "${commands[0]}"') < script.index('bash -c "${commands[1]}"')


@needs_uv
@pytest.mark.slow
def test_commands_work_as_written(tmp_path: Path) -> None:
    """All blocks that end by themselves, one after the other in one new folder, as a reader would."""
    for block in ONCE:
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", block],
            cwd=tmp_path,
            env=readme_environment(tmp_path),
            capture_output=True,
            text=True,
            timeout=240,
        )
        assert done.returncode == 0, f"{block}\n{done.stdout[-2000:]}\n{done.stderr[-2000:]}"
    assert (tmp_path / "accounts.csv").is_file()
    assert (tmp_path / ".partnerforge" / "briefs" / "costco.com.html").is_file()


@needs_uv
@pytest.mark.slow
@pytest.mark.parametrize("command", SERVERS)
def test_servers_answer_where_the_readme_says(tmp_path: Path, command: str) -> None:
    """`ui` and `sandbox` listen on the ports that the README names, until Ctrl-C."""
    port = SERVERS[command]
    with socket.socket() as probe:
        if probe.connect_ex(("127.0.0.1", port)) == 0:
            pytest.skip(f"another program listens on port {port}, which the README names: end it and run this again")
    block = next(block for block in REST if f"partnerforge {command}" in block)
    with serving(block, tmp_path) as process:
        assert answers(f"http://127.0.0.1:{port}", process)


def answers(url: str, process: subprocess.Popen[bytes]) -> bool:
    """Whether something listens there within the time of a busy machine; any HTTP answer counts."""
    end = time.monotonic() + 200
    while time.monotonic() < end and process.poll() is None:
        try:
            urllib.request.urlopen(url, timeout=5).close()
        except urllib.error.HTTPError as error:
            error.close()
            return True
        except OSError:
            time.sleep(0.3)
        else:
            return True
    return False


@contextmanager
def serving(block: str, folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    """The block's processes in a group of their own, ended by Ctrl-C."""
    process = subprocess.Popen(
        ["bash", "-c", block],
        cwd=folder,
        env=readme_environment(folder),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        yield process
    finally:
        os.killpg(process.pid, signal.SIGINT)
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
