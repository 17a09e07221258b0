"""What deploy/ gives to others can be read by those whom it is for, and names what there is."""

import json
import re
import shutil
import subprocess
from dataclasses import fields
from pathlib import Path

import promql_parser
import pytest
import yaml
from prometheus_client import generate_latest

from tests.fakes.preview import furnished
from treering import errors
from treering.main import DIVERGED
from treering.settings import Settings, SignIn
from treering.telemetry.requests import Answered, Requests
from treering.telemetry.steps import Steps

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
RUNBOOK = (ROOT / "docs/runbook.md").read_text("utf-8")
ALERTS = yaml.safe_load((DEPLOY / "prometheus/alerts.yml").read_text("utf-8"))
RULES = [rule for group in ALERTS["groups"] for rule in group["rules"]]
PANELS = json.loads((DEPLOY / "grafana/treering.json").read_text("utf-8"))["panels"]
QUERIES = [rule["expr"] for rule in RULES]
QUERIES += [target["expr"] for panel in PANELS for target in panel["targets"]]
OF_OTHERS = {"up"}
READ = (ROOT / "service/treering/settings.py").read_text("utf-8")


def exposed() -> set[str]:
    """The names of all samples that web and worker can tell."""
    requests = Requests()
    requests.note(Answered("POST", "/v1/redemptions", 201, 0.1))
    services, _ = furnished("http://127.0.0.1")
    steps = Steps(services.overview)
    steps.watch("ANT_FOREST", lambda: True)
    steps.events(None, "info", {"event": "batch moved", "after": "final"})
    text = generate_latest(requests.registry) + generate_latest(steps.registry)
    return {line.split("{")[0].split(" ")[0] for line in text.decode().splitlines()}


def named(query: str) -> set[str]:
    return {name for name in re.findall(r"\b([a-z_]+)(?=[{\[)\s])", query) if "treering_" in name}


def settings() -> set[str]:
    return set(re.findall(r'"(TREERING_[A-Z_]+)"', READ))


@pytest.mark.parametrize("query", QUERIES)
def test_every_query_is_one_and_asks_only_for_what_is_told(query):
    promql_parser.parse(query)
    assert named(query) <= exposed()
    assert named(query) or "up{" in query


def test_events_that_alerts_wait_for_are_logged_by_those_words():
    sources = [path.read_text("utf-8") for path in (ROOT / "service/treering").rglob("*.py")]
    logged = "\n".join(text for text in sources if "_AWAITED" not in text)
    for event in re.findall(r'event="([^"]+)"', " ".join(QUERIES)):
        assert f'"{event}"' in logged, event


def test_every_alert_is_explained_and_nothing_else_is():
    explained = re.findall(r"^\| ([A-Z][A-Za-z]+) \|", RUNBOOK, re.MULTILINE)
    assert explained == [rule["alert"] for rule in RULES]


def test_every_code_that_keeps_the_worker_from_work_is_explained():
    doctor = ROOT / "service/treering/flow/overseeing/doctor"
    text = "\n".join(path.read_text("utf-8") for path in doctor.glob("*.py"))
    for name in set(re.findall(r"\b([A-Z][A-Za-z]+)\(f?\"", text)):
        kind = getattr(errors, name, None)
        if kind and kind is not errors.Diverged:
            assert kind.code in RUNBOOK, name


def test_the_example_names_every_setting_and_no_other():
    lines = (DEPLOY / "env.example").read_text("utf-8").splitlines()
    given = {m[1] for line in lines if (m := re.match(r"#?(TREERING_[A-Z_]+)=", line))}
    assert {name.removesuffix("_FILE") for name in given} == settings()
    assert len(settings()) == len(fields(Settings)) - 1 + len(fields(SignIn))


def test_the_example_is_understood_as_it_stands():
    lines = (DEPLOY / "env.example").read_text("utf-8").splitlines()
    pairs = dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))
    found = Settings.from_environ(pairs)
    assert (found.host, found.embedded, found.metrics_port) == ("0.0.0.0", False, 9464)


def documents() -> list[dict]:
    texts = [path.read_text("utf-8") for path in sorted((DEPLOY / "kubernetes").glob("*.yaml"))]
    return [part for text in texts for part in yaml.safe_load_all(text)]


def test_containers_run_as_nobody_without_rights_on_a_disk_that_they_cannot_change():
    pods = [d["spec"]["template"]["spec"] for d in documents() if "template" in d["spec"]]
    assert len(pods) == 3
    for pod in pods:
        assert pod["securityContext"]["runAsNonRoot"] is True
        for container in pod["containers"]:
            locked = container["securityContext"]
            assert locked["readOnlyRootFilesystem"] is True
            assert locked["allowPrivilegeEscalation"] is False
            assert locked["capabilities"] == {"drop": ["ALL"]}


def test_kubernetes_asks_for_addresses_that_there_are_and_gives_time_to_end():
    deployments = [d for d in documents() if d["kind"] == "Deployment"]
    assert {d["metadata"]["name"] for d in deployments} == {"treering-web", "treering-worker"}
    for deployment in deployments:
        assert deployment["spec"]["template"]["spec"]["terminationGracePeriodSeconds"] > 10
    (container,) = deployments[0]["spec"]["template"]["spec"]["containers"]
    probes = (container["readinessProbe"], container["livenessProbe"])
    assert [probe["httpGet"]["path"] for probe in probes] == ["/readyz", "/healthz"]


def test_compose_can_be_read_and_its_services_wait_for_the_migration():
    compose = yaml.safe_load((DEPLOY / "compose.yaml").read_text("utf-8"))
    for name in ("web", "worker"):
        waits = compose["services"][name]["depends_on"]
        assert waits["migrate"] == {"condition": "service_completed_successfully"}
    scraped = yaml.safe_load((DEPLOY / "prometheus/prometheus.yml").read_text("utf-8"))
    jobs = {job["job_name"] for job in scraped["scrape_configs"]}
    assert jobs == {"treering-web", "treering-worker"}


def units() -> list[Path]:
    return sorted((DEPLOY / "systemd").glob("*.service"))


def test_a_worker_that_diverged_is_not_started_again():
    text = (DEPLOY / "systemd/treering-worker.service").read_text("utf-8")
    assert f"RestartPreventExitStatus={DIVERGED}\n" in text


@pytest.mark.parametrize("unit", units(), ids=lambda path: path.name)
def test_systemd_takes_each_unit(unit: Path, tmp_path: Path):
    verify = shutil.which("systemd-analyze")
    if verify is None:
        pytest.skip("no systemd here")
    for path in units():  # with a program that is there, so that only the unit is judged
        text = path.read_text("utf-8").replace("/opt/treering/bin/treering", "/bin/true")
        (tmp_path / path.name).write_text(text, "utf-8")
    done = subprocess.run(
        [verify, "verify", "--man=no", str(tmp_path / unit.name)],
        capture_output=True,
        text=True,
        check=False,
    )
    said = [line for line in done.stderr.splitlines() if "treering" in line]
    assert said == []


def test_the_image_is_made_from_the_locked_packages_and_runs_as_nobody():
    text = (DEPLOY / "Dockerfile").read_text("utf-8")
    assert "--require-hashes -r requirements.txt" in text
    assert re.search(r"^USER 10001", text, re.MULTILINE)
    assert "ENV=production" in text
    assert "COPY --from=fonts" in text
    assert "TREERING_FONTS=/opt/treering/fonts" in text
