"""What a company asks for beyond the guide: its example uses every key of the configuration that there is."""

from __future__ import annotations

from tests.synthesized import Stack


def test_the_example_is_accepted(company: dict[str, Stack]) -> None:
    assert sorted(company) == ["mlops-dev", "mlops-prod", "mlops-registry", "mlops-test"]
