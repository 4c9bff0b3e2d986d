"""The files that run Setu on several nodes: what they name is there, ports and paths agree, nothing has more rights than it needs."""

from __future__ import annotations

import re
import shutil
import stat
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from kubernetes import client as kubernetes_client
from pydantic import ValidationError

from kb.auth.account_store import AccountStore
from kb.settings import Settings
from kb.store.postgresql.server_connections import KEPT, MORE
from server.operations.health import LIVE, READY
from tests.support import PROJECT
from tests.test_deploy import free_port, of, program
from ui.auth import readiness_route
from ui.cli.health_checks import APP_PATH
from ui.cli.main import cli

DEPLOY = PROJECT / "deploy"
CLUSTER = DEPLOY / "kubernetes"
SECRETS = DEPLOY / "make_secrets.sh"
NODES = {"chat1": "8501", "chat2": "8501", "api1": "8600", "api2": "8600"}
WORKERS = ("worker1", "worker2")
PATHS = {"8501": {APP_PATH, readiness_route.READY}, "8600": {LIVE, READY}}
"""What each port can be asked for by who is nobody."""
ELSEWHERE = {"PGPASSFILE", "FORWARDED_ALLOW_IPS"}
"""Variables of libpq and uvicorn."""


def compose() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))
    return found


def proxy() -> str:
    return (DEPLOY / "nginx-nodes.conf").read_text(encoding="utf-8")


def known(variable: str) -> bool:
    return variable in ELSEWHERE or variable.removeprefix("SETU_").lower() in Settings.model_fields


def served(command: list[str]) -> tuple[str, str]:
    """Host and port of a command that starts the API."""
    assert command[:2] == ["setu", "serve"]
    found = cli.commands["serve"].make_context("serve", command[2:]).params
    return found["host"], str(found["port"])


def test_compose_reads_its_file_as_we_do(tmp_path: Path) -> None:
    for place in (DEPLOY / "compose.yaml", DEPLOY / "nginx-nodes.conf"):
        shutil.copy(place, tmp_path)
    subprocess.run(["bash", SECRETS, tmp_path / "secrets"], check=True, capture_output=True)
    command = [program("docker-compose"), "--file", str(tmp_path / "compose.yaml"), "config"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env={"PATH": "/usr/bin:/bin", "HOME": str(tmp_path)})
    assert done.returncode == 0, done.stderr
    assert set(yaml.safe_load(done.stdout)["services"]) == set(compose()["services"])


def test_every_container_is_nobody_on_a_root_that_cannot_be_written() -> None:
    for name, one in compose()["services"].items():
        assert one["read_only"] is True, name
        assert one["user"].split(":")[0] not in ("0", "root"), name
        assert one["cap_drop"] == ["ALL"], name
        assert one["security_opt"] == ["no-new-privileges:true"], name
        assert any(place.startswith("/tmp:") for place in one["tmpfs"]), name
        assert ("ports" in one) == (name == "proxy"), name
    ours = {name: one["user"] for name, one in compose()["services"].items() if one["image"] == "setu"}
    assert ours == dict.fromkeys((*NODES, *WORKERS), of("USER")[0])
    assert compose()["networks"]["inside"]["internal"] is True


def test_what_the_services_name_is_there() -> None:
    found = compose()
    for name, one in found["services"].items():
        mounted = [place.split(":")[0] for place in one.get("volumes", ())]
        assert {place for place in mounted if not place.startswith(".")} <= set(found["volumes"]), name
        assert all((DEPLOY / place).is_file() for place in mounted if place.startswith(".")), name
        assert set(one.get("secrets", ())) <= set(found["secrets"]), name
        assert set(one["networks"]) <= set(found["networks"]), name
        assert set(one.get("depends_on", ())) <= set(found["services"]), name
    homes = [one["volumes"][0] for one in found["services"].values() if one["image"] == "setu"]
    assert len(set(homes)) == len(NODES) + len(WORKERS)
    (home,) = of("VOLUME")
    assert all(place.endswith(f":{home}") for place in homes)
    assert f"{home}/originals\n" in (DEPLOY / "Containerfile").read_text(encoding="utf-8")  # so that a new volume there is the user's


def test_every_setting_that_the_nodes_are_given_is_one_and_holds_no_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    given = [one["environment"] for name, one in compose()["services"].items() if name in NODES]
    given.append(yaml.safe_load((CLUSTER / "settings.yaml").read_text(encoding="utf-8"))["data"])
    for environment in given:
        assert [name for name in environment if not known(name)] == []
        assert re.fullmatch(r"postgresql\+psycopg://setu@[\w.]+:5432/setu(\?sslmode=\w+)?", environment["SETU_DATABASE_URL"])
        with monkeypatch.context() as patch:
            for name, value in environment.items():
                patch.setenv(name, value)
            settings = Settings.load(home=tmp_path)
            assert (settings.log, settings.log_to, settings.open_on_loopback) == ("json", "stderr", False)
            AccountStore.of(settings).close()
    assert sum(one["environment"]["SETU_SYNC_SCHEDULE"] == "true" for name, one in compose()["services"].items() if name in NODES) == 1


