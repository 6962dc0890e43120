"""Code lists of the catalogue: sharing types, formats, cycles, element types; for forms, policies and outside interfaces.

Stored values are words of our own: every outside interface numbers them differently, and `rulebook.mappings` knows how.
"""

from django.db.models import TextChoices
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from gongxiang.protocol.terms import DataType, Purpose


class SharingType(TextChoices):
    """共享类型 (wushen-2021-60:9)."""

    UNCONDITIONAL = "UNCONDITIONAL", _("Unconditional")
    CONDITIONAL = "CONDITIONAL", _("Conditional")
    WITHHELD = "WITHHELD", _("Withheld")


class DistributionKind(TextChoices):
    """How a resource is delivered (wushen-2021-60:19, cn-809:22)."""

    TABLE = "TABLE", _("Table (exchange node)")
    API = "API", _("API")
    FILE = "FILE", _("File")


class SourceKind(TextChoices):
    """How the provider came by the data (wushen-2021-60:2)."""

    COLLECTED = "COLLECTED", _("Collected directly")
    THIRD_PARTY = "THIRD_PARTY", _("Collected through a third party")
    AUTHORISED = "AUTHORISED", _("Managed under authorisation")
    SYSTEM = "SYSTEM", _("Formed in an information system")
    DERIVED = "DERIVED", _("Derived from other resources")


class FormatClass(TextChoices):
    """信息资源格式, classes of the national guide."""

    DOCUMENT = "DOCUMENT", _("Electronic document")
    SPREADSHEET = "SPREADSHEET", _("Spreadsheet")
    DATABASE = "DATABASE", _("Database")
    IMAGE = "IMAGE", _("Image")
    MEDIA = "MEDIA", _("Streaming media")
    SELF_DESCRIBED = "SELF_DESCRIBED", _("Self-described format")
    SERVICE = "SERVICE", _("Service interface")


#: Types offered within each class; a self-described format is explained in words instead.
FORMAT_TYPES: dict[str, tuple[str, ...]] = {
    "DOCUMENT": ("OFD", "PDF", "WPS", "DOC", "DOCX", "TXT", "XML", "HTML", "PPT", "PPTX"),
    "SPREADSHEET": ("ET", "XLS", "XLSX", "CSV"),
    "DATABASE": ("PostgreSQL", "KingbaseES", "Dm", "MySQL", "MariaDB", "Oracle", "SQL Server", "DB2", "DBF", "Access"),
    "IMAGE": ("JPG", "PNG", "GIF", "BMP", "TIFF"),
    "MEDIA": ("MP4", "MP3", "RM", "MPG", "SWF"),
    "SELF_DESCRIBED": (),
    "SERVICE": ("HTTP",),
}


class UpdateCycle(TextChoices):
    """更新周期."""

    REALTIME = "REALTIME", _("Real time")
    DAILY = "DAILY", _("Daily")
    WEEKLY = "WEEKLY", _("Weekly")
    MONTHLY = "MONTHLY", _("Monthly")
    QUARTERLY = "QUARTERLY", _("Quarterly")
    HALF_YEARLY = "HALF_YEARLY", _("Half-yearly")
    YEARLY = "YEARLY", _("Yearly")
    IRREGULAR = "IRREGULAR", _("Irregular")


class SharingMode(TextChoices):
    """共享方式: through the platform, or another medium where the platform cannot carry it."""

    PLATFORM = "PLATFORM", _("Through the platform")
    OTHER = "OTHER", _("By mail, medium or otherwise")


class DataClass(TextChoices):
    """Data level (GB/T 43697-2024); a resource takes the highest level of its elements (就高从严)."""

    GENERAL = "GENERAL", _("General data")
    IMPORTANT = "IMPORTANT", _("Important data")
    CORE = "CORE", _("Core data")


class Sensitivity(TextChoices):
    """How sensitive an element is; personal information needs an impact assessment (cn-809:13)."""

    GENERAL = "GENERAL", _("General")
    IMPORTANT = "IMPORTANT", _("Important")
    PERSONAL = "PERSONAL", _("Personal information")
    SENSITIVE_PERSONAL = "SENSITIVE_PERSONAL", _("Sensitive personal information")


PERSONAL = frozenset({Sensitivity.PERSONAL, Sensitivity.SENSITIVE_PERSONAL})


