"""The files of several machines say what the one of one machine says, but for what they are there for."""

from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[2]
QUEUE = ("max_concurrent_runs", "tag_concurrency_limits", "max_user_code_failure_retries")


def read(name: str) -> dict[str, Any]:
    content: dict[str, Any] = yaml.safe_load((ROOT / name).read_text(encoding="utf-8"))
    return content


def test_dagster_yaml_of_several_machines_differs_where_it_has_to() -> None:
    """Launcher, numbers of the queue, patience with a run that starts."""
    one, several = read("dagster.yaml"), read("deploy/celery/dagster.yaml")
    assert several["run_launcher"]["class"] == "WatchedCeleryRunLauncher"
    for settings in (one, several):
        del settings["run_launcher"]
        del settings["run_monitoring"]["start_timeout_seconds"]
        assert all(settings["run_queue"].pop(name) for name in QUEUE)
    assert one == several


def test_kubernetes_has_the_same_queue_and_retries() -> None:
    """In the chart's words."""
    several, chart = read("deploy/celery/dagster.yaml"), read("deploy/kubernetes/values.yaml")
    queue = chart["dagsterDaemon"]["runCoordinator"]["config"]["queuedRunCoordinator"]
    assert queue["maxConcurrentRuns"] == several["run_queue"]["max_concurrent_runs"]
    assert queue["tagConcurrencyLimits"] == several["run_queue"]["tag_concurrency_limits"]
    assert chart["additionalInstanceConfig"]["run_retries"] == several["run_retries"]
    assert chart["additionalInstanceConfig"]["freshness"] == several["freshness"]
    monitoring = chart["dagsterDaemon"]["runMonitoring"]
    assert monitoring["startTimeoutSeconds"] == several["run_monitoring"]["start_timeout_seconds"]


def test_accounts_at_once_are_those_of_all_runs_of_batches() -> None:
    """The number in the files for containers and Kubernetes is the limit of the queue times accounts a run."""
    runs = min(limit["limit"] for limit in read("deploy/celery/dagster.yaml")["run_queue"]["tag_concurrency_limits"])
    wanted = str(runs * 5)
    (deployment,) = read("deploy/kubernetes/values.yaml")["dagster-user-deployments"]["deployments"]
    assert {"name": "PARTNERFORGE_ACCOUNTS_AT_ONCE", "value": wanted} in deployment["env"]
    for name in ("compose.yml", "worker.yml"):
        assert f"${{PARTNERFORGE_ACCOUNTS_AT_ONCE:-{wanted}}}" in (ROOT / "deploy" / "celery" / name).read_text()
