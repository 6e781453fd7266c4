# After azd provisioned a new app: wait until its role on the storage holds, so that the package gets through.
$ErrorActionPreference = 'Stop'
Set-Location (Join-Path $PSScriptRoot '..')
$command, $options = if (Get-Command py -ErrorAction SilentlyContinue) { 'py', @('-3') } else { 'python3', @() }
& $command @options -m local.hooks wait-for-storage-role
exit $LASTEXITCODE
