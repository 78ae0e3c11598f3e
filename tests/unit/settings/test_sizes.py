"""Files of any size: what the loader needs grows with them and no faster, and a report stays readable."""

from __future__ import annotations

from pathlib import Path

import pytest

from settings.loader import load_settings
from settings.reading.problems import MOST_SHOWN, ConfigurationError
from tests.benchmarks.loader_sizes import SHAPES, Shape, seconds, write
from tests.project import copy_configuration
from tests.unit.settings.configuration import DEV, PLATFORM, Configuration

SIZE = 60_000
"""In bytes: what looks at each part once for each other part takes minutes for most of these shapes."""
MOST_SECONDS = 4.0
"""Of the processor: at least five times what any of them takes."""


@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES)
def test_a_large_file_takes_no_longer_than_its_size(tmp_path: Path, shape: Shape) -> None:
    config = copy_configuration(tmp_path)
    write(config, shape, SIZE)
    taken, mistakes, characters = seconds(config)
    assert taken < MOST_SECONDS
    assert characters < 50_000
    assert mistakes or not characters


def test_a_report_stops_and_counts_the_rest(configuration: Configuration) -> None:
    text = configuration.text(DEV)
    lines = len(text.splitlines())
    configuration.write(DEV, text + "".join(f"extra_{number}: x\n" for number in range(1000)))
    with pytest.raises(ConfigurationError) as refused:
        load_settings(configuration.folder)
    head, *shown, tail = refused.value.report().split("\n\n")
    assert head == "The configuration has 1000 mistakes. Nothing was written."
    assert [paragraph.split(":")[1] for paragraph in shown] == [
        str(lines + 1 + number) for number in range(MOST_SHOWN)
    ]
    assert tail == f"And {1000 - MOST_SHOWN} more, which are shown once these are mended."
    assert len(refused.value.problems) == 1000


def test_a_report_that_just_fits_says_nothing_of_more(configuration: Configuration) -> None:
    extra = "".join(f"extra_{number}: x\n" for number in range(MOST_SHOWN))
    configuration.write(DEV, configuration.text(DEV) + extra)
    with pytest.raises(ConfigurationError) as refused:
        load_settings(configuration.folder)
    assert len(refused.value.report().split("\n\n")) == 1 + MOST_SHOWN
    assert "more" not in refused.value.report()


def test_of_very_many_names_the_first_are_offered(configuration: Configuration) -> None:
    more = "".join(f"  Nightly {number}: {{ name: N{number} }}\n" for number in range(500))
    configuration.edit(PLATFORM, "pipelines:\n", f"pipelines:\n{more}")
    configuration.edit(DEV, "[Training, Promotion]", "[Elsewhere, Nightlx 7]")
    one, other = configuration.problems()
    names = ", ".join(f"Nightly {number}" for number in range(40))
    assert one.allowed == f"a name from pipelines in platform.yaml: {names} and 466 more"
    assert one.fix == "add it to pipelines in platform.yaml, or choose one of them"
    assert other.fix == "did you mean Nightly 7?"
