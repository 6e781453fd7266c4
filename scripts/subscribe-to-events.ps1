# After azd deployed the code: subscribe the functions to new orders and new outputs. Doing it again changes nothing.
# azd hands over the outputs of infra/main.bicep as variables. The key of the webhook is looked up inside the template.
$ErrorActionPreference = 'Stop'
Set-Location (Join-Path $PSScriptRoot '..')

$tries = if ($env:TRIES) { [int]$env:TRIES } else { 12 }
$pause = if ($env:PAUSE) { [int]$env:PAUSE } else { 20 }

foreach ($name in 'RESOURCE_GROUP', 'AZURE_FUNCTION_APP_NAME', 'AZURE_STORAGE_ACCOUNT_NAME', 'ORDER_EVENTS_TOPIC', 'AZURE_SUBSCRIPTION_ID') {
    if (-not [Environment]::GetEnvironmentVariable($name)) {
        Write-Error "$name is not set: run this by ``azd deploy`` or ``azd hooks run postdeploy``" -ErrorAction Continue
        exit 2
    }
}
if (-not (Get-Command az -ErrorAction SilentlyContinue)) {
    Write-Error 'the Azure CLI (az) is needed to subscribe to events: install it, sign in, then `azd hooks run postdeploy`' -ErrorAction Continue
    exit 2
}

for ($try = 1; ; $try++) {
    az deployment group create `
        --only-show-errors --output none `
        --subscription $env:AZURE_SUBSCRIPTION_ID `
        --resource-group $env:RESOURCE_GROUP `
        --name event-subscriptions `
        --template-file infra/app/event-subscriptions.bicep `
        --parameters `
        "functionAppName=$env:AZURE_FUNCTION_APP_NAME" `
        "storageName=$env:AZURE_STORAGE_ACCOUNT_NAME" `
        "orderEventsTopic=$env:ORDER_EVENTS_TOPIC" `
        "outputEventsTopic=$env:OUTPUT_EVENTS_TOPIC"
    if ($LASTEXITCODE -eq 0) { break }
    if ($try -ge $tries) {
        Write-Error "no event subscription after $tries tries: does the app start? Then ``azd hooks run postdeploy``" -ErrorAction Continue
        exit 1
    }
    Write-Host "the app or its key is not there yet (try $try of $tries): again in $pause s"
    Start-Sleep -Seconds $pause
}
Write-Host 'Subscribed to new orders and outputs.'
Write-Host "Function key: az functionapp keys list -g $env:RESOURCE_GROUP -n $env:AZURE_FUNCTION_APP_NAME --query functionKeys.default -o tsv"
Write-Host "Then: qjobs doctor --url $env:SERVICE_API_URI --key <function key>"
