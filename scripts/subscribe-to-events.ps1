# After azd deployed the code: subscribe the functions to new orders and new outputs. Doing it again changes nothing.
$ErrorActionPreference = 'Stop'
Set-Location (Join-Path $PSScriptRoot '..')
$command, $options = if (Get-Command py -ErrorAction SilentlyContinue) { 'py', @('-3') } else { 'python3', @() }
& $command @options -m local.hooks subscribe-to-events
exit $LASTEXITCODE
