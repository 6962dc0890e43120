"""Makes the demo banner: public acts only, at dated times, while site, gateway, worker and nodes run."""

import time
from collections.abc import Callable

from gongxiang.demo import (
    agenda,
    banner,
    batches,
    cases,
    channels,
    corrections,
    databases,
    demands,
    disputes,
    doubtful,
    entries,
    files,
    finding,
    imports,
    interfaces,
    papers,
    projects,
    quality,
    requests,
    rules,
    services,
    sources,
    superiors,
    upkeep,
    use,
)
from gongxiang.demo.progress import Notes, TimeTravel
from gongxiang.machine.home import Home


class DemoBroken(RuntimeError):
    """An earlier attempt to make the demo ended half-way: run `make reset`, then `make run`."""


def seed(home: Home, say: Callable[[str], None]) -> bool:
    """Make the demo; False if it was there already. Raises DemoBroken after an attempt that ended half-way."""
    notes = Notes.load(home.path)
    if notes.done:
        return False
    if notes.kept:
        raise DemoBroken(DemoBroken.__doc__)
    notes.kept["begun"] = True
    notes.save()
    travel = TimeTravel(home.path / "clock.offset")
    began = time.monotonic()

    def step(words: str) -> None:
        say(f"demo {time.monotonic() - began:5.1f} s  {words}")

    try:
        step("departments' databases")
        databases.make_databases(home, notes)
        step("departments, people, agreements")
        everybody = banner.make_banner(notes, travel, say)
        step("exchange nodes")
        travel.go(55)
        nodes = databases.install_nodes(home, notes, everybody, say)
        step("catalogue")
        resources = entries.publish_entries(travel, everybody, nodes)
        doubtful.publish_doubtful(travel, everybody, resources)
        finding.keep_words(travel, everybody)
        quality.report_first_entries(everybody)
        quality.check_forms(everybody, resources)
        built = projects.begin_projects(travel, everybody)
        step("requests, grants, flows")
        granted = cases.grant_and_open(travel, everybody, resources)
        interface = services.grant_interface(travel, everybody, resources)
        files.deliver_file(home, travel, everybody, nodes)
        step("cases waiting at every step")
        corrections.have_doubts(home, notes, travel, everybody, granted)
        demands.have_demands_answered(travel, everybody, resources)
        asked = superiors.ask_superiors(travel, everybody)
        disputes.settle_by_mediation(travel, everybody, resources)
        disputes.file_and_plan(travel, everybody)
        cases.leave_cases_waiting(travel, everybody, resources)
        disputes.hold_meeting(travel, everybody)
        requests.leave_requests_waiting(travel, everybody, resources)
        draft = entries.leave_entries_waiting(travel, everybody, nodes)
        upkeep.leave_two_texts(everybody, draft)
        upkeep.leave_remits(travel, everybody, resources)
        upkeep.publish_withheld(travel, everybody, nodes)
        upkeep.call_off_a_stop(travel, everybody, resources, granted)
        use.leave_use(travel, everybody, resources, granted)
        services.ask_by_interface(home, everybody, interface)
        banner.leave_agreement_waiting(notes, travel, everybody)
        papers.leave_papers(travel, everybody, resources, granted)
        projects.leave_projects_waiting(travel, everybody, built)
        databases.leave_node_waiting(home, notes, everybody)
        quality.name_source(everybody)
        interfaces.leave_tokens(notes, travel, everybody)
        demands.leave_demands_waiting(travel, everybody)
        corrections.leave_doubts_waiting(travel, everybody, granted)
        superiors.hear_from_superiors(travel, everybody, asked)
        channels.report_channels(travel, everybody)
        sources.read_tables(everybody, nodes)
        rules.keep_rules(everybody)
        sources.try_table(everybody, resources["tkry"])
        imports.send_workbook(everybody)
        agenda.leave_agenda(travel, everybody)
        travel.home()
        imports.ask_for_file(everybody)
        batches.send_drafts(everybody)
        notes.kept.update(
            resources={key: str(value) for key, value in resources.items()},
            grants={key: str(value) for key, value in granted.items()},
            done=True,
        )
        notes.save()
    finally:
        travel.home()
    step("ready")
    return True
