from foedus.api.comparison import Comparison as Comparison
from foedus.api.comparison import compare as compare
from foedus.api.comparison import fork as fork
from foedus.api.explanation import explain as explain
from foedus.api.running import Run as Run
from foedus.api.running import run as run
from foedus.api.scenario import Scenario as Scenario
from foedus.api.sweep import Sweep as Sweep
from foedus.api.sweep import sweep as sweep
from foedus.errors import FoedusError as FoedusError
from foedus.simulation.mesa.alliance_model import AllianceModel as AllianceModel
from foedus.simulation.rule_book import rule as rule
from foedus.studies.explain.decisions import Explanation as Explanation

__all__: list[str]
__version__: str
