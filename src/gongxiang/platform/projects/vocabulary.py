"""Code lists of the room: kinds of projects, sources of money, answers to hits."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class ProjectKind(TextChoices):
    """What is done: art. 8 speaks of new projects; what else needs a certificate is in `policies.needs_catalogue`."""

    NEW = "NEW", _("New system")
    UPGRADE = "UPGRADE", _("Upgrade or extension")
    OPERATION = "OPERATION", _("Operation and maintenance")


class MoneySource(TextChoices):
    """Where the money comes from (wushen-2021-60:28)."""

    FIXED_ASSET = "FIXED_ASSET", _("Government fixed-asset investment")
    BUDGET = "BUDGET", _("Budget of the banner")
    OTHER = "OTHER", _("Other")


class CertificateKind(TextChoices):
    """What a certificate is a precondition of (wushen-2021-60:8)."""

    APPROVAL = "APPROVAL", _("Pre-compiled catalogue passed")
    ACCEPTANCE = "ACCEPTANCE", _("Interface for the platform tested")


class TargetKind(TextChoices):
    """What a planned entry resembles."""

    RESOURCE = "RESOURCE", _("Entry of the catalogue")
    PLANNED = "PLANNED", _("Entry planned by another project")


class Answer(TextChoices):
    """What the department says to a hit (wushen-2021-60:22.5, cn-809:19)."""

    REUSE = "REUSE", _("Will be used through sharing, not collected")
    JUSTIFIED = "JUSTIFIED", _("Is collected anew, for the reason given")
