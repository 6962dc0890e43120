"""Departments and people."""

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models

from gongxiang.platform.kernel.ids import new_id


class Department(models.Model):
    """A department (政务部门)."""

    id = models.UUIDField(primary_key=True, default=new_id)
    name = models.CharField(max_length=256, unique=True)
    short_name = models.CharField(max_length=60)
    credit_code = models.CharField(max_length=18, unique=True)
    kind = models.CharField(max_length=20, default="government")
    status = models.CharField(max_length=20)


class Person(AbstractBaseUser):
    """A person with an account."""

    id = models.UUIDField(primary_key=True, default=new_id)
    username = models.CharField(max_length=60, unique=True)
    name = models.CharField(max_length=60)
    department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="+")
    status = models.CharField(max_length=20)
    USERNAME_FIELD = "username"
    objects = BaseUserManager()
