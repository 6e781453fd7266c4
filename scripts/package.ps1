# Before azd packs: build dist/app with the app's own Python and its pinned packages.
$ErrorActionPreference = 'Stop'
Set-Location (Join-Path $PSScriptRoot '..')
$command, $options = if (Get-Command py -ErrorAction SilentlyContinue) { 'py', @('-3.13') } else { 'python3.13', @() }
& $command @options -m local.package
exit $LASTEXITCODE
