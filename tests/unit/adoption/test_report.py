"""What a person is told: counts, what is not there and why, findings in the form of every report, what to do next."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from adoption.outcome import Found, Missing, Outcome, Several, Unclear
from adoption.plan import Cause, Loss
from adoption.report import report
from adoption.result import Result
from adoption.setting import Setting
from deployment.imports import Added
from plans.changes import Action, Change, Changes, Field

FILE = Path("config/imports/mlops-dev.yaml")
FOUND: Mapping[str, Outcome] = {"azurerm_key_vault.a": Found("/a"), "azurerm_key_vault.b": Found("/b")}
NEW = Added(FILE, list(FOUND), {})
WAITS = Change(
    "azurerm_key_vault.a", (Action.IMPORT, Action.CHANGE), True, "", (Field("timeouts.create", "", "1"),)
)


def result(outcomes: Mapping[str, Outcome], added: Added | None = NEW, **more: Any) -> Result:
    return Result("mlops-dev", outcomes, added, **more)


def test_what_exists_is_counted_by_type_and_what_does_not_is_named() -> None:
    outcomes = {
        **FOUND,
        "azurerm_storage_account.c": Missing(),
        "azurerm_storage_container.d": Missing("azurerm_storage_account.c"),
        "azurerm_role_assignment.e": Missing("azurerm_storage_account.c"),
    }
    assert report([result(outcomes)], with_plan=False) == (
        "mlops-dev: 2 exist, 3 do not.\n"
        "  2 of them are now in config/imports/mlops-dev.yaml:\n"
        "       2 azurerm_key_vault\n"
        "  not found: azurerm_storage_account.c\n"
        "  because of azurerm_storage_account.c, which does not exist or is not known: azurerm_storage_container.d, "
        "azurerm_role_assignment.e\n"
        "\n"
        "Next, see what would come of it: make diff STACK=mlops-dev"
    )


def test_what_stands_in_the_file_stays_and_is_said() -> None:
    told = report([result(FOUND, Added(FILE, [], {"azurerm_key_vault.a": "/a"}))], with_plan=False)
    assert "  config/imports/mlops-dev.yaml has everything already.\n" in told
    assert (
        "  azurerm_key_vault.a has another id in config/imports/mlops-dev.yaml than was found: /a\n" in told
    )


def test_nothing_was_found() -> None:
    told = report([result({"azurerm_key_vault.a": Missing()}, None)], with_plan=True)
    assert told.endswith("\n\nNothing was found that could be imported, and nothing was written.")


def test_of_several_each_is_named_and_one_answer_is_one_finding() -> None:
    hidden = Unclear("could not be seen: 403", "give this identity: Reader")
    outcomes = {
        **FOUND,
        "azuredevops_check_approval.c": Several(["p/1", "p/2"]),
        "azurerm_key_vault.d": hidden,
        "azurerm_key_vault.e": hidden,
    }
    told = result(outcomes)
    assert told.needs_a_look
    printed = report([told], with_plan=False)
    assert printed.startswith("mlops-dev: 2 exist, 0 do not, of 1 there are several, 2 are not clear.\n")
    assert (
        "\n\nmlops-dev, azuredevops_check_approval.c\n    found:   2 of it: p/1, p/2\n"
        "    allowed: one: which of them Terraform is to manage, nobody else can say\n"
        "    fix:     delete the others, or write the id of one into config/imports/mlops-dev.yaml yourself\n\n"
    ) in printed
    assert (
        "\n\nmlops-dev, azurerm_key_vault.d, azurerm_key_vault.e\n    found:   could not be seen: 403\n"
        "    allowed: an answer\n    fix:     give this identity: Reader; then run this again\n\n"
    ) in printed


def test_the_plan_is_counted_and_what_it_changes_is_listed() -> None:
    changes = Changes(
        "mlops-dev",
        (
            Change("azurerm_key_vault.b", (Action.IMPORT,), True),
            Change("azurerm_budget.c", (Action.ADD,), False),
            Change(
                "azurerm_key_vault.d",
                (Action.CHANGE,),
                True,
                "",
                (Field("days", "7", "90"), Field("x", "", "1")),
            ),
            WAITS,
        ),
    )
    planned = result(FOUND, changes=changes)
    assert not planned.needs_a_look
    assert report([planned], with_plan=True).endswith(
        "\n\nThe plan of mlops-dev: 1 to add, 2 to change, 2 to import.\n"
        "  change azurerm_key_vault.d: days 7 -> 90; x unset -> 1\n"
        "  Of 1 only how long Terraform waits for them changes, which is in the state alone.\n"
        "\n"
        "Nothing was changed yet. Next, bring it into the state: make deploy STACK=mlops-dev"
    )


LOST = Change("azurerm_key_vault.a", (Action.REPLACE,), True, "", ())
NAME = Field("name", '"by-hand"', '"vault"', True)


@pytest.mark.parametrize(
    ("loss", "told"),
    [
        (
            Loss(LOST, (Cause(NAME, (Setting(("security", "key_vault"), Path("config/a.yaml"), 3),)),)),
            '    found:   name is "by-hand", and "vault" in the configuration: Terraform would replace it, and what is '
            "in it is lost\n    allowed: what exists, or a change in place\n"
            '    fix:     set security.key_vault (config/a.yaml, line 3) to "by-hand"\n',
        ),
        (
            Loss(LOST, (Cause(NAME, ()),)),
            "    fix:     no setting says so: take azurerm_key_vault.a out of config/imports/mlops-dev.yaml and give "
            "it another name in the configuration, so that a new one is made beside it\n",
        ),
        (
            Loss(Change("azurerm_key_vault.a", (Action.DESTROY,), True, "its key is no longer there"), ()),
            "    found:   Terraform would destroy it, and what is in it is lost: its key is no longer there\n",
        ),
    ],
)
def test_what_would_be_lost_is_a_finding_with_the_setting(loss: Loss, told: str) -> None:
    changes = Changes("mlops-dev", (loss.change,))
    lost = result(FOUND, changes=changes, losses=(loss,))
    assert lost.needs_a_look
    printed = report([lost], with_plan=True)
    assert "\n\nmlops-dev, azurerm_key_vault.a\n    found:   " in printed
    assert told in f"{printed}\n"
    assert printed.endswith("put right what would be lost, and run this again (docs/adopting.md).")
    assert "\n  replace azurerm_key_vault.a" not in printed, "said once"


def test_a_stack_that_cannot_be_planned() -> None:
    changes = Changes("mlops-dev", error="Error: no such group\nanother line")
    printed = report([result(FOUND, changes=changes)], with_plan=True)
    assert (
        "mlops-dev cannot be planned with the imports:\n  Error: no such group\n  another line\n"
        "  If it needs what the registry's stack is to make: adopt and deploy that one first (docs/adopting.md).\n"
    ) in printed
    assert printed.endswith("\n\nNothing was changed.")


def test_several_stacks_and_an_empty_plan() -> None:
    one = result(FOUND, changes=Changes("mlops-dev"))
    printed = report([one, Result("mlops-prod", FOUND, NEW, Changes("mlops-prod"))], with_plan=True)
    assert "The plan of mlops-dev is empty: its state holds all of that." in printed
    assert printed.endswith("make deploy STACK='mlops-dev mlops-prod'")


def test_as_json() -> None:
    outcomes: dict[str, Outcome] = {
        "a.a": Found("/a", note="n"),
        "a.b": Missing("a.x"),
        "a.c": Several(["/1", "/2"]),
        "a.d": Unclear("w", "f"),
    }
    cause = Cause(NAME, (Setting(("security", "key_vault"), Path("config/a.yaml"), 3),))
    changes = Changes("mlops-dev", (LOST,))
    assert result(outcomes, changes=changes, losses=(Loss(LOST, (cause,)),)).to_json() == {
        "stack": "mlops-dev",
        "found": {"a.a": "/a"},
        "notes": {"a.a": "n"},
        "missing": {"a.b": "a.x"},
        "several": {"a.c": ["/1", "/2"]},
        "unclear": {"a.d": {"found": "w", "fix": "f"}},
        "file": FILE.as_posix(),
        "added": list(FOUND),
        "others": {},
        "plan": changes.to_json(),
        "losses": [
            {
                "address": "azurerm_key_vault.a",
                "causes": [
                    {
                        "attribute": "name",
                        "exists": '"by-hand"',
                        "configured": '"vault"',
                        "settings": ["security.key_vault (config/a.yaml, line 3)"],
                    }
                ],
            }
        ],
    }
