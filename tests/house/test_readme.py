"""What the README shows is so."""

import re
from pathlib import Path
from typing import Any

from command import ROOT
from foedus.cli import parser
from foedus.evidence import load
from foedus.parameters import registry
from foedus.scenarios.resolve import resolve
from foedus.simulation.ensemble import run_ensemble
from foedus.simulation.world import build
from foedus.studies.sweep.design import plan_of

README = (ROOT / "README.md").read_text(encoding="utf-8")


def block(language: str) -> str:
    """All blocks of a language."""
    return "\n".join(re.findall(rf"```{language}\n(.*?)```", README, flags=re.DOTALL))


def test_the_scenario_of_the_readme_runs_and_cites_what_exists(tmp_path: Path) -> None:
    path = tmp_path / "news.yaml"
    path.write_text(block("yaml"), encoding="utf-8")
    known = registry.load()
    scenario = resolve(path, parameters=known.ranges, evidence_ids=load().ids)
    run = run_ensemble(build(scenario, known), trials=20, seed=1)
    assert "tajikistan-drifts" in [question.id for question in scenario.questions]
    assert run.questions.shape == (20, len(scenario.questions))


def test_the_examples_of_the_scenarios_readme_are_valid(tmp_path: Path) -> None:
    text = (ROOT / "scenarios" / "README.md").read_text(encoding="utf-8")
    examples = re.findall(r"```yaml\n(.*?)```", text, flags=re.DOTALL)
    assert len(examples) == 7
    for example in examples:
        path = tmp_path / "example.yaml"
        path.write_text(f"name: example\ntitle: E\nextends: baseline\n{example}", encoding="utf-8")
        resolved = resolve(path, parameters=registry.load().ranges, evidence_ids=load().ids)
        if resolved.scenario.sweep is not None:
            assert len(plan_of(resolved.scenario.sweep, resolved, tmp_path).points) == 15


def test_the_python_of_the_readme_runs() -> None:
    code = block("python").replace("trials=1000", "trials=4").replace("trials=200", "trials=4")
    names: dict[str, Any] = {}
    exec(code, names)
    run, model = names["run"], names["model"]
    assert model.cohesion == run.ensemble.outcomes["cohesion_end"][0]
    assert len(names["grid"].points) == 3


def test_the_commands_of_the_readme_exist() -> None:
    lines = [line for line in block("sh").splitlines() if line.startswith("foedus ")]
    assert len(lines) >= 6
    for line in lines:
        words = line.partition("#")[0].split()[1:]
        assert parser().parse_args(words).command is not None


def test_the_targets_of_the_readme_exist() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for target in re.findall(r"make ([a-z-]+)", README):
        assert re.search(rf"^{target}:", makefile, flags=re.MULTILINE), target


def test_the_links_and_pictures_of_the_readme_exist() -> None:
    for link in re.findall(r"\]\(([^)#]+)\)", README):
        assert link.startswith("http") or (ROOT / link).exists(), link
