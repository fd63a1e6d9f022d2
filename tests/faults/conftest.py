# SPDX-License-Identifier: Apache-2.0
import os

import pytest
from fixtures import *  # noqa: F401,F403
from network import OFFICE, Network
from shifted_clock import ShiftedClock


@pytest.fixture
def network():
    missing = Network.why_not()
    if missing:
        pytest.skip(missing)
    with Network() as made:
        yield made


@pytest.fixture
def make_far_ward(network, make_ward):
    """make_far_ward({"to-1": ["n1"]}, ...) -> a Ward whose receivers are behind lines of their own:
    ward.lines[NODE]. The lines are good at first."""
    def make(groups, **options):
        ward = make_ward(groups, start=False, address=OFFICE, **options)
        ward.lines = {}
        for name, node in ward.nodes.items():
            ward.lines[name] = network.line(name)
            node.wrap = ward.lines[name].wrap
        return ward.start()
    return make


@pytest.fixture
def shifted_clock(folder):
    if os.environ.get("LOA_SAN"):
        pytest.skip("a sanitizer wants to be loaded before the shifted clock")
    return ShiftedClock(folder / "clock-shift")
