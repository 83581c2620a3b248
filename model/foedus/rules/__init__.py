"""The science: what members, patron, partners and threats do in a month (`month`).

Rules are plain functions of the one who acts (`me`), the world (`w`), the parameters (`p`) and the
month's draws (`u`). They run as they stand on Mesa agents, and compiled on records of the same
fields (`state`). Every rule stands beside its source; what is ours is said to be.
"""
