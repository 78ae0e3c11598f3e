"""Azure DevOps's REST API 7.1, as far as the cloud's types reach."""
