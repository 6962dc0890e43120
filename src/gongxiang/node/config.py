"""A node's configuration: one TOML file, read once, checked in words; for the command line and the agent.

Holds addresses and connection strings, never keys: the private key lies in `home/node.key`.
"""

import re
import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from gongxiang.node.errors import ConfigurationWrong

#: section -> (required keys, optional keys)
_SECTIONS: dict[str, tuple[set[str], set[str]]] = {
    "node": ({"name", "home"}, {"log_level"}),
    "gateway": ({"url", "fingerprint"}, set()),
    "source": ({"dsn"}, set()),
    "exchange": ({"dsn"}, set()),
    # What may be tried at mounting besides tables; a node without them tries tables alone.
    "files": ({"folder"}, set()),
    "api": ({"base"}, {"authorization"}),
}
_OPTIONAL = ("source", "files", "api")


@dataclass(frozen=True, kw_only=True)
class NodeConfig:
    """What the operator of a front-end machine decides."""

    #: Shown in logs only; the platform's name of the node comes with the enrolment.
    name: str
    #: Directory of the node's key and state; absolute, or relative to the file.
    home: Path
    #: The gateway's node door, e.g. `https://10.0.0.1:8603`.
    gateway_url: str
    #: SHA-256 of the gateway's certificate (DER) in lower-case hex.
    fingerprint: str
    #: The department's business database; None on a node that only receives.
    source_dsn: str | None = field(default=None, repr=False)
    #: The node's own exchange database.
    exchange_dsn: str = field(repr=False)
    #: The file itself, for messages.
    path: Path
    log_level: str = "INFO"
    #: Folder below which files may be looked at for trials.
    files: Path | None = None
    #: Address below which an API may be called for trials, and what its `Authorization` says.
    api_base: str | None = None
    api_key: str | None = field(default=None, repr=False)


def load(path: Path | str) -> NodeConfig:
    """Read and check the file; raises ConfigurationWrong naming the file, the section and the key."""
    path = Path(path).absolute()
    try:
        value = tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        raise ConfigurationWrong("There is no configuration file {path}.", path=path) from None
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ConfigurationWrong("{path} cannot be read: {said}.", path=path, said=error) from error
    _check_names(value, path)
    node, gateway = value["node"], value["gateway"]
    url = str(gateway["url"]).rstrip("/")
    parts = urlsplit(url)
    if parts.scheme != "https" or not parts.hostname:
        raise ConfigurationWrong("{path}: [gateway] url must be https://HOST:PORT, not {url}.", path=path, url=f"{url!r}")
    fingerprint = re.sub(r"[:\s]", "", str(gateway["fingerprint"])).lower()
    if not re.fullmatch(r"[0-9a-f]{64}", fingerprint):
        raise ConfigurationWrong("{path}: [gateway] fingerprint must be the 64 hexadecimal digits of a SHA-256.", path=path)
    level = str(node.get("log_level", "INFO")).upper()
    if level not in ("DEBUG", "INFO", "WARNING", "ERROR"):
        raise ConfigurationWrong(
            "{path}: [node] log_level must be DEBUG, INFO, WARNING or ERROR, not {level}.", path=path, level=f"{level!r}"
        )
    source, files, api = value.get("source"), value.get("files"), value.get("api")
    base = str(api["base"]).rstrip("/") if api else None
    if base is not None and (urlsplit(base).scheme not in ("http", "https") or not urlsplit(base).hostname):
        raise ConfigurationWrong(
            "{path}: [api] base must be http://HOST… or https://HOST…, not {url}.", path=path, url=f"{base!r}"
        )
    return NodeConfig(
        name=str(node["name"]),
        home=(path.parent / str(node["home"])).resolve(),
        gateway_url=url,
        fingerprint=fingerprint,
        source_dsn=str(source["dsn"]) if source else None,
        exchange_dsn=str(value["exchange"]["dsn"]),
        path=path,
        log_level=level,
        files=(path.parent / str(files["folder"])).absolute() if files else None,
        api_base=base,
        api_key=str(api["authorization"]) if api and "authorization" in api else None,
    )


def _check_names(value: dict[str, Any], path: Path) -> None:
    for section, (required, optional) in _SECTIONS.items():
        if section not in value:
            if section in _OPTIONAL:
                continue
            raise ConfigurationWrong("{path} lacks the section [{section}].", path=path, section=section)
        if not isinstance(value[section], dict):
            raise ConfigurationWrong("{path}: [{section}] must be a section.", path=path, section=section)
        for key in required - set(value[section]):
            raise ConfigurationWrong("{path} lacks {key} in [{section}].", path=path, key=key, section=section)
        for key in set(value[section]) - required - optional:
            known = ", ".join(sorted(required | optional))
            raise ConfigurationWrong(
                "{path}: [{section}] does not know {key}; it knows {known}.", path=path, section=section, key=key, known=known
            )
    for section in set(value) - set(_SECTIONS):
        raise ConfigurationWrong(
            "{path} has an unknown section [{section}]; known are {known}.",
            path=path,
            section=section,
            known=", ".join(sorted(_SECTIONS)),
        )
