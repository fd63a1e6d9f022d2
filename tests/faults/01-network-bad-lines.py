# SPDX-License-Identifier: Apache-2.0
"""Lines as they are: a telephone network at its knees, a neighbour's Wi-Fi."""
import pytest
import sound
from evidence import assert_heard, wait_stored
from network import FOUR_G, WIFI

GROUPS = {"to-1": ["cum-1", "cum-2"], "to-2": ["cum-3"]}


@pytest.mark.parametrize("line", [FOUR_G, WIFI], ids=["4g", "wifi"])
@pytest.mark.parametrize("stored", [True, False], ids=["stored", "channel"])
def test_heard_whole_and_on_time(make_far_ward, make_audio, line, stored):
    ward = make_far_ward(GROUPS, stored=stored)
    for each in ward.lines.values():
        each.set(**line)
    recording = ward.import_audio(make_audio(8, seed=201))
    reference = sound.decode_opus(ward.stored_audio())
    airing = ward.play(recording, at="+12s")
    if stored:
        wait_stored(ward)
    outcomes = ward.wait_outcomes(airing, timeout_s=60)
    for name, node in ward.nodes.items():
        # A channel is a stream over TCP: a burst of losses may cost a moment, and is told.
        assert_heard(node, outcomes[name], reference, 1.0 if stored else 0.9)
