"""Our codes in the vocabularies that DCAT-AP asks for (the European Union's authority tables), by address."""

_EU = "http://publications.europa.eu/resource/authority/"

FREQUENCY = {
    "REALTIME": f"{_EU}frequency/UPDATE_CONT",
    "DAILY": f"{_EU}frequency/DAILY",
    "WEEKLY": f"{_EU}frequency/WEEKLY",
    "MONTHLY": f"{_EU}frequency/MONTHLY",
    "QUARTERLY": f"{_EU}frequency/QUARTERLY",
    "HALF_YEARLY": f"{_EU}frequency/ANNUAL_2",
    "YEARLY": f"{_EU}frequency/ANNUAL",
    "IRREGULAR": f"{_EU}frequency/IRREG",
}
PUBLIC = f"{_EU}access-right/PUBLIC"
RESTRICTED = f"{_EU}access-right/RESTRICTED"
NON_PUBLIC = f"{_EU}access-right/NON_PUBLIC"
LANGUAGE = f"{_EU}language/ZHO"
THEMES = f"{_EU}data-theme"
#: 类 and 项 of the national guide's classification to the nearest theme; what has none is government's own affair.
THEME = {
    "101": "SOCI", "102": "ECON", "103": "REGI", "104": "ECON", "105": "GOVE", "202": "HEAL", "203": "SOCI", "204": "HEAL",
    "205": "SOCI", "206": "ECON", "207": "ENER", "208": "ECON", "209": "REGI", "210": "SOCI", "211": "ENVI", "212": "JUST",
}  # fmt: skip
#: Formats of the catalogue that the table of file types knows.
FILE_TYPE = {
    name: f"{_EU}file-type/{name}"
    for name in ("PDF", "DOC", "DOCX", "TXT", "XML", "HTML", "PPT", "PPTX", "XLS", "XLSX", "CSV", "PNG", "GIF", "BMP", "TIFF")
} | {"JPG": f"{_EU}file-type/JPEG", "MP4": f"{_EU}file-type/MP4", "MP3": f"{_EU}file-type/MP3"}
OF_KIND = {"TABLE": f"{_EU}file-type/SQL", "API": f"{_EU}file-type/JSON"}


def theme_of(classification: str) -> str:
    """The data theme of a classification code."""
    return f"{THEMES}/{THEME.get(classification[:3], 'GOVE')}"


def access_right(sharing_type: str, *, open_to_society: bool) -> str:
    """Public only what is open to society; shared among departments is restricted; withheld is not public."""
    if sharing_type == "WITHHELD":
        return NON_PUBLIC
    return PUBLIC if open_to_society else RESTRICTED
