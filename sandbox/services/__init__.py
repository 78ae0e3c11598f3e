"""What each type of Azure and Azure DevOps is and does. No protocol is known here."""
