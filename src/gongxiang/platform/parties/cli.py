"""`gongxiang found`: makes the operator's department and the first three administrators; for whoever installs the product.

Once for each installation. First passwords are printed once and are kept nowhere.
"""

import argparse
import sys
from collections.abc import Mapping

#: Role -> how the arguments and the questions name it.
ADMINISTRATORS = {
    "system_admin": ("system", "system administrator (makes accounts)"),
    "security_admin": ("security", "security administrator (gives roles)"),
    "audit_admin": ("audit", "audit administrator (reads the log)"),
}
#: Argument -> question at the terminal.
OPERATOR = {
    "name": "Department that runs the platform, full name",
    "short_name": "Its short name",
    "credit_code": "Its unified social credit code (18 characters)",
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Everything may be given as an argument; what is not is asked."""
    for name, question in OPERATOR.items():
        parser.add_argument(f"--{name.replace('_', '-')}", help=question)
    parser.add_argument(
        "--is-authority", action=argparse.BooleanOptionalAction, help="whether that department is the competent authority too"
    )
    for short, title in ADMINISTRATORS.values():
        parser.add_argument(f"--{short}", metavar="USERNAME:NAME", help=f"the {title}, e.g. {short}:王芳")


def run(arguments: argparse.Namespace) -> int:
    """0 and the first passwords, or 1 and the refusal."""
    from gongxiang.machine.migrate import site_settings

    with site_settings():
        return _found({name: _ask(vars(arguments)[name], question) for name, question in OPERATOR.items()}, arguments)


def _found(operator: Mapping[str, str], arguments: argparse.Namespace) -> int:
    from django.utils import translation

    from gongxiang.platform.kernel.actors import Role, System
    from gongxiang.platform.kernel.errors import Refusal, Shortfalls
    from gongxiang.platform.parties.actions import found_site
    from gongxiang.protocol import clock

    authority = arguments.is_authority
    if authority is None:
        authority = _ask(None, "Is it the competent authority too? (y/n)").lower().startswith("y")
    people = {}
    for role, (short, title) in ADMINISTRATORS.items():
        given = _ask(vars(arguments)[short], f"User name and name of the {title}, as USERNAME:NAME")
        username, _, name = given.partition(":")
        people[Role(role)] = (username.strip(), name.strip())
    try:
        department, made = found_site(
            operator_name=operator["name"], operator_short_name=operator["short_name"],
            operator_credit_code=operator["credit_code"], operator_is_authority=authority, administrators=people,
            by=System(name="installer"), at=clock.now(),
        )  # fmt: skip
    except Refusal as refusal:
        # Commands speak English, as every other one does; the pages have the reader's language.
        with translation.override("en"):
            for one in refusal.shortfalls if isinstance(refusal, Shortfalls) else (refusal,):
                print(" ".join(filter(None, ("gongxiang found:", one.field, one.message, one.advice))), file=sys.stderr)
        return 1
    print(f"{department.name} runs this platform. First passwords, shown this once; each is changed at the first sign-in:")
    for role, (person, password) in made.items():
        print(f"{role.value:15} {person.username:20} {password}")
    print("Next: the system administrator makes departments and accounts, the security administrator gives their roles.")
    return 0


def _ask(given: str | None, question: str) -> str:
    if given is not None:
        return given.strip()
    print(f"{question}: ", end="", file=sys.stderr, flush=True)
    return sys.stdin.readline().strip()
