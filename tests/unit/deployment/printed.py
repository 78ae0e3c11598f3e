"""What cdktf and Terraform print, shortened: with and without a terminal, from plan to error."""

from __future__ import annotations

STACKS = ["mlops-registry", "mlops-dev", "mlops-test", "mlops-prod"]

DEPLOYED = """\
mlops-registry  Initializing the backend...
mlops-registry  Successfully configured the backend "local"! Terraform will automatically
                use this backend unless the backend configuration changes.
mlops-registry  data.azuredevops_project.project (project): Reading...
mlops-registry  data.azuredevops_project.project (project): Read complete after 0s [id=1]
mlops-registry  Terraform used the selected providers to generate the following execution plan.
                  # azurerm_resource_group.resource_group (resource_group) will be created
                Plan: 2 to add, 0 to change, 0 to destroy.
mlops-registry  azuredevops_group.team (team)["leads"]: Creating...
                azurerm_resource_group.resource_group (resource_group): Creating...
                azurerm_resource_group.resource_group (resource_group): Creation complete after 0s [id=/subscriptions/0]
mlops-registry  azuredevops_group.team (team)["leads"]: Creation complete after 0s [id=vssgp.1]
mlops-registry  Apply complete! Resources: 2 added, 0 changed, 0 destroyed.
"""

FAILED = """\
mlops-dev  Initializing the backend...
mlops-test  Initializing the backend...
mlops-dev  Plan: 3 to add, 1 to change, 0 to destroy.
mlops-test  No changes. Your infrastructure matches the configuration.
mlops-dev  azurerm_resource_group.resource_group (resource_group): Creating...
mlops-dev  azurerm_resource_group.resource_group (resource_group): Creation complete after 3s [id=/subscriptions/0]
mlops-dev  azurerm_key_vault.key_vault (key_vault): Creating...
mlops-dev  azurerm_key_vault.key_vault (key_vault): Still creating... [00m10s elapsed]
mlops-dev  azurerm_storage_account.storage (storage): Creating...
mlops-dev  Error: the vault name "mlops-dev-keyvault" is taken

             with azurerm_key_vault.key_vault (key_vault),
             on cdk.tf.json line 1061, in resource.azurerm_key_vault.key_vault (key_vault):
           1061:       }

           Vault names are taken across all of Azure. Choose another one, or
           purge the vault that was deleted.
mlops-dev  azurerm_storage_account.storage (storage): Creation complete after 9s [id=/subscriptions/0]


1 Stack deploying     2 Stacks done     1 Stack waiting
Invoking Terraform CLI failed with exit code 1
"""

ON_A_TERMINAL = (
    "\x1b[2K\x1b[1A\x1b[2K\x1b[G\x1b[1m\x1b[33mmlops-dev\x1b[39m\x1b[22m  \x1b[0m\x1b[1m"
    'azuredevops_group.team["leads"]: Creating...\x1b[0m\x1b[0m\r\n\r\n\r\n'
    "1 Stack deploying     0 Stacks done     0 Stacks waiting\r\n"
    "\x1b[2K\x1b[1A\x1b[2K\x1b[G\x1b[1m\x1b[33mmlops-dev\x1b[39m\x1b[22m  \x1b[0m\x1b[1m\x1b[32m\r\n"
    "           Apply complete! Resources: 1 added, 0 changed, 0 destroyed.\r\n\r\n\r\n"
    "1 Stack deploying     0 Stacks done     0 Stacks waiting\r\n"
)

OF_TERRAFORM = """\
Initializing the backend...
terraform_data.kept: Refreshing state... [id=1]
Plan: 0 to add, 0 to change, 1 to destroy.
terraform_data.kept: Destroying... [id=1]
╷
│ Error: Instance cannot be destroyed
│
│   on cdk.tf.json line 4, in resource.terraform_data.kept:
│    4:       "kept": {
│
│ Resource terraform_data.kept has lifecycle.prevent_destroy
│ set.
╵
"""
