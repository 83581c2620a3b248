"""From an ensemble to numbers with intervals, tables, a terminal report and a run folder."""
