"""How passwords are hashed: argon2id with the memory and passes that OWASP recommends, on one lane.

Django's own figures take 100 MiB and eight lanes for each attempt: on a small machine a handful of people signing in at
once would crowd out everybody else.
"""

from django.contrib.auth.hashers import Argon2PasswordHasher


class PasswordHasher(Argon2PasswordHasher):
    """19 MiB, two passes, one lane; a hash with other figures is renewed when its owner next signs in."""

    memory_cost = 19456
    time_cost = 2
    parallelism = 1
