"""The areas of the site: each a folder with `urls.py`, templates, locale, and where it has them `labels.py` and `todos.py`."""

#: Area -> prefix of its addresses.
AREAS: dict[str, str] = {
    "workbench": "",
    "accounts": "account/",
    "catalogue": "catalogue/",
    "quality": "quality/",
    "upkeep": "upkeep/",
    "projects": "projects/",
    "demands": "demands/",
    "access": "requests/",
    "disputes": "disputes/",
    "collection": "collection/",
    "superiors": "superiors/",
    "agreements": "agreements/",
    "grants": "grants/",
    "use": "use/",
    "delivery": "exchange/",
    "corrections": "corrections/",
    "channels": "channels/",
    "evidence": "evidence/",
    "notices": "notices/",
    "agenda": "agenda/",
    "parties": "parties/",
    "rules": "rules/",
    "documents": "documents/",
    "interfaces": "interfaces/",
}
