# SPDX-License-Identifier: Apache-2.0
"""Random rules fall on the days that python3-dateutil gives; `make rrule-reference` takes many more."""
import rrule_reference
from ward import program


def test_random_rules_fall_on_the_days_of_another_library():
    differences, n_days = rrule_reference.compare(program("loactl"), 60, seed=5545)
    assert not differences, "\n".join(differences)
    assert n_days > 5_000
