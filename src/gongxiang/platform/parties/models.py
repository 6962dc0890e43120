"""Departments, people, their roles, officers on file, keys, and the registers of systems and business matters."""

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.crypto import salted_hmac

from gongxiang.platform.kernel.actors import Role
from gongxiang.platform.kernel.ids import new_id


class DepartmentKind(models.TextChoices):
    """What a department is (art. 2): departments proper, and bodies that law authorises."""

    DEPARTMENT = "department", "government department"
    PUBLIC_INSTITUTION = "public_institution", "public institution"
    SOCIAL_ORGANISATION = "social_organisation", "social organisation"
    TOWNSHIP = "township", "township or sumu"
    PARK = "park", "development zone"


class Department(models.Model):
    """A department (政务部门)."""

    id = models.UUIDField(primary_key=True, default=new_id)
    name = models.CharField(max_length=256, unique=True)
    short_name = models.CharField(max_length=60)
    credit_code = models.CharField(max_length=18, unique=True)
    kind = models.CharField(max_length=20, choices=DepartmentKind.choices, default=DepartmentKind.DEPARTMENT)
    is_authority = models.BooleanField(default=False)
    is_audit_office = models.BooleanField(default=False)
    is_operator = models.BooleanField(default=False)
    #: Art. 26: the department's principal is the first person responsible.
    head_name = models.CharField(max_length=60, blank=True, default="")
    head_post = models.CharField(max_length=60, blank=True, default="")
    registered_at = models.DateTimeField()
    successor = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="+")
    status = models.CharField(max_length=20)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["is_authority"], condition=Q(is_authority=True), name="department_one_authority"),
            models.UniqueConstraint(
                fields=["is_audit_office"], condition=Q(is_audit_office=True), name="department_one_audit_office"
            ),
            models.UniqueConstraint(fields=["is_operator"], condition=Q(is_operator=True), name="department_one_operator"),
        ]


class DepartmentName(models.Model):
    """A name that a department bore until a day, with the document that changed it."""

    id = models.UUIDField(primary_key=True, default=new_id)
    department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=256)
    until = models.DateTimeField()
    document = models.CharField(max_length=200)

    class Meta:
        indexes = [models.Index(fields=["department", "-until"], name="department_former_names")]


class Person(AbstractBaseUser):
    """A person with an account. `password` is an argon2 hash; the second factor's secret is sealed."""

    #: Django would fill this by the machine's clock; `signed_in_at` is ours.
    last_login = None
    id = models.UUIDField(primary_key=True, default=new_id)
    username = models.CharField(max_length=60, unique=True)
    name = models.CharField(max_length=60)
    post = models.CharField(max_length=60, blank=True, default="")
    department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    password_changed_at = models.DateTimeField(null=True)
    signed_in_at = models.DateTimeField(null=True)
    must_change_password = models.BooleanField(default=True)
    totp_sealed = models.BinaryField(null=True)
    totp_confirmed_at = models.DateTimeField(null=True)
    #: The time steps of the last codes that were accepted: none works twice.
    totp_used = ArrayField(models.BigIntegerField(), default=list)
    status = models.CharField(max_length=20)
    USERNAME_FIELD = "username"
    objects = BaseUserManager()

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        """Sessions end with the password under which they were opened, and with the authenticator."""
        factor = self.totp_confirmed_at.isoformat() if self.totp_confirmed_at else ""
        return salted_hmac(
            "gongxiang.parties.Person.session", f"{self.password}\x00{factor}", secret=secret, algorithm="sha256"
        ).hexdigest()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(totp_confirmed_at__isnull=True) | Q(totp_sealed__isnull=False), name="person_factor_has_secret"
            )
        ]


class RoleGrant(models.Model):
    """A role that a person holds or held, from when to when; the history stays."""

    id = models.UUIDField(primary_key=True, default=new_id)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="role_grants")
    role = models.CharField(max_length=30, choices=[(role.value, role.value) for role in Role])
    granted_at = models.DateTimeField()
    granted_by = models.UUIDField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "role"], condition=Q(ended_at=None), name="role_grant_held_once")
        ]


class Deputy(models.Model):
    """Who acts for an absent person, from when to when (exclusive)."""

    id = models.UUIDField(primary_key=True, default=new_id)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    deputy = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(starts_at__lte=models.F("ends_at")), name="deputy_begins_before_it_ends"),
            models.CheckConstraint(condition=~Q(person=models.F("deputy")), name="deputy_is_another_person"),
        ]


class RecoveryCode(models.Model):
    """A one-time code for a lost authenticator, as a digest."""

    id = models.BigAutoField(primary_key=True)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    digest = models.CharField(max_length=64)
    used_at = models.DateTimeField(null=True)


class OldPassword(models.Model):
    """A hash of a password used before, so that it is not taken again."""

    id = models.BigAutoField(primary_key=True)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    password = models.CharField(max_length=128)
    replaced_at = models.DateTimeField()


class SignInCounter(models.Model):
    """Failures in a row for one typed name, known or not, at one place; both as digests: the answer tells of no name."""

    #: Of the name and the place (`places.py`).
    place = models.CharField(max_length=64, primary_key=True)
    name = models.CharField(max_length=64, db_index=True)
    #: How often in a row it rested.
    rests = models.PositiveSmallIntegerField(default=0)
    failures = models.PositiveSmallIntegerField(default=0)
    last_failure_at = models.DateTimeField()
    blocked_until = models.DateTimeField(null=True)


