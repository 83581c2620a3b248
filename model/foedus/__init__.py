"""Cohesion of the Collective Security Treaty Organization, month by month.

A scenario is one readable YAML file; a run plays it thousands of times and says how often what
happened. ``foedus run scenarios/baseline.yaml`` is the shortest way in.
"""

__version__ = "0.1.0"
