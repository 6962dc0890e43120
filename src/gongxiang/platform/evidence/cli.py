"""`gongxiang evidence verify | prove | check`: for the auditor, at a terminal."""

import argparse
import json
import sys
from pathlib import Path


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The three acts."""
    acts = parser.add_subparsers(dest="act", required=True)
    verify = acts.add_parser("verify", help="verify every record, seal and root, and name what is wrong")
    verify.add_argument("--witness", action="append", default=[], type=Path, metavar="FILE", help="a node's kept roots")
    verify.add_argument("--trail", metavar="TAG", help="also list the records of one case, e.g. grant:UUID")
    verify.add_argument("--json", action="store_true", help="print the report as JSON")
    prove = acts.add_parser("prove", help="write a proof of one sealed record")
    prove.add_argument("record", help="the record's identifier")
    check = acts.add_parser("check", help="check a proof; needs no database")
    check.add_argument("file", type=Path)
    check.add_argument("--key", default="", help="the platform's public key, or a file that holds it")


def run(arguments: argparse.Namespace) -> int:
    """0: whole, or the proof holds; 1: something was found; 2: it could not be done."""
    if arguments.act == "check":
        return _check(arguments)
    from gongxiang.machine.migrate import site_settings

    with site_settings():
        return _with_database(arguments)


def _with_database(arguments: argparse.Namespace) -> int:
    from gongxiang.platform.evidence import verification

    if arguments.act == "prove":
        try:
            sys.stdout.write(verification.proof_text(verification.prove(uid=arguments.record)))
        except LookupError as error:
            print(error, file=sys.stderr)
            return 2
        return 0
    report = verification.verify(witness_files=arguments.witness)
    if arguments.json:
        findings = [vars(finding) for finding in report.findings]
        print(json.dumps({**vars(report), "findings": findings, "whole": report.whole}, ensure_ascii=False))
        return 0 if report.whole else 1
    if arguments.trail:
        _print_trail(arguments.trail)
    for finding in report.findings:
        print(f"{finding.what.upper()}: {finding.words}")
    outcome = "whole" if report.whole else f"{len(report.findings)} findings"
    print(
        f"{report.records} records, {report.sealed} sealed under {report.roots} roots, {report.witnesses} kept by others, "
        f"unsealed tail {report.unsealed_tail}: {outcome}"
    )
    return 0 if report.whole else 1


def _check(arguments: argparse.Namespace) -> int:
    from gongxiang.platform.evidence import verification

    key = arguments.key
    if key and Path(key).exists():
        key = Path(key).read_text("ascii").strip()
    try:
        proof = json.loads(arguments.file.read_text("utf-8"))
    except (OSError, ValueError) as error:
        print(f"{arguments.file} cannot be read as a proof: {error}", file=sys.stderr)
        return 2
    problems = verification.check(proof, public_key=key)
    print(
        "\n".join(problems)
        or f"the proof holds: {proof['record']['kind']} at place {proof['position']} of {proof['root']['size']}"
    )
    return 1 if problems else 0


def _print_trail(tag: str) -> None:
    from gongxiang.platform.evidence import queries
    from gongxiang.platform.kernel.actors import System

    for news in queries.trail_of(tag, by=System(name="evidence-command")):
        print(f"{news.occurred_at:%Y-%m-%d %H:%M:%S}  {news.kind:40} {news.actor_name}  {' '.join(news.basis)}  {news.uid}")
