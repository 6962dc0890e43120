"""Built assets: nothing that Chromium 80 does not know, no other host, small enough for old desktops."""

import re
from pathlib import Path

import pytest

BUILT = Path(__file__).resolve().parents[2] / "src" / "gongxiang" / "platform" / "web" / "static" / "built"
#: CSS that came after Chromium 80 and would lose a whole rule or layout there.
TOO_NEW = (
    r":has\(|:is\(|:where\(|color-mix\(|@layer|@container|@property|@scope|aspect-ratio:|[^-\w]inset:|\boklch\(|\bdvh\b|\bsvh\b"
    r"|accent-color:|content-visibility:|\bsubgrid\b|@starting-style|text-wrap:|translate:|\brotate:|\bscale:"
)


@pytest.fixture(scope="module")
def built() -> Path:
    if not (BUILT / "app.css").exists():
        pytest.fail("the assets are not built: run `make assets`")
    return BUILT


def test_styles_hold_on_chromium_80(built):
    styles = (built / "app.css").read_text("utf-8")
    found = sorted({styles[max(0, match.start() - 40) : match.end() + 20] for match in re.finditer(TOO_NEW, styles)})
    assert not found, "\n".join(found)


def test_flex_boxes_do_not_rely_on_gap(built):
    """`gap` in flex boxes came with Chromium 84."""
    rules = re.findall(r"\{([^{}]*)\}", (built / "app.css").read_text("utf-8"))
    assert not [
        rule for rule in rules if re.search(r"display:(inline-)?flex", rule) and re.search(r"(^|;)(row-|column-)?gap:", rule)
    ]


@pytest.mark.parametrize("name", ["app.js", "charts.js"])
def test_scripts_hold_on_chromium_80(built, name):
    script = (built / name).read_text("utf-8")
    assert not re.search(r"\w\?\?=\w|\w\|\|=\w|\.replaceAll\(|\.at\(-1\)|structuredClone\(", script)


def test_no_asset_names_another_host(built):
    allowed = re.compile(r"https?://www\.w3\.org/")
    for path in built.iterdir():
        if path.suffix in (".js", ".css", ".svg"):
            hosts = re.findall(r"https?://[\w.-]+/?", path.read_text("utf-8"))
            assert not [host for host in hosts if not allowed.match(host)], path.name


def test_pages_stay_light(built):
    assert (built / "app.js").stat().st_size < 120_000
    assert (built / "app.css").stat().st_size < 150_000
    assert (built / "charts.js").stat().st_size < 650_000
