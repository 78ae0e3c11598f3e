"""Variable groups, as they are read and as they are wanted."""

from __future__ import annotations

from client.devops.library import VariableGroup, VariableValue
from doctor.live.library import kind_is_right, variables_are_right
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
    assert said(variables_are_right(ITEM, wanted(NAME, ACCURACY), group)) == []
    assert said(kind_is_right(ITEM, wanted(NAME), group)) == []


def test_a_value_that_terraform_owns() -> None:
    group = found(workspaceName=VariableValue("other"))
    (finding,) = variables_are_right(ITEM, wanted(NAME), group)
    assert (finding.rule.id, finding.found) == ("changed-value", f"other; {CHANGED}")
    assert finding.allowed == "dev-ws (workspace.name)"
    assert "make deploy STACK=mlops-prod" in finding.fix


def test_a_value_that_the_library_owns_is_a_note() -> None:
    group = found(validationMinAccuracy=VariableValue("0.7"))
    (finding,) = variables_are_right(ITEM, wanted(ACCURACY), group)
    assert (finding.rule.id, finding.rule.note) == ("note-edited", True)
    assert finding.found == f"0.7; {CHANGED}"


def test_an_empty_value_and_nobody_who_changed_it() -> None:
    group = VariableGroup(1, "g", "Vsts", {"workspaceName": VariableValue("")})
    assert said(variables_are_right(ITEM, wanted(NAME), group)) == [
        ("changed-value", "an empty value; who changed the group last is not told")
    ]


def test_a_variable_that_is_gone_and_one_that_is_a_secret() -> None:
    group = found(workspaceName=VariableValue(None, is_secret=True))
    assert said(variables_are_right(ITEM, wanted(NAME, ACCURACY), group)) == [
        ("secret-variable", f"a secret, which scripts do not get by themselves; {CHANGED}"),
        ("missing-variable", f"no variable of this name; {CHANGED}"),
    ]


def test_a_group_of_a_key_vault() -> None:
    password = Variable("password", "", "library", "key_vault_variable_group.secrets")
    linked = found("AzureKeyVault", password=VariableValue(None, is_secret=True))
    assert said(variables_are_right(ITEM, wanted(password, secret=True), linked)) == []
    ((rule, _),) = said(variables_are_right(ITEM, wanted(password, secret=True), found("AzureKeyVault")))
    assert rule == "missing-variable"
    for want, group in ((wanted(NAME), linked), (wanted(password, secret=True), found())):
        assert [rule for rule, _ in said(kind_is_right(ITEM, want, group))] == ["group-kind"]
        # What such a group holds is not looked at.
        assert said(variables_are_right(ITEM, want, group)) == []
