#!/bin/sh
# After azd deployed the code: subscribe the functions to new orders and new outputs. Doing it again changes nothing.
# azd hands over the outputs of infra/main.bicep as variables. The key of the webhook is looked up inside the template.
set -eu
cd "$(dirname "$0")/.."

TRIES=${TRIES:-12}
PAUSE=${PAUSE:-20}

for name in RESOURCE_GROUP AZURE_FUNCTION_APP_NAME AZURE_STORAGE_ACCOUNT_NAME ORDER_EVENTS_TOPIC AZURE_SUBSCRIPTION_ID; do
    eval "value=\${$name:-}"
    if [ -z "$value" ]; then
        echo "$name is not set: run this by \`azd deploy\` or \`azd hooks run postdeploy\`" >&2
        exit 2
    fi
done
if ! command -v az >/dev/null 2>&1; then
    echo "the Azure CLI (az) is needed to subscribe to events: install it, sign in, then \`azd hooks run postdeploy\`" >&2
    exit 2
fi

try=1
until az deployment group create \
    --only-show-errors --output none \
    --subscription "$AZURE_SUBSCRIPTION_ID" \
    --resource-group "$RESOURCE_GROUP" \
    --name event-subscriptions \
    --template-file infra/app/event-subscriptions.bicep \
    --parameters \
    functionAppName="$AZURE_FUNCTION_APP_NAME" \
    storageName="$AZURE_STORAGE_ACCOUNT_NAME" \
    orderEventsTopic="$ORDER_EVENTS_TOPIC" \
    outputEventsTopic="${OUTPUT_EVENTS_TOPIC:-}"; do
    if [ "$try" -ge "$TRIES" ]; then
        echo "no event subscription after $TRIES tries: does the app start? Then \`azd hooks run postdeploy\`" >&2
        exit 1
    fi
    echo "the app or its key is not there yet (try $try of $TRIES): again in $PAUSE s"
    try=$((try + 1))
    sleep "$PAUSE"
done
echo "Subscribed to new orders and outputs."
echo "Function key: az functionapp keys list -g $RESOURCE_GROUP -n $AZURE_FUNCTION_APP_NAME --query functionKeys.default -o tsv"
echo "Then: qjobs doctor --url ${SERVICE_API_URI:-https://$AZURE_FUNCTION_APP_NAME.azurewebsites.net} --key <function key>"
