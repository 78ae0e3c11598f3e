"""Variable groups, as they are read and as they are wanted."""

from __future__ import annotations

from client.devops.library import VariableGroup, VariableValue
from doctor.live.library import group_is_right
from doctor.platform import Group
from settings.models.variables import Variable
from tests.unit.doctor.live.made import ANNA, WHEN, guarded, said

ITEM = guarded(kind="variablegroup", name="mlops-dev-variables")
NAME = Variable("workspaceName", "dev-ws", "terraform", "workspace.name")
ACCURACY = Variable("validationMinAccuracy", "0.70", "library", "validation.min_accuracy")
CHANGED = "group last changed by Anna on 2026-11-02 09:30 UTC"


def wanted(*variables: Variable, secret: bool = False) -> Group:
    return Group("mlops-dev-variables", "dev", {v.name.lower(): v for v in variables}, (), secret, ())


def found(kind: str = "Vsts", **variables: VariableValue) -> VariableGroup:
    return VariableGroup(1, "mlops-dev-variables", kind, variables, modified_by=ANNA, modified_on=WHEN)


def test_a_group_as_it_should_be() -> None:
    group = found(workspacename=VariableValue("dev-ws"), validationMinAccuracy=VariableValue("0.70"))
    assert said(group_is_right(ITEM, wanted(NAME, ACCURACY), group)) == []


def test_a_value_that_terraform_owns() -> None:
    group = found(workspaceName=VariableValue("other"))
    (finding,) = group_is_right(ITEM, wanted(NAME), group)
    assert (finding.rule.id, finding.found) == ("changed-value", f"other; {CHANGED}")
    assert finding.allowed == "dev-ws (workspace.name)"
    assert "make deploy STACK=mlops-prod" in finding.fix


def test_a_value_that_the_library_owns_is_a_note() -> None:
    group = found(validationMinAccuracy=VariableValue("0.7"))
    (finding,) = group_is_right(ITEM, wanted(ACCURACY), group)
    assert (finding.rule.id, finding.rule.note) == ("note-edited", True)
    assert finding.found == f"0.7; {CHANGED}"


def test_an_empty_value_and_nobody_who_changed_it() -> None:
    group = VariableGroup(1, "g", "Vsts", {"workspaceName": VariableValue("")})
    assert said(group_is_right(ITEM, wanted(NAME), group)) == [
        ("changed-value", "an empty value; who changed the group last is not told")
    ]


def test_a_variable_that_is_gone_and_one_that_is_a_secret() -> None:
    group = found(workspaceName=VariableValue(None, is_secret=True))
    assert said(group_is_right(ITEM, wanted(NAME, ACCURACY), group)) == [
        ("secret-variable", f"a secret, which scripts do not get by themselves; {CHANGED}"),
        ("missing-variable", f"no variable of this name; {CHANGED}"),
    ]


def test_a_group_of_a_key_vault() -> None:
    password = Variable("password", "", "library", "key_vault_variable_group.secrets")
    linked = found("AzureKeyVault", password=VariableValue(None, is_secret=True))
    assert said(group_is_right(ITEM, wanted(password, secret=True), linked)) == []
    ((rule, _),) = said(group_is_right(ITEM, wanted(password, secret=True), found("AzureKeyVault")))
    assert rule == "missing-variable"
    for want, group in ((wanted(NAME), linked), (wanted(password, secret=True), found())):
        # What such a group holds is not looked at.
        assert [rule for rule, _ in said(group_is_right(ITEM, want, group))] == ["group-kind"]


def test_a_group_of_a_key_vault_has_no_other_secrets() -> None:
    password = Variable("password", "", "library", "key_vault_variable_group.secrets")
    hidden = VariableValue(None, is_secret=True)
    linked = found("AzureKeyVault", password=hidden, another=hidden)
    (finding,) = group_is_right(ITEM, wanted(password, secret=True), linked)
    assert (finding.rule.id, finding.found) == ("changed-value", f"a secret; {CHANGED}")
    assert finding.place.endswith(", variable another")
    assert finding.allowed.startswith("no variable of this name: ")
    assert finding.fix.endswith("make deploy STACK=mlops-prod takes it out of the group")


def test_what_people_added_and_an_empty_value_that_the_service_leaves_out() -> None:
    empty = Variable("agentPool", "", "terraform", "network.agent_pool")
    group = found(agentPool=VariableValue(None), batchSize=VariableValue("64"), managedBy=VariableValue("x"))
    assert said(group_is_right(ITEM, wanted(empty), group)) == []
