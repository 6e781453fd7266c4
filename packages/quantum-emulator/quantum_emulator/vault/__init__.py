"""A key vault and a sign-in on this machine, for the unmodified `azure-keyvault-secrets` and `azure-identity`."""
