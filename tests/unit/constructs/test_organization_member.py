"""A managed identity as a member of the Azure DevOps organization."""

from __future__ import annotations

from cdktf import TerraformStack

from constructs_lib.devops.organization_member import OrganizationMember
from tests.unit.constructs.examples import project, synthesized

MEMBER = "azuredevops_service_principal_entitlement.member"


def test_it_is_in_a_group_of_the_project_and_has_a_role_on_everything_of_a_kind(
    stack: TerraformStack,
) -> None:
    OrganizationMember(
        stack,
        "member",
        project=project(stack),
        principal_id="principal",
        license_="express",
        group="Project Administrators",
    ).give_role("Creator")
    written = synthesized(stack)
    assert written.at(MEMBER) == {"origin_id": "principal", "account_license_type": "express"}
    assert written.data("azuredevops_group")["built_in_project_administrators"]["name"] == (
        "Project Administrators"
    )
    assert written.at("azuredevops_group_membership.member_group") == {
        "group": "${data.azuredevops_group.built_in_project_administrators.descriptor}",
        "members": [f"${{{MEMBER}.descriptor}}"],
        "mode": "add",
    }
    found = "data.azuredevops_project.project.id"
    assert {
        (body["scope"], body["resource_id"])
        for body in written.resources("azuredevops_securityrole_assignment").values()
    } == {
        ("distributedtask.library", f'${{join("$", [{found}, "0"])}}'),
        ("distributedtask.project.serviceendpointrole", f"${{{found}}}"),
        ("distributedtask.globalenvironmentreferencerole", f"${{{found}}}"),
    }
    for body in written.resources("azuredevops_securityrole_assignment").values():
        assert (body["identity_id"], body["role_name"]) == (f"${{{MEMBER}.id}}", "Creator")


def test_two_members_of_a_group_look_it_up_once(stack: TerraformStack) -> None:
    home = project(stack)
    for id_ in ("one", "two"):
        OrganizationMember(
            stack, id_, project=home, principal_id=id_, license_="stakeholder", group="Readers"
        )
    assert list(synthesized(stack).data("azuredevops_group")) == ["built_in_readers"]
