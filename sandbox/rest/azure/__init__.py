"""Azure Resource Manager's REST API, as far as the cloud's types reach."""
