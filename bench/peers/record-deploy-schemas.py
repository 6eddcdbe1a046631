"""Records the schemas that the deployment files of a bundle are held against, for engine/bundles/fixtures/.

    pip install kubernetes-validate==1.37.0 cloudcoil.models.prometheus_operator==0.80.1.0
    pip install --no-deps kserve==0.21.0 check-jsonschema==0.39.0
    python bench/peers/record-deploy-schemas.py > engine/bundles/fixtures/deploy-schemas.json

They lose their words, `status`, which no file says, and null, which stands for an absent member. Every object refuses
members that it does not name. KServe's objects are those of its Python client, which is made from its OpenAPI document.
"""

import ast
import importlib.metadata as metadata
import json
import re
import sys

from cloudcoil.models.prometheus_operator.v1 import ServiceMonitor

sources = {
    "Kubernetes 1.37": ("kubernetes-validate", "1.37.0"),
    "KServe": ("kserve", "0.21.0"),
    "Prometheus Operator": ("cloudcoil.models.prometheus_operator", "0.80.1.0"),
    "the Compose Specification": ("check-jsonschema", "0.39.0"),
}
for package, version in sources.values():
    if metadata.version(package) != version:
        sys.exit(f"{package} is of version {metadata.version(package)}; the fixture is of {version}.")


def text_of(package, ending):
    [path] = [path for path in metadata.files(package) if str(path).endswith(ending)]
    return path.read_text("utf-8")


words = {"description", "title", "default", "$comment", "examples", "deprecated"}


def bare(schema, named=False):
    """Without words; `named` where the members are names of properties or definitions."""
    if isinstance(schema, list):
        return [bare(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    kept = {
        key: bare(value, not named and key in {"properties", "patternProperties", "$defs"})
        for key, value in schema.items()
        if named or (key not in words and not key.startswith("x-"))
    }
    return kept if named else without_null(kept)


def without_null(schema):
    if isinstance(schema.get("type"), list) and "null" in schema["type"]:
        types = [one for one in schema["type"] if one != "null"]
        schema["type"] = types[0] if len(types) == 1 else types
    if "anyOf" in schema:
        some = [one for one in schema["anyOf"] if one != {"type": "null"}]
        if len(some) == 1:
            del schema["anyOf"]
            schema.update(some[0])
        else:
            schema["anyOf"] = some
    return schema


def manifest(schema):
    properties = {name: value for name, value in schema["properties"].items() if name != "status"}
    required = sorted({"apiVersion", "kind", "metadata", *schema.get("required", [])})
    return {**schema, "properties": properties, "required": required}


def kubernetes():
    whole = json.loads(text_of("kubernetes-validate", "v1.37.0-local-strict/_definitions.json"))
    return {name: bare(schema) for name, schema in whole["$defs"].items()}


def prometheus():
    schema = bare(ServiceMonitor.model_json_schema(by_alias=True))
    parts = {**schema.pop("$defs"), "ServiceMonitor": schema}
    for part in parts.values():
        if "properties" in part:
            part["additionalProperties"] = False
    text = json.dumps(parts).replace('"#/$defs/ObjectMeta"', f'"#/$defs/{meta}.ObjectMeta"')
    text = re.sub(r'"#/\$defs/(?!io\.)', '"#/$defs/prometheus.', text)
    return {f"prometheus.{name}": part for name, part in json.loads(text).items()}


def kserve():
    plain = {"str": "string", "bool": "boolean", "int": "integer", "float": "number", "object": "object"}
    pattern = re.compile(r"kserve/models/v\d(alpha|beta)\d_\w+\.py$")
    paths = [path for path in metadata.files("kserve") if pattern.search(str(path))]
    trees = {path: ast.parse(path.read_text("utf-8")) for path in paths}
    models = {path: next(part for part in tree.body if isinstance(part, ast.ClassDef)) for path, tree in trees.items()}
    known = {model.name: f"kserve.{model.name}" for model in models.values()}
    known["ResourceQuantity"] = "io.k8s.apimachinery.pkg.api.resource.Quantity"
    for name in definitions:
        *_, group, version, kind = name.split(".")
        prefix = "" if group in {"core", "meta"} else f"K8sIoApi{group.capitalize()}"
        known[f"{prefix}{version.capitalize()}{kind}"] = name

    def schema_of(type_name):
        if match := re.fullmatch(r"list\[(.*)\]", type_name):
            return {"type": "array", "items": schema_of(match[1])}
        if match := re.fullmatch(r"dict\(str, (.*)\)", type_name):
            return {"type": "object", "additionalProperties": schema_of(match[1])}
        if type_name in plain:
            return {"type": plain[type_name]}
        # What comes from KEDA and Knative, and quantities with a name of their own, stay open.
        return {"$ref": f"#/$defs/{known[type_name]}"} if type_name in known else {}

    def dictionary(body, name):
        [value] = [part.value for part in body if isinstance(part, ast.Assign) and part.targets[0].id == name]
        return ast.literal_eval(value)

    parts = {}
    for path, model in models.items():
        types, names = (dictionary(model.body, name) for name in ("openapi_types", "attribute_map"))
        required = re.findall(r"Invalid value for `(\w+)`, must not be `None`", path.read_text("utf-8"))
        parts[known[model.name]] = {
            "type": "object",
            "additionalProperties": False,
            "properties": {names[name]: schema_of(type_name) for name, type_name in types.items()},
            "required": sorted({names[name] for name in required}),
        }
    return parts


def reachable(roots, parts):
    kept, queue = {}, list(roots)
    while queue:
        name = queue.pop()
        if name not in kept:
            kept[name] = parts[name]
            queue += re.findall(r'"#/\$defs/([^"]+)"', json.dumps(parts[name]))
    return {name: kept[name] for name in sorted(kept)}


meta = "io.k8s.apimachinery.pkg.apis.meta.v1"
definitions = kubernetes()
definitions |= {**prometheus(), **kserve()}
kinds = {
    "apps/v1 Deployment": "io.k8s.api.apps.v1.Deployment",
    "v1 Service": "io.k8s.api.core.v1.Service",
    "autoscaling/v2 HorizontalPodAutoscaler": "io.k8s.api.autoscaling.v2.HorizontalPodAutoscaler",
    "policy/v1 PodDisruptionBudget": "io.k8s.api.policy.v1.PodDisruptionBudget",
    "monitoring.coreos.com/v1 ServiceMonitor": "prometheus.ServiceMonitor",
    "serving.kserve.io/v1beta1 InferenceService": "kserve.V1beta1InferenceService",
}
for name in kinds.values():
    definitions[name] = manifest(definitions[name])
about = "; ".join(f"{what} from the Python package {package} {version}" for what, (package, version) in sources.items())
recorded = {
    "about": f"JSON schemas (Apache-2.0) without their words: {about}. Made by bench/peers/record-deploy-schemas.py",
    "kinds": kinds,
    "manifests": {"$defs": reachable(kinds.values(), definitions)},
    "compose": bare(json.loads(text_of("check-jsonschema", "vendor/compose-spec.json"))),
}
print(json.dumps(recorded, separators=(",", ":")))
