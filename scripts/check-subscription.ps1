# Before azd provisions: say what Azure would refuse, and what to do about it.
$ErrorActionPreference = 'Stop'
Set-Location (Join-Path $PSScriptRoot '..')
$command, $options = if (Get-Command py -ErrorAction SilentlyContinue) { 'py', @('-3') } else { 'python3', @() }
& $command @options -m local.hooks check-subscription
exit $LASTEXITCODE
