"""Families and cores of VM sizes, as the pages of Azure Machine Learning and of the sizes have them."""

from __future__ import annotations

import pytest

from settings.models.vm_sizes import find_vm_size

# "Managed online endpoints SKU list": family, its sizes with # for the cores, the cores of each, and whether exempt.
LISTED = [
    ("standardDASv4Family", "D#AS_V4", (2, 4, 8, 16, 32, 48, 64, 96), False),
    ("standardDAv4Family", "D#A_V4", (2, 4, 8, 16, 32, 48, 64, 96), False),
    ("standardESv3Family", "E#S_V3", (2, 4, 8, 16, 32, 48, 64), False),
    ("standardFSv2Family", "F#S_V2", (2, 4, 8, 16, 32, 48, 64, 72), False),
    ("standardFXMDVSFamily", "FX#MDS", (4, 12, 24, 36, 48), False),
    ("standardLASv3Family", "L#AS_V3", (8, 16, 32, 48, 64, 80), False),
    ("standardLSv2Family", "L#S_V2", (8, 16, 32, 48, 64, 80), False),
    ("standardLSv3Family", "L#S_V3", (8, 16, 32, 48, 64, 80), False),
    ("standardNCADSA100v4Family", "NC#ADS_A100_V4", (24, 48, 96), True),
    ("standard NCASv3_T4 Family", "NC#AS_T4_V3", (4, 8, 16, 64), False),
    ("standardNCSv2Family", "NC#S_V2", (6, 12, 24), False),
    ("standardNCSv3Family", "NC#S_V3", (6, 12, 24), False),
    ("standardNCADSH100v5Family", "NC#ADS_H100_V5", (40,), True),
    ("standardNCADSH100v5Family", "NC#ADIS_H100_V5", (80,), True),
    ("standard NDAMSv4_A100Family", "ND#AMSR_A100_V4", (96,), True),
    ("standard NDASv4_A100 Family", "ND#ASR_V4", (96,), True),
    ("standardNDSv2Family", "ND#RS_V2", (40,), True),
    ("standardNDv5H100Family", "ND#IS_H100_V5", (96,), True),
    ("standardNDv5H100Family", "ND#ISR_H100_V5", (96,), True),
    ("standardNVADSA10v5Family", "NV#ADS_A10_V5", (6, 12, 18, 36, 72), False),
    ("standardNVADSA10v5Family", "NV#ADMS_A10_V5", (36,), False),
]
# "Dv2 and DSv2-series": the number of the size, and its cores.
COUNTED = {1: 1, 2: 2, 3: 4, 4: 8, 5: 16, 11: 2, 12: 4, 13: 8, 14: 16, 15: 20}
# Current sizes that the list does not have.
REGULAR = {
    "Standard_D4s_v5": ("standardDSv5Family", 4),
    "Standard_D8_v3": ("standardDv3Family", 8),
    "Standard_D16ads_v5": ("standardDADSv5Family", 16),
    "Standard_E20ds_v4": ("standardEDSv4Family", 20),
    "Standard_F16s": ("standardFSFamily", 16),
}


@pytest.mark.parametrize(("family", "sizes", "cores", "exempt"), LISTED)
def test_what_the_list_says(family: str, sizes: str, cores: tuple[int, ...], exempt: bool) -> None:
    for number in cores:
        size = find_vm_size(f"STANDARD_{sizes.replace('#', str(number))}")
        assert size == (family, number)
        assert size.is_reserved_for is not exempt


@pytest.mark.parametrize("series", ["D", "DS"])
@pytest.mark.parametrize(("number", "cores"), COUNTED.items())
def test_old_names_only_count_their_sizes(series: str, number: int, cores: int) -> None:
    size = find_vm_size(f"Standard_{series}{number}_v2")
    assert size == (f"standard{series}v2Family", cores)
    assert size.is_reserved_for


@pytest.mark.parametrize(("name", "known"), REGULAR.items())
def test_newer_names_say_both(name: str, known: tuple[str, int]) -> None:
    assert find_vm_size(name) == known


@pytest.mark.parametrize(
    "name", ["Standard_E4-2s_v3", "Standard_DS6_v2", "Standard_M64ms", "Standard_NC6", "Standard_HB120rs_v2"]
)
def test_of_others_nothing_is_guessed(name: str) -> None:
    assert find_vm_size(name) is None