class SystemTier(TextChoices):
    """Who runs the system the data comes from (wushen-2021-60:21(3))."""

    OWN = "OWN", _("Built by the department")
    CITY = "CITY", _("City-run system")
    REGIONAL = "REGIONAL", _("Regionally run system")
    NATIONAL = "NATIONAL", _("Centrally run system")


class Scene(TextChoices):
    """应用场景."""

    SERVICE = "SERVICE", _("Government service")
    PUBLIC = "PUBLIC", _("Public service")
    SUPERVISION = "SUPERVISION", _("Supervision")
    OTHER = "OTHER", _("Other")


class Channel(TextChoices):
    """提供渠道."""

    EXTRANET = "EXTRANET", _("Government extranet")
    INTERNET = "INTERNET", _("Internet")
    DEDICATED = "DEDICATED", _("Department's dedicated network")


class SubjectKind(TextChoices):
    """Whom or what the data is about."""

    NATURAL_PERSON = "NATURAL_PERSON", _("Natural persons")
    LEGAL_PERSON = "LEGAL_PERSON", _("Legal persons and other organisations")
    THING = "THING", _("Things and places")
    OTHER = "OTHER", _("Other")


class ElementType(TextChoices):
    """数据类型: letters of the national guide; Z, U and J are additions of the product."""

    C = "C", pgettext_lazy("data type", "Character")
    N = "N", pgettext_lazy("data type", "Numeric")
    I = "I", pgettext_lazy("data type", "Integer")  # noqa: E741
    Y = "Y", pgettext_lazy("data type", "Currency")
    B = "B", pgettext_lazy("data type", "Double")
    F = "F", pgettext_lazy("data type", "Float")
    D = "D", pgettext_lazy("data type", "Date")
    T = "T", pgettext_lazy("data type", "Date and time")
    Z = "Z", pgettext_lazy("data type", "Date and time with zone")
    L = "L", pgettext_lazy("data type", "Logical")
    M = "M", pgettext_lazy("data type", "Memo")
    G = "G", pgettext_lazy("data type", "General (binary)")
    U = "U", pgettext_lazy("data type", "UUID")
    J = "J", pgettext_lazy("data type", "JSON")


#: What the data plane carries for each letter.
CARRIED_AS: dict[str, DataType] = {
    "C": DataType.TEXT,
    "N": DataType.DECIMAL,
    "I": DataType.INTEGER,
    "Y": DataType.DECIMAL,
    "B": DataType.DOUBLE,
    "F": DataType.DOUBLE,
    "D": DataType.DATE,
    "T": DataType.TIMESTAMP,
    "Z": DataType.INSTANT,
    "L": DataType.BOOLEAN,
    "M": DataType.TEXT,
    "G": DataType.BYTES,
    "U": DataType.UUID,
    "J": DataType.JSON,
}

#: The letter offered for a column that a node has described.
LETTER_FOR: dict[DataType, str] = {
    DataType.TEXT: "C",
    DataType.DECIMAL: "N",
    DataType.INTEGER: "I",
    DataType.DOUBLE: "B",
    DataType.DATE: "D",
    DataType.TIMESTAMP: "T",
    DataType.INSTANT: "Z",
    DataType.BOOLEAN: "L",
    DataType.BYTES: "G",
    DataType.UUID: "U",
    DataType.JSON: "J",
}

PURPOSE_LABELS = {
    Purpose.DECISION: _("Basis for a decision"),
    Purpose.REFERENCE: _("Reference"),
    Purpose.VERIFICATION: _("Verification"),
    Purpose.JOINT_HANDLING: _("Joint handling"),
}

#: Six survey figures of an entry, in the order of the survey form: name -> (label, unit).
SURVEY_FIGURES: dict[str, tuple[str | Promise, str | Promise]] = {
    "storage_gb": (_("Data stored"), "GB"),
    "records_10k": (_("Structured records"), _("ten thousand")),
    "shared_storage_gb": (_("Storage shared"), "GB"),
    "shared_records_10k": (_("Records shared"), _("ten thousand")),
    "open_storage_gb": (_("Storage opened"), "GB"),
    "open_records_10k": (_("Records opened"), _("ten thousand")),
}

_ORDER = {DataClass.GENERAL: 0, DataClass.IMPORTANT: 1, DataClass.CORE: 2}


def highest(levels: "list[str] | tuple[str, ...]") -> str:
    """The strictest of several data levels; GENERAL where none is given (就高从严)."""
    known = [DataClass(level) for level in levels if level in DataClass.values]
    return max(known, key=_ORDER.__getitem__, default=DataClass.GENERAL).value