def test_ports_of_nodes_health_checks_and_proxy_agree() -> None:
    services = compose()["services"]
    chat = of("CMD")[0]
    assert f'"--server.port", "{NODES["chat1"]}"' in chat
    for name, port in NODES.items():
        if "command" in services[name]:
            assert served(services[name]["command"]) == ("0.0.0.0", port)
        (asked,) = re.findall(r"http://127\.0\.0\.1:(\d+)(/[\w/]*)'", services[name]["healthcheck"]["test"][-1])
        assert asked[0] == port
        assert asked[1] in PATHS[port]
    assert set(re.findall(r"server (\w+):(\d+) max_fails", proxy())) == set(NODES.items())
    (published,) = services["proxy"]["ports"]
    assert set(re.findall(r"listen (\d+) ssl", proxy())) == {published.split(":")[1]}
    assert set(NODES.values()) <= set(of("EXPOSE")[0].split())
    connections = int(services["db"]["command"][-1].removeprefix("max_connections="))
    assert connections >= (2 * len(NODES) + len(WORKERS)) * (KEPT + MORE + KEPT)
    for name in WORKERS:
        worker = services[name]["command"]
        assert worker[0] == "setu"
        assert worker[1] in cli.commands
    upload = re.search(r"client_max_body_size (\d+)m;", proxy())
    assert upload is not None
    assert int(upload.group(1)) == Settings.model_fields["max_file_mb"].default


def test_keys_are_made_once_each_for_the_one_who_reads_it(tmp_path: Path) -> None:
    command = ["bash", SECRETS, "--host", "setu.example.net", "--database", "db.example.net", tmp_path / "secrets"]
    subprocess.run(command, check=True, capture_output=True)
    made = {file.name: file.read_text() for file in (tmp_path / "secrets").iterdir()}
    assert {f"secrets/{name}" for name in made} == {one["file"] for one in compose()["secrets"].values()}
    assert {stat.S_IMODE(file.stat().st_mode) for file in (tmp_path / "secrets").iterdir()} == {0o400}
    assert made["pgpass"] == f"db.example.net:5432:*:setu:{made['postgres_password'].strip()}\n"
    assert len(made["postgres_password"].strip()) == 48
    subprocess.run(command, check=True, capture_output=True)
    assert {file.name: file.read_text() for file in (tmp_path / "secrets").iterdir()} == made
    ignored = (PROJECT / ".gitignore").read_text(encoding="utf-8").splitlines()
    assert {"deploy/secrets/", "deploy/kubernetes/secrets/"} <= set(ignored)


