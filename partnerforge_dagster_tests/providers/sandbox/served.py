"""A sandbox served by a process of its own, and clients for it."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from partnerforge_dagster.providers.sandbox.transport import ServedSandboxTransport

_SERVE = """
import sys
from datetime import date
from pathlib import Path
from partnerforge_dagster.providers.sandbox.serve import serve
serve(0, Path(sys.argv[1]), sys.argv[2], sys.argv[3], date(2026, 11, 16))
"""
KEYS = {
    "authorization": "Bearer key",
    "api-key": "key",
    "x-subscription-token": "key",
    "x-api-key": "key",
    "user-agent": "PartnerForge tests@partnerforge.invalid",
}


@dataclass(frozen=True)
class Served:
    """A running sandbox."""

    url: str
    log: Path
    process: subprocess.Popen[str]

    def client(self, **options: Any) -> httpx.AsyncClient:
        """A client that reaches every provider's own address in this sandbox."""
        return httpx.AsyncClient(transport=ServedSandboxTransport(self.url), headers=KEYS, **options)

    def settled(self, event: str | None = None) -> list[dict[str, Any]]:
        """The log once every request has ended: a client has its answer a moment before the line is written."""
        patience = time.monotonic() + 5
        while time.monotonic() < patience and len(self.lines("request")) != len(self.lines("response")):
            time.sleep(0.01)
        return self.lines(event)

    def lines(self, event: str | None = None) -> list[dict[str, Any]]:
        """The log as it is now."""
        lines = [json.loads(line) for line in self.log.read_text().splitlines()]
        return [line for line in lines if event in (None, line["event"])]


@contextmanager
def served(folder: Path, *, latency: str = "none", faults: str = "", hash_seed: str = "0") -> Iterator[Served]:
    """Serve until the block ends."""
    log = folder / "requests.jsonl"
    process = subprocess.Popen(
        [sys.executable, "-c", _SERVE, str(log), latency, faults],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONHASHSEED": hash_seed},
    )
    try:
        assert process.stdout is not None
        ready = process.stdout.readline()
        assert ready.startswith("sandbox listening on http://127.0.0.1:"), ready
        yield Served(ready.split()[-1], log, process)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(10)
        process.stdout.close()
