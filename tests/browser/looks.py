"""What every page must look like: usable for everybody (axe), no complaint of the browser, no sideways scroll, one language."""

import json
import os
import re
from functools import cache
from pathlib import Path
from typing import Any

from tests.browser.running import ROOT

AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]
#: English words that stand in Chinese pages as they are: names of products, formats, units and columns.
KEPT = {
    "postgresql", "gongxiang", "english", "excel", "csv", "json", "xlsx", "api", "totp", "sha", "utf", "http", "https",
    "unicode", "chromium", "ms", "gx_key", "boolean", "smallint", "integer", "bigint", "text", "numeric", "gb", "pdf",
    "uuid", "u", "ofd", "icalendar", "noto", "serif", "sans", "cjk", "sc", "word",
}  # fmt: skip

_RUN = """rules => axe.run(document, {runOnly: {type: 'tag', values: rules}, resultTypes: ['violations'], preload: false})
  .then(found => found.violations.map(v => ({rule: v.id, help: v.help, where: v.nodes.map(n => n.target.join(' ') + ' — ' +
    (n.any.concat(n.all, n.none)[0] || {message: ''}).message)})))"""

_SIDEWAYS = """() => {
  const width = document.documentElement.clientWidth, out = [];
  if (document.documentElement.scrollWidth <= width && document.body.scrollWidth <= width) return out;
  for (const el of document.querySelectorAll('body *')) {
    if (el.closest('.table-box') && !el.matches('.table-box')) continue;
    const box = el.getBoundingClientRect();
    if (box.right > width + 1 && box.width > 0) out.push(el.tagName + '.' + el.className + ' reaches ' + Math.round(box.right));
  }
  return out.slice(0, 6).concat(['page is ' + document.documentElement.scrollWidth + ' wide on ' + width]);
}"""

#: Every text a reader meets, outside codes and typed text, with the kind of element it stands in.
_WORDS = """() => {
  const found = [], shown = el => !!(el.offsetParent || el.getClientRects().length);
  const silent = 'script, style, code, .code, pre, textarea, .wording, .document, [lang]:not(html)';
  const kinds = '.crumbs, .form-check-label, nav, button, .btn, label, legend, th, dt, option, h1, h2, h3, td, dd, p, li';
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const el = walker.currentNode.parentElement, text = walker.currentNode.textContent.trim();
    if (!text || !el || el.closest(silent)) continue;
    if (shown(el) || el.closest('option, .side')) {
      const kind = el.closest(kinds) || el;
      found.push([kind.matches('.crumbs, .form-check-label') ? 'data' : kind.tagName, text]);
    }
  }
  for (const name of ['placeholder', 'aria-label', 'title', 'alt'])
    for (const el of document.querySelectorAll('body [' + name + ']')) {
      const text = el.getAttribute(name).trim();
      if (text && !el.closest('[lang]:not(html)')) found.push(['@' + name, text]);
    }
  return found;
}"""


@cache
def _axe() -> str:
    assert AXE.exists(), "axe-core is missing: `make test` installs it (package-lock.json)"
    return AXE.read_text("utf-8")


def unusable(page: Any) -> list[str]:
    """What axe finds against WCAG 2.1 A and AA."""
    if not page.evaluate("() => !!window.axe"):
        page.evaluate(_axe())
    return [
        f"axe {one['rule']}: {one['help']}: {json.dumps(one['where'][:4], ensure_ascii=False)}"
        for one in page.evaluate(_RUN, RULES)
    ]


def sideways(page: Any) -> list[str]:
    """What makes the page wider than the window."""
    return [f"sideways: {one}" for one in page.evaluate(_SIDEWAYS)]


def wrong_language(page: Any, language: str) -> list[str]:
    """Words of the other language in what the product itself says."""
    words = page.evaluate(_WORDS)
    if language == "en":
        chrome = {"BUTTON", "LABEL", "LEGEND", "TH", "DT", "NAV"}
        return [f"Chinese in English: {kind} {text!r}" for kind, text in words if kind in chrome and _only_chinese(text)]
    return [f"English in Chinese: {kind} {text!r}" for kind, text in words if _english(text) and not _column(kind, text)]


def _only_chinese(text: str) -> bool:
    letters = [c for c in text if c.isalpha()]
    return bool(letters) and all("\u4e00" <= c <= "\u9fff" for c in letters)


def _column(kind: str, text: str) -> bool:
    """Whether it is a column and its type, as the database names them."""
    return kind == "OPTION" and " · " in text


def _english(text: str) -> bool:
    """Whether there is a word that a Chinese reader should not meet; codes (with digits, dots, colons …) are no words."""
    run = 0
    for token in re.split(r"[\s\u3000-\uffef、“”·→—–]+", re.sub(r"`[^`]*`", "", text)):
        word = token.strip(",;:!?()[]'\"*")
        if not (re.fullmatch(r"[A-Za-z]+(['’-][A-Za-z]+)*\.?", word) and word.rstrip(".").lower() not in KEPT):
            run = 0 if word else run
            continue
        run += 1
        if run >= 2 or (len(word) >= 5 and not word.isupper()):
            return True
    return False


def picture(page: Any, name: str) -> None:
    """Keep what stands on the page for README and handbook, when `GONGXIANG_SCREENSHOTS=1` asks for it."""
    if os.environ.get("GONGXIANG_SCREENSHOTS") == "1":
        folder = ROOT / "docs" / "images"
        folder.mkdir(exist_ok=True)
        page.screenshot(path=str(folder / f"{name}.png"))


def show(page: Any, name: str) -> None:
    """Keep a whole page for somebody who looks at it: `GONGXIANG_LOOK=FOLDER`."""
    if folder := os.environ.get("GONGXIANG_LOOK"):
        Path(folder).mkdir(exist_ok=True)
        page.screenshot(path=str(Path(folder) / f"{name}.png"), full_page=True)
