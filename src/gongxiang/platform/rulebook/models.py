"""Calendar, texts, choices, statutes, codes and parameters. Nothing is overwritten: the newer row ends the older."""

from django.db import models
from django.db.models import Q

from gongxiang.platform.kernel.ids import new_id


class HolidayNotice(models.Model):
    """The days of one year, as a State Council notice or a local decision gives them, or as shipped."""

    id = models.UUIDField(primary_key=True, default=new_id)
    year = models.PositiveSmallIntegerField()
    #: `state`: the State Council's arrangement; `local`: days the local government adds (全国年节及纪念日放假办法 art. 4).
    scope = models.CharField(max_length=10)
    number = models.CharField(max_length=80, blank=True)
    title = models.CharField(max_length=200, blank=True)
    #: False for a year of which only the statutory days are known.
    confirmed = models.BooleanField()
    entered_by = models.CharField(max_length=200)
    entered_at = models.DateTimeField()
    superseded_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["year", "scope"], condition=Q(superseded_at__isnull=True), name="rulebook_one_notice_per_year"
            ),
            models.CheckConstraint(condition=Q(scope__in=["state", "local"]), name="rulebook_notice_scope"),
        ]


class CalendarDay(models.Model):
    """A day that is not what its weekday says."""

    id = models.UUIDField(primary_key=True, default=new_id)
    notice = models.ForeignKey(HolidayNotice, on_delete=models.PROTECT, related_name="days")
    on = models.DateField()
    kind = models.CharField(max_length=10)
    name_zh = models.CharField(max_length=40, blank=True)
    name_en = models.CharField(max_length=60, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["notice", "on"], name="rulebook_day_once_per_notice"),
            models.CheckConstraint(condition=Q(kind__in=["off", "makeup"]), name="rulebook_day_kind"),
        ]


class TextImport(models.Model):
    """The full text of an instrument, as the authority imported it."""

    id = models.UUIDField(primary_key=True, default=new_id)
    instrument = models.CharField(max_length=40)
    file_name = models.CharField(max_length=200, blank=True)
    #: SM3 of the text's UTF-8 bytes, hex.
    digest = models.CharField(max_length=64)
    text = models.TextField()
    imported_by = models.CharField(max_length=200)
    imported_at = models.DateTimeField()
    superseded_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["instrument"], condition=Q(superseded_at__isnull=True), name="rulebook_one_text_per_instrument"
            )
        ]


class ArticleText(models.Model):
    """The text of one article of an import."""

    id = models.UUIDField(primary_key=True, default=new_id)
    text_import = models.ForeignKey(TextImport, on_delete=models.PROTECT, related_name="articles")
    number = models.CharField(max_length=10)
    text = models.TextField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["text_import", "number"], name="rulebook_article_once_per_text")]


class RuleChoice(models.Model):
    """The authority's choice: from a date on, this instrument (or its own number of days) wins for a rule."""

    id = models.UUIDField(primary_key=True, default=new_id)
    rule = models.CharField(max_length=40)
    instrument = models.CharField(max_length=40)
    #: Only with instrument `site`.
    value = models.PositiveSmallIntegerField(null=True)
    unit = models.CharField(max_length=20, blank=True)
    article = models.CharField(max_length=60, blank=True)
    since = models.DateField()
    reason = models.TextField()
    #: Whether it is laxer than the default profile.
    is_override = models.BooleanField()
    chosen_by = models.CharField(max_length=200)
    chosen_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=(Q(instrument="site") & Q(value__isnull=False)) | (~Q(instrument="site") & Q(value__isnull=True)),
                name="rulebook_own_value_with_site",
            )
        ]
        indexes = [models.Index(fields=["since", "chosen_at"], name="rulebook_choice_order")]


class Statute(models.Model):
    """A text that can be cited as basis, above all of a withholding."""

    id = models.UUIDField(primary_key=True, default=new_id)
    title = models.CharField(max_length=200)
    number = models.CharField(max_length=80)
    rank = models.CharField(max_length=30)
    issuer = models.CharField(max_length=200, blank=True)
    article = models.CharField(max_length=80)
    text = models.TextField(blank=True)
    url = models.CharField(max_length=500, blank=True)
    in_force_from = models.DateField()
    in_force_until = models.DateField(null=True)
    registered_by = models.CharField(max_length=200)
    registered_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(in_force_until__isnull=True) | Q(in_force_until__gte=models.F("in_force_from")),
                name="rulebook_statute_ends_after_it_begins",
            )
        ]


class CodeEntry(models.Model):
    """One value of a code table."""

    id = models.UUIDField(primary_key=True, default=new_id)
    table = models.CharField(max_length=40)
    code = models.CharField(max_length=40)
    label_zh = models.CharField(max_length=80)
    label_en = models.CharField(max_length=120)
    position = models.PositiveSmallIntegerField()
    #: Code of the entry it belongs under, in the same table; e.g. the format xls under electronic tables.
    parent = models.CharField(max_length=40, blank=True)
    since = models.DateField(null=True)
    until = models.DateField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["table", "code"], name="rulebook_code_once_per_table")]


class ParameterValue(models.Model):
    """A value set for a parameter; the newest counts."""

    id = models.UUIDField(primary_key=True, default=new_id)
    name = models.CharField(max_length=40)
    value = models.IntegerField()
    set_by = models.CharField(max_length=200)
    set_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["name", "-set_at"], name="rulebook_parameter_newest")]


class CodeMapping(models.Model):
    """What a value of ours is called at an outside interface, from when to when (exclusive)."""

    id = models.UUIDField(primary_key=True, default=new_id)
    interface = models.CharField(max_length=40)
    list = models.CharField(max_length=40)
    value = models.CharField(max_length=40)
    outside = models.CharField(max_length=60)
    #: Whether what comes in as `outside` is read as `value`; several of ours may go out as one of theirs.
    inbound = models.BooleanField(default=True)
    #: None: as shipped.
    since = models.DateField(null=True)
    until = models.DateField(null=True)
    entered_by = models.CharField(max_length=200)
    entered_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["interface", "list", "value"], condition=Q(until=None), name="rulebook_mapping_one_outside"
            ),
            models.UniqueConstraint(
                fields=["interface", "list", "outside"],
                condition=Q(until=None, inbound=True),
                name="rulebook_mapping_one_inside",
            ),
        ]