def test_the_image_holds_no_key_of_the_office_that_builds_it() -> None:
    left_out = (PROJECT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    assert {".streamlit/secrets.toml", ".git", ".venv"} <= set(left_out)
    assert not any(source.startswith("deploy") for rest in of("COPY") for source in rest.split())


def test_nginx_reads_the_file_of_the_proxy(tmp_path: Path) -> None:
    text = re.sub(r"\b(chat|api)[12]:\d+", f"127.0.0.1:{free_port()}", proxy())
    text = re.sub(r"(?m)^\s*ssl_certificate.*$", "", text).replace("8443 ssl", free_port()).replace("/tmp/", f"{tmp_path}/")
    (tmp_path / "nginx.conf").write_text(text, encoding="utf-8")
    command = [program("nginx"), "-t", "-c", str(tmp_path / "nginx.conf"), "-e", str(tmp_path / "log")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "warn" not in done.stderr


# --- the cluster --------------------------------------------------------------------------------------------------------------------


def objects() -> Iterator[tuple[str, dict[str, Any]]]:
    for file in sorted(CLUSTER.glob("*.yaml")):
        if file.name != "kustomization.yaml":
            for one in yaml.safe_load_all(file.read_text(encoding="utf-8")):
                yield file.name, one


VERSIONS = ("v1", "apps/v1", "policy/v1", "networking.k8s.io/v1")


@pytest.mark.parametrize(("file", "one"), list(objects()), ids=lambda part: part if isinstance(part, str) else part["kind"])
def test_an_object_is_as_kubernetes_knows_it(file: str, one: dict[str, Any]) -> None:
    assert one["apiVersion"] in VERSIONS
    getattr(kubernetes_client, f"V1{one['kind']}").model_validate(one)


def test_what_kubernetes_does_not_know_is_found() -> None:
    pod = {"spec": {"containers": [{"imagePolicy": "x"}], "hostNetwork": "yes"}}
    with pytest.raises(ValidationError) as found:
        kubernetes_client.V1Pod.model_validate(pod)
    assert {each["loc"][-1] for each in found.value.errors()} == {"name", "imagePolicy", "hostNetwork"}


def test_kustomize_builds_the_whole(tmp_path: Path) -> None:
    shutil.copytree(CLUSTER, tmp_path / "kubernetes")
    subprocess.run(["bash", SECRETS, tmp_path / "kubernetes" / "secrets"], check=True, capture_output=True)
    done = subprocess.run([program("kustomize"), "build", tmp_path / "kubernetes"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    built = [one for one in yaml.safe_load_all(done.stdout) if one["kind"] == "Deployment"]
    for one in built:
        pod = one["spec"]["template"]["spec"]
        images = {part["image"] for part in (*pod["containers"], *pod["initContainers"])}
        assert images == {"registry.example.org/setu:0.1.0"}
        named = next(volume["secret"]["secretName"] for volume in pod["volumes"] if "secret" in volume)
        assert re.fullmatch(r"database-\w+", named)


def test_the_list_of_kustomize_is_the_folder() -> None:
    listed = yaml.safe_load((CLUSTER / "kustomization.yaml").read_text(encoding="utf-8"))
    assert sorted([*listed["resources"], "kustomization.yaml"]) == sorted(file.name for file in CLUSTER.glob("*.yaml"))
    assert all(one["metadata"].get("namespace", listed["namespace"]) == listed["namespace"] for _, one in objects())


def deployments() -> Iterator[tuple[dict[str, Any], dict[str, Any], str]]:
    """Each deployment of nodes with its pod and the port of its server."""
    for _, one in objects():
        if one["kind"] == "Deployment" and one["metadata"]["name"] != "worker":
            pod = one["spec"]["template"]["spec"]
            yield one, pod, str(next(port["containerPort"] for port in pod["containers"][0]["ports"] if port["name"] == "http"))


def test_a_pod_is_nobody_on_a_root_that_cannot_be_written() -> None:
    (worker,) = (one for _, one in objects() if one["metadata"]["name"] == "worker")
    workers = worker["spec"]["template"]["spec"]
    assert workers["containers"][0]["command"] == ["setu", "worker"]
    for one, pod in (*((one, pod) for one, pod, _ in deployments()), (worker, workers)):
        assert one["spec"]["replicas"] >= 2
        assert f"{pod['securityContext']['runAsUser']}:{pod['securityContext']['runAsGroup']}" == of("USER")[0]
        assert (pod["securityContext"]["runAsNonRoot"], pod["automountServiceAccountToken"]) == (True, False)
        assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
        for part in (*pod["containers"], *pod["initContainers"]):
            assert part["securityContext"] == {
                "readOnlyRootFilesystem": True, "allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}
            }  # fmt: skip
            assert "memory" in part["resources"]["limits"]
            assert {mount["name"] for mount in part["volumeMounts"]} <= {volume["name"] for volume in pod["volumes"]}
        written = {mount["mountPath"] for mount in pod["containers"][0]["volumeMounts"]}
        assert {"/tmp", of("VOLUME")[0]} <= written


def test_probes_ask_what_the_server_answers_and_ports_agree() -> None:
    found = list(objects())
    metrics = yaml.safe_load((CLUSTER / "settings.yaml").read_text(encoding="utf-8"))["data"]["SETU_METRICS"].rpartition(":")[2]
    for one, pod, port in deployments():
        main = pod["containers"][0]
        for probe in ("startupProbe", "livenessProbe", "readinessProbe"):
            assert main[probe]["httpGet"]["port"] == "http"
            assert main[probe]["httpGet"]["path"] in PATHS[port]
        assert main["readinessProbe"]["httpGet"]["path"] == "/ready"
        assert main["livenessProbe"]["httpGet"]["path"] != "/ready"  # a database that is gone is mended by no new process
        assert (served(main["command"]) if "command" in main else ("0.0.0.0", "8501")) == ("0.0.0.0", port)
        assert {"name": "metrics", "containerPort": int(metrics)} in main["ports"]
        (service,) = (s for _, s in found if s["kind"] == "Service" and s["metadata"]["name"] == one["metadata"]["name"])
        assert service["spec"]["selector"].items() <= one["spec"]["template"]["metadata"]["labels"].items()
        assert one["spec"]["selector"]["matchLabels"].items() <= one["spec"]["template"]["metadata"]["labels"].items()
        assert [(str(p["port"]), p["targetPort"]) for p in service["spec"]["ports"]] == [(port, "http")]
        (settings,) = (held["configMapRef"]["name"] for held in main["envFrom"])
        assert settings in {s["metadata"]["name"] for _, s in found if s["kind"] == "ConfigMap"}
    services = {s["metadata"]["name"] for _, s in found if s["kind"] == "Service"}
    for _, one in found:
        if one["kind"] == "Ingress":
            for rule in one["spec"]["rules"]:
                assert {path["backend"]["service"]["name"] for path in rule["http"]["paths"]} <= services
        if one["kind"] == "NetworkPolicy":
            labels = [o["spec"]["template"]["metadata"]["labels"] for _, o in found if o["kind"] == "Deployment"]
            named = one["spec"]["podSelector"]["matchLabels"].items()
            assert [held["app"] for held in labels if named <= held.items()] in (["api", "chat"], ["worker"])