class KnownBrowser(models.Model):
    """A browser in which the person showed both factors; its token is kept as a digest."""

    id = models.BigAutoField(primary_key=True)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    digest = models.CharField(max_length=64)
    used_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["digest", "person"], name="known_browser_once")]


class SigningKey(models.Model):
    """An officer's key pair; the private half is sealed by the person's password, and that again by the site's master key."""

    id = models.UUIDField(primary_key=True, default=new_id)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    public_key = models.CharField(max_length=200)
    sealed = models.BinaryField()
    salt = models.BinaryField(max_length=16)
    created_at = models.DateTimeField()
    retired_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person"], condition=Q(retired_at=None), name="signing_key_one_in_use")]


class OfficerFiling(models.Model):
    """Accountable officer (责任领导) and responsible unit (责任股室) reported and filed; a change is a new row (art. 25)."""

    id = models.UUIDField(primary_key=True, default=new_id)
    department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="+")
    officer = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    unit = models.CharField(max_length=120)
    unit_contact = models.CharField(max_length=60)
    unit_telephone = models.CharField(max_length=40, blank=True, default="")
    reported_at = models.DateTimeField()
    reported_by = models.UUIDField()
    filed_at = models.DateTimeField(null=True)
    filed_by = models.UUIDField(null=True)
    status = models.CharField(max_length=20)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(filed_at__isnull=True, filed_by__isnull=True) | Q(filed_at__isnull=False, filed_by__isnull=False),
                name="officer_filing_filed_at_and_by",
            ),
            models.UniqueConstraint(fields=["department"], condition=Q(status="FILED"), name="officer_filing_one_filed"),
            models.UniqueConstraint(fields=["department"], condition=Q(status="REPORTED"), name="officer_filing_one_reported"),
        ]


class SystemTier(models.TextChoices):
    """Who runs a system (art. 21(3)): data of the first three come by way of the line superior."""

    NATIONAL = "national", "centrally run"
    REGIONAL = "regional", "regionally run"
    CITY = "city", "run by the city"
    OWN = "own", "run by the department"


class Network(models.TextChoices):
    """Where a system can be reached (art. 17)."""

    EXTRANET = "extranet", "government extranet"
    INTERNET = "internet", "internet"
    DEDICATED = "dedicated", "the line's own network"
    STANDALONE = "standalone", "no network"


class System(models.Model):
    """A business system of a department (业务系统)."""

    id = models.UUIDField(primary_key=True, default=new_id)
    department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=128)
    tier = models.CharField(max_length=12, choices=SystemTier.choices)
    network = models.CharField(max_length=12, choices=Network.choices)
    hosting = models.CharField(max_length=200, blank=True, default="")
    #: Art. 17: when it is to move to the extranet; empty if it is there or cannot.
    extranet_by = models.DateField(null=True)
    registered_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["department", "name"], name="system_named_once")]


class Matter(models.Model):
    """A business matter of a department (业务事项), for which information is needed or formed."""

    id = models.UUIDField(primary_key=True, default=new_id)
    department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=200)
    code = models.CharField(max_length=60)
    legal_basis = models.TextField(blank=True, default="")
    systems = ArrayField(models.UUIDField(), default=list)
    registered_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["department", "code"], name="matter_coded_once")]


class SentForm(models.Model):
    """A form that a person sent and where it led, for a day; what was typed is a digest only."""

    token = models.UUIDField(primary_key=True)
    person_id = models.UUIDField()
    digest = models.CharField(max_length=64)
    address = models.CharField(max_length=2000, blank=True, default="")
    sent_at = models.DateTimeField(db_index=True)


class AccessToken(models.Model):
    """A token with which a department's system, or a person, calls the interfaces; kept as a digest, shown once."""

    id = models.UUIDField(primary_key=True, default=new_id)
    system = models.ForeignKey(System, on_delete=models.PROTECT, null=True, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="+")
    #: What it is for, in the words of whoever asked for it.
    label = models.CharField(max_length=120)
    scopes = ArrayField(models.CharField(max_length=40))
    #: The first characters, by which people tell tokens apart; they open nothing.
    prefix = models.CharField(max_length=12)
    digest = models.CharField(max_length=64, unique=True)
    issued_at = models.DateTimeField()
    issued_by = models.UUIDField()
    issued_by_name = models.CharField(max_length=60)
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)
    revoked_by_name = models.CharField(max_length=60, blank=True, default="")
    last_used_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["department", "issued_at"], name="access_token_department")]
        constraints = [
            models.CheckConstraint(
                condition=Q(system__isnull=True, person__isnull=False) | Q(system__isnull=False, person__isnull=True),
                name="access_token_of_system_or_person",
            ),
            models.CheckConstraint(condition=Q(issued_at__lt=models.F("expires_at")), name="access_token_ends_later"),
        ]


class CallCounter(models.Model):
    """How often one caller has called within the present minute: one row each, written over."""

    caller = models.CharField(max_length=80, primary_key=True)
    minute = models.BigIntegerField()
    calls = models.IntegerField()
