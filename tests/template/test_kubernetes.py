"""Manifests agree with the schemas of kubernetes, and with each other."""

from __future__ import annotations

from typing import Any

import kubernetes_validate
import pytest
import yaml

from tests.template.delivered import deliver

# The oldest release whose interfaces are relied on, and a recent one.
RELEASES = ("1.29", "1.34")
FOLDER = "deploy/kubernetes/"
ANSWERS = pytest.mark.parametrize(
    ("db", "redis", "port"),
    [("pgsql", True, 8888), ("mysql", False, 80), ("none", True, 65535), ("none", False, 8888)],
)


def manifests(db: str, redis: bool, port: int, name: str = "a_shop") -> dict[str, Any]:
    files = deliver(db, redis, port=port, name=name)
    return {
        path.removeprefix(FOLDER): yaml.safe_load(text)
        for path, text in files.items()
        if path.startswith(FOLDER)
    }


@ANSWERS
@pytest.mark.parametrize("release", RELEASES)
def test_manifests_are_valid(db: str, redis: bool, port: int, release: str) -> None:
    for path, manifest in manifests(db, redis, port).items():
        if path != "kustomization.yaml":
            kubernetes_validate.validate(manifest, release, strict=True)
            assert "namespace" not in manifest["metadata"]


@pytest.mark.parametrize("name", ["on", "true", "a_name_of_twenty_chr", "e1"])
def test_names_are_valid_whatever_the_service_is_called(name: str) -> None:
    for path, manifest in manifests("pgsql", True, 8888, name).items():
        if path != "kustomization.yaml":
            kubernetes_validate.validate(manifest, RELEASES[-1], strict=True)
            assert manifest["metadata"]["name"].startswith(name.replace("_", "-"))


@ANSWERS
def test_the_kustomization_lists_what_is_there_but_the_example(
    db: str, redis: bool, port: int
) -> None:
    found = manifests(db, redis, port)
    listed = found["kustomization.yaml"]["resources"]

    assert sorted(listed) == sorted(set(found) - {"kustomization.yaml", "secret.example.yaml"})
    assert found["kustomization.yaml"]["images"][0]["name"] == image(found["deployment.yaml"])


@ANSWERS
def test_pods_have_no_rights_and_limited_memory(db: str, redis: bool, port: int) -> None:
    for kind in workloads(manifests(db, redis, port)):
        pod = kind["spec"]["template"]["spec"]
        container = pod["containers"][0]
        assert pod["securityContext"]["runAsNonRoot"]
        assert pod["securityContext"]["runAsUser"] == 10001
        assert not pod["automountServiceAccountToken"]
        assert container["securityContext"]["readOnlyRootFilesystem"]
        assert container["securityContext"]["capabilities"] == {"drop": ["ALL"]}
        assert {"requests", "limits"} <= set(container["resources"])
        # Otherwise a service called a-shop sets A_SHOP_PORT in its own pods.
        assert pod["enableServiceLinks"] is False


@ANSWERS
def test_parts_refer_to_each_other(db: str, redis: bool, port: int) -> None:
    found = manifests(db, redis, port)
    deployment = found["deployment.yaml"]
    container = deployment["spec"]["template"]["spec"]["containers"][0]
    labels = deployment["spec"]["template"]["metadata"]["labels"]

    assert container["ports"][0]["containerPort"] == port
    assert found["configmap.yaml"]["data"]["A_SHOP_PORT"] == str(port)
    assert found["service.yaml"]["spec"]["selector"].items() <= labels.items()
    assert found["service.yaml"]["spec"]["ports"][0]["targetPort"] == container["ports"][0]["name"]
    assert found["disruption.yaml"]["spec"]["selector"]["matchLabels"].items() <= labels.items()
    target = found["autoscaler.yaml"]["spec"]["scaleTargetRef"]
    assert (target["kind"], target["name"]) == (deployment["kind"], deployment["metadata"]["name"])
    assert container["livenessProbe"]["httpGet"]["path"] == "/health/live"
    assert container["readinessProbe"]["httpGet"]["path"] == "/health/ready"
    assert "replicas" not in deployment["spec"]
    for kind in workloads(found):
        sources = kind["spec"]["template"]["spec"]["containers"][0]["envFrom"]
        names = [source[next(iter(source))]["name"] for source in sources]
        assert names == [
            found[p]["metadata"]["name"] for p in ("configmap.yaml", "secret.example.yaml")
        ]


@ANSWERS
def test_secrets_are_referred_to_and_never_held(db: str, redis: bool, port: int) -> None:
    found = manifests(db, redis, port)
    example = found["secret.example.yaml"]["stringData"]
    server = db != "none"

    assert "secret.example.yaml" not in found["kustomization.yaml"]["resources"]
    assert example["A_SHOP_OPS_TOKEN"] == ""
    assert ("A_SHOP_DATABASE_URL" in example, "A_SHOP_REDIS_URL" in example) == (server, redis)
    assert not set(example) & set(found["configmap.yaml"]["data"])


def workloads(found: dict[str, Any]) -> list[Any]:
    return [manifest for manifest in found.values() if manifest["kind"] in ("Deployment", "Job")]


def image(deployment: Any) -> Any:
    return deployment["spec"]["template"]["spec"]["containers"][0]["image"]
