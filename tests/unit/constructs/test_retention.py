"""How long blobs are kept."""

from __future__ import annotations

from cdktf import TerraformStack

from constructs_lib.azure.retention import add_blob_retention, limit_age
from tests.unit.constructs.examples import resource_group, storage, synthesized


def test_blobs_go_by_age_and_elsewhere_only_their_old_versions(stack: TerraformStack) -> None:
    add_blob_retention(
        stack,
        "retention",
        account=storage(stack, resource_group(stack)),
        days={"datasets": 60},
        old_versions={"workspace": 30},
    )
    datasets, workspace = synthesized(stack).at("azurerm_storage_management_policy.retention.rule")
    assert datasets["filters"]["prefix_match"] == ["datasets/"]
    assert datasets["actions"] == {
        "base_blob": {"delete_after_days_since_modification_greater_than": 60},
        "snapshot": {"delete_after_days_since_creation_greater_than": 60},
        "version": {"delete_after_days_since_creation": 60},
    }
    assert workspace["filters"]["prefix_match"] == ["workspace/"]
    assert "base_blob" not in workspace["actions"]
    assert workspace["actions"]["version"] == {"delete_after_days_since_creation": 30}


def test_an_age_for_a_whole_account(stack: TerraformStack) -> None:
    limit_age(stack, "age", account=storage(stack, resource_group(stack)), current=1, earlier=2)
    (rule,) = synthesized(stack).at("azurerm_storage_management_policy.age.rule")
    assert rule["filters"] == {"blob_types": ["blockBlob", "appendBlob"]}
    assert rule["actions"] == {
        "base_blob": {"delete_after_days_since_modification_greater_than": 1},
        "snapshot": {"delete_after_days_since_creation_greater_than": 2},
        "version": {"delete_after_days_since_creation": 2},
    }
