"""The simulator is itself tested: each planted bug is found, by a law and not by a crash."""

import pytest

from tests.sim import bugs
from tests.sim.fleet import Fleet, memory


@pytest.mark.timeout(1200)  # the rarest takes 40 s of a processor, of which other work may leave little
@pytest.mark.parametrize("name", bugs.ALL)
def test_a_planted_bug_is_found(name):
    """Within 200 seeds."""
    with bugs.planted(name) as switches:
        for seed in range(1, 201):
            with memory() as folder:
                if Fleet(seed, folder, steps=300, bugs=switches).run().wrong:
                    return
    raise AssertionError(f"two hundred runs did not notice that {name}")
