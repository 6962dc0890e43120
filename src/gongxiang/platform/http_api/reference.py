"""The OpenAPI description, cut for the page that people read."""

from typing import Any

from gongxiang.platform.http_api import api


def groups() -> list[dict[str, Any]]:
    """Operations by tag, each with parameters, body and answer."""
    found: dict[str, list[dict[str, Any]]] = {}
    for path, operations in api.description()["paths"].items():
        for method, said in operations.items():
            answers = [(code, _schema(one)) for code, one in said["responses"].items() if str(code).startswith("2")]
            found.setdefault(said["tags"][0], []).append(
                {
                    "id": said["operationId"],
                    "method": method.upper(),
                    "path": path,
                    "summary": said["summary"],
                    "scope": said.get("x-scope", ""),
                    "parameters": [
                        (p["name"], p["in"], _type(p["schema"]), p.get("required", False), p.get("description", ""))
                        for p in said.get("parameters", [])
                    ],
                    "body": _schema(said.get("requestBody", {})),
                    "answers": answers,
                }
            )
    return [{"tag": tag, "operations": operations} for tag, operations in sorted(found.items())]


def schemas() -> list[dict[str, Any]]:
    """Every schema with its fields."""
    made = api.description()["components"]["schemas"]
    return [
        {
            "name": name,
            "description": said.get("description", ""),
            "fields": [
                (field, _type(one), field in said.get("required", ()), one.get("description", ""))
                for field, one in said.get("properties", {}).items()
            ],
        }
        for name, said in sorted(made.items())
    ]


def _schema(said: dict[str, Any]) -> str:
    content = said.get("content", {}).get("application/json", {})
    return _type(content.get("schema", {})) if content else ""


def _type(schema: dict[str, Any]) -> str:
    if "$ref" in schema:
        return str(schema["$ref"]).rpartition("/")[2]
    if "anyOf" in schema:
        return " | ".join(_type(one) for one in schema["anyOf"])
    if "enum" in schema:
        return " | ".join(f'"{one}"' for one in schema["enum"])
    if "const" in schema:
        return f'"{schema["const"]}"'
    if schema.get("type") == "array":
        return f"[{_type(schema.get('items', {}))}]"
    if "allOf" in schema:
        return _type(schema["allOf"][0])
    return str(schema.get("format") or schema.get("type", ""))
