"""From a scenario's name or file to everything that a run needs."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from foedus.data import scenarios_folder
from foedus.files.faults import Faults, Misread
from foedus.files.validation import validate
from foedus.scenarios import inheritance
from foedus.scenarios.alliances import provisions
from foedus.scenarios.alliances.checks import check_sources, load_alliance, missing_entries
from foedus.scenarios.checks import Compiler
from foedus.scenarios.language import months
from foedus.scenarios.language.choices import Setting
from foedus.scenarios.language.roster import Roster
from foedus.scenarios.language.schema import Scenario
from foedus.scenarios.resolved import ResolvedScenario
from foedus.scenarios.settings.levers import SECTION_OF, Declarations, set_values, written

if TYPE_CHECKING:
    from foedus.files.yaml_reader import Node
    from foedus.scenarios.alliances.schema import Alliance
    from foedus.scenarios.resolved import ResolvedScenario

_DROPPABLE = frozenset(
    {
        "charter",
        "decisions",
        "drivers",
        "levers",
        "mechanisms",
        "narrative",
        "parameters",
        "quantities",
        "quantities_from",
        "questions",
        "shocks",
        "sources",
        "triggers",
        "uncertainties",
    }
)


def bundled_scenarios() -> list[str]:
    """Names of the scenarios that come with the package."""
    return inheritance.bundled(scenarios_folder())


def bundled_name(reference: str | Path) -> str | None:
    """Name of the bundled scenario that a name or a path means; None for any other file.

    Raises:
        FoedusError: There is no such scenario.
    """
    path = inheritance.find_scenario(reference, scenarios_folder()).resolve()
    return path.stem if path.parent == scenarios_folder().resolve() else None


def lineage(reference: str | Path) -> list[Node]:
    """The documents of a scenario and of its parents, the scenario's own first.

    Raises:
        FoedusError: There is no such scenario, or its parents cannot be read.
    """
    path = inheritance.find_scenario(reference, scenarios_folder())
    return inheritance.lineage(path, scenarios_folder())


def path_of(reference: str | Path) -> Path:
    """The file that a name or a path means.

    Raises:
        FoedusError: There is no such scenario.
    """
    return inheritance.find_scenario(reference, scenarios_folder())


def parent_of(reference: str | Path) -> Path | None:
    """The file that a scenario extends; None if it extends nothing.

    Raises:
        FoedusError: There is no such scenario, or its parents cannot be read.
    """
    documents = lineage(reference)
    return Path(documents[1].place.file) if len(documents) > 1 else None


def resolve(
    reference: str | Path,
    *,
    parameters: Mapping[str, tuple[float, float]],
    evidence_ids: Collection[str] | None = None,
    settings: Mapping[str, object] | None = None,
) -> ResolvedScenario:
    """Load a scenario with its parents and its alliance, and check all of it.

    Args:
        reference: A bundled name, or a path.
        parameters: Least and greatest value of every parameter of the registry.
        evidence_ids: Ids that sources may name, beside addresses and other text with spaces; None
            to leave sources unchecked.
        settings: Values by the name of a lever or uncertainty, or by address, that the scenario is
            to have instead of what is written.

    Returns:
        The scenario, ready to run.

    Raises:
        FoedusError: Something is wrong; the message has one line per fault, with file, line,
            column, key, what was found, what was expected and the nearest valid name.
    """
    known: dict[str, Any] = {"parameters": parameters, "evidence_ids": evidence_ids}
    root, resolved = trace(reference, **known)
    return with_values(root, resolved, settings or {}, **known)[1]


def trace(
    reference: str | Path,
    *,
    parameters: Mapping[str, tuple[float, float]],
    evidence_ids: Collection[str] | None = None,
) -> tuple[Node, ResolvedScenario]:
    """A scenario as `resolve` loads it, with the document in which every value knows its place."""
    faults = Faults()
    root = inheritance.merge(lineage(reference), faults)
    return root, _resolve(root, faults, parameters, evidence_ids)


def extended(
    root: Node,
    child: Node,
    *,
    parameters: Mapping[str, tuple[float, float]],
    evidence_ids: Collection[str] | None = None,
) -> tuple[Node, ResolvedScenario]:
    """A whole document with another over it, as if a file that says `child` extended `root`.

    What follows the documents, and the errors, are as for `resolve`.
    """
    faults = Faults()
    whole = inheritance.merge([child, root], faults)
    return whole, _resolve(whole, faults, parameters, evidence_ids)


def with_values(
    root: Node,
    resolved: ResolvedScenario,
    settings: Mapping[str, object],
    *,
    parameters: Mapping[str, tuple[float, float]],
    evidence_ids: Collection[str] | None = None,
) -> tuple[Node, ResolvedScenario]:
    """A document with some levers, uncertainties or addresses set, and what it resolves to.

    The document and what it resolves to are those of `trace`, the rest and the errors as for
    `resolve`.
    """
    changed = set_values(root, resolved, settings, parameters) if settings else root
    if changed is root:
        return root, resolved
    return changed, _resolve(changed, Faults(), parameters, evidence_ids)


def resolve_document(
    root: Node,
    *,
    parameters: Mapping[str, tuple[float, float]],
    evidence_ids: Collection[str] | None = None,
) -> ResolvedScenario:
    """What a whole document resolves to, such as one from `trace` with something taken out."""
    return _resolve(root, Faults(), parameters, evidence_ids)


def _resolve(
    root: Node,
    faults: Faults,
    parameters: Mapping[str, tuple[float, float]],
    evidence_ids: Collection[str] | None,
) -> ResolvedScenario:
    """What a whole document resolves to."""
    scenario = validate(Scenario, root, faults, _DROPPABLE)
    if scenario is None:
        faults.check()
        raise AssertionError("a file that is no scenario has at least one fault")
    alliance_path = _alliance_path(root, scenario, faults)
    alliance = load_alliance(alliance_path, evidence_ids=evidence_ids)
    roster = _roster(alliance, scenario, root, faults)
    if not faults:
        missing_entries(alliance, scenario.start, root.find(("start",)), faults)
    scenario = _complete(scenario, alliance, alliance_path)
    resolved = _compile(Compiler(scenario, alliance, roster, root, faults), parameters)
    levers = Declarations(resolved, root, parameters, faults).read()
    if evidence_ids is not None:
        check_sources(root, evidence_ids, faults)
    faults.check()
    return _within_run(_with_levers(resolved, levers))


def _with_levers(resolved: ResolvedScenario, levers: tuple[Setting, ...]) -> ResolvedScenario:
    """The scenario with its levers, also in its file, where they leave nothing to be looked up."""
    of_kind = {kind: [each for each in levers if each.kind == kind] for kind in SECTION_OF}
    scenario = resolved.scenario.model_copy(
        update={
            section: tuple(
                written(lever, entry)
                for lever, entry in zip(
                    of_kind[kind], getattr(resolved.scenario, section), strict=True
                )
            )
            for kind, section in SECTION_OF.items()
        }
    )
    return replace(resolved, scenario=scenario, settings=levers)


def _within_run(resolved: ResolvedScenario) -> ResolvedScenario:
    """The same run without dates that it never reaches.

    A shorter child may inherit a driver whose dates all lie after its end. All that the run sees of
    it is the first value; written so, the resolved file is one that a user could have written. Of
    charter and mechanisms it sees no change that comes later.
    """
    scenario, start = resolved.scenario, resolved.start
    end = months.after(start, resolved.horizon)
    paths = scenario.drivers
    held = {name: {start: path[min(path)]} for name, path in paths.items() if min(path) > end}
    updates: dict[str, object] = {"drivers": paths | held}
    for section in provisions.SECTIONS:
        given = getattr(scenario, section)
        reached = {date: each for date, each in given.dated.items() if date <= end}
        updates[section] = given.model_copy(update={"dated": reached})
    return replace(resolved, scenario=scenario.model_copy(update=updates))


def _alliance_path(root: Node, scenario: Scenario, faults: Faults) -> Path:
    """The alliance file; a relative path starts from the file in which it is written."""
    node = root.find(("alliance",))
    beside = Path(node.place.file).parent
    try:
        folder = scenarios_folder() / "alliances"
        return inheritance.locate(scenario.alliance, folder, beside, "alliance")
    except Misread as error:
        faults.add(node.place, "alliance", str(error))
    faults.check()
    raise AssertionError("an alliance without a file is a fault")


def _roster(alliance: Alliance, scenario: Scenario, root: Node, faults: Faults) -> Roster:
    """Who takes part at the start of a scenario; every member, if nobody is known to."""
    status = alliance.status_at(scenario.start)
    if status is None:
        first = min(alliance.file.initial_status.by_date)
        message = (
            f"found {scenario.start}, expected {first} or later: «{alliance.name}» begins then"
        )
        faults.add(root.find(("start",)).place, "start", message)
    every = alliance.names["member"]
    members = tuple(status) if status is not None else every
    return Roster(
        patron=alliance.patron.code,
        members=members,
        absent=tuple(code for code in every if code not in members),
        partners=alliance.names["partner"],
        threats=alliance.names["threat"],
        titled=tuple(
            (party.title, party.code) for party in (*alliance.members, *alliance.file.partners)
        ),
    )


def _compile(compiler: Compiler, parameters: Mapping[str, tuple[float, float]]) -> ResolvedScenario:
    compiler.check_drivers()
    compiler.check_parameters(parameters)
    driver_shocks, state_shocks = compiler.shocks()
    alliance = compiler.alliance
    return ResolvedScenario(
        scenario=compiler.scenario,
        alliance=alliance,
        roster=compiler.roster,
        initial_status=alliance.status_at(compiler.scenario.start) or {},
        kinds={name: quantity.kind for name, quantity in alliance.quantities.items()},
        tables=compiler.tables(),
        driver_shocks=driver_shocks,
        state_shocks=state_shocks,
        changes=compiler.changes(),
        triggers=compiler.triggers(),
        decisions=compiler.decisions(),
        alterations=compiler.alterations(),
        questions=compiler.questions(),
        ranges=parameters,
    )


def _complete(scenario: Scenario, alliance: Alliance, path: Path) -> Scenario:
    """The scenario with its charter in full, without its parent, and free of where it lies."""
    bundled = path.parent == scenarios_folder() / "alliances"
    where = scenario.alliance if bundled and path.stem == scenario.alliance else str(path.resolve())
    whole = provisions.begin(scenario, alliance)
    return whole.model_copy(update={"extends": None, "alliance": where})
