// Everything that Durable Quantum Jobs needs in one subscription. `azd up` deploys it; docs/deploy.md explains it.
targetScope = 'subscription'

@minLength(1)
@maxLength(64)
@description('Name of the environment: part of the resource group and the seed of every other name.')
param environmentName string

@minLength(1)
@description('Region of everything but the quantum workspace; it must offer Flex Consumption.')
@metadata({ azd: { type: 'location' } })
param location string

@description('Who deploys: may upload orders and read results and answers. Empty: nobody but the app.')
param principalId string = ''

@allowed(['User', 'ServicePrincipal', 'Group'])
param principalType string = 'User'

@description('Region of the quantum workspace and its storage; Azure Quantum is in few regions.')
param quantumLocation string = 'eastus'

@description('Providers of the new workspace: providerId, providerSku, and applicationName where its terms ask for one.')
param quantumProviders array = [
  {
    providerId: 'rigetti'
    providerSku: 'azure-basic-qvm-only-unlimited'
  }
]

@description('Resource id of a workspace to use instead of making one.')
param existingWorkspaceId string = ''

@description('Secret of the vault that holds a workspace connection string. Empty: the identity is used, no key.')
param workspaceConnectionSecret string = ''

@allowed(['AzureStorage', 'DurableTaskScheduler'])
@description('Where the durable engine keeps its state; the package must be built for the same one (DURABLE_BACKEND).')
param durableBackend string = 'AzureStorage'

@allowed(['Standard_LRS', 'Standard_ZRS', 'Standard_GRS', 'Standard_GZRS'])
@description('How often the app storage is kept: in one place, in the zones of the region, or in a second region too.')
param storageSku string = 'Standard_ZRS'

@description('Put the app into a virtual network and close its storage and vault to the internet.')
param vnetEnabled bool = false

@allowed([2048, 4096])
@description('Memory of an instance in MB; a processor or two come with it. The compilers have what the host leaves.')
param instanceMemory int = 2048

@minValue(0)
@description('Instances that are always ready for HTTP, paid for by the hour: callers then meet no cold start.')
param alwaysReadyHttp int = 0

@minValue(0)
@description('Instances that are always ready for orchestrations and activities, paid for by the hour.')
param alwaysReadyDurable int = 0

@minValue(0)
@description('Instances that are always ready for uploads, paid for by the hour.')
param alwaysReadyBlob int = 0

@description('Keep callers out of the administration of the Functions host. Off only where Azure itself needs a way in.')
param adminIsolation bool = true

@description('Client id of the application in Entra ID whose tokens callers send. Empty: whoever has the key may do all.')
param signInClientId string = ''

@minValue(0)
@description('Monthly budget of the resource group, in the currency of the bill. 0: no budget.')
param budgetAmount int = 50

@description('Addresses that are told what needs a look, besides the owners of the subscription.')
param alertEmails array = []

@description('First day of the budget. It cannot be moved later, so the first deployment puts it into the environment.')
param budgetStart string = ''

@description('Not to be set: the month of this deployment.')
param currentMonth string = utcNow('yyyy-MM')

var abbreviations = loadJsonContent('./abbreviations.json')
var token = toLower(uniqueString(subscription().id, environmentName, location))
var tags = { 'azd-env-name': environmentName }
var appName = '${abbreviations.webSitesFunctions}${token}'
var groupName = '${abbreviations.resourcesResourceGroups}${environmentName}'
var firstDay = empty(budgetStart) ? '${currentMonth}-01T00:00:00Z' : budgetStart
var makesWorkspace = empty(existingWorkspaceId)
var usesScheduler = durableBackend == 'DurableTaskScheduler'
// The scope of a module is computed even where its condition is false.
var workspaceParts = split(makesWorkspace ? '${subscription().id}/resourceGroups/${groupName}/providers/Microsoft.Quantum/workspaces/none' : existingWorkspaceId, '/')

resource rg 'Microsoft.Resources/resourceGroups@2024-11-01' = {
  name: groupName
  location: location
  tags: tags
}

module identity 'app/identity.bicep' = {
  name: 'identity'
  scope: rg
  params: {
    name: '${abbreviations.managedIdentityUserAssignedIdentities}${token}'
    location: location
    tags: tags
  }
}

module monitoring 'app/monitoring.bicep' = {
  name: 'monitoring'
  scope: rg
  params: {
    logAnalyticsName: '${abbreviations.operationalInsightsWorkspaces}${token}'
    applicationInsightsName: '${abbreviations.insightsComponents}${token}'
    location: location
    tags: tags
  }
}

module storage 'app/storage.bicep' = {
  name: 'storage'
  scope: rg
  params: {
    name: '${abbreviations.storageStorageAccounts}${token}'
    location: location
    tags: tags
    sku: storageSku
    isPrivate: vnetEnabled
  }
}

module keyVault 'app/key-vault.bicep' = {
  name: 'key-vault'
  scope: rg
  params: {
    name: '${abbreviations.keyVaultVaults}${token}'
    location: location
    tags: tags
    isPrivate: vnetEnabled
    logAnalyticsId: monitoring.outputs.logAnalyticsId
  }
}

module quantum 'app/quantum.bicep' = if (makesWorkspace) {
  name: 'quantum'
  scope: rg
  params: {
    name: '${abbreviations.quantumWorkspaces}${token}'
    storageName: '${abbreviations.storageStorageAccounts}q${token}'
    location: quantumLocation
    tags: tags
    providers: quantumProviders
  }
}

module quantumAccess 'app/quantum-access.bicep' = {
  name: 'quantum-access-${token}'
  scope: resourceGroup(workspaceParts[2], workspaceParts[4])
  params: {
    workspaceName: makesWorkspace ? quantum.outputs.name : last(workspaceParts)
    principalId: identity.outputs.principalId
  }
}

module network 'app/vnet.bicep' = if (vnetEnabled) {
  name: 'network'
  scope: rg
  params: {
    name: '${abbreviations.networkVirtualNetworks}${token}'
    securityGroupName: '${abbreviations.networkSecurityGroups}${token}'
    location: location
    tags: tags
  }
}

module privateEndpoints 'app/private-endpoints.bicep' = if (vnetEnabled) {
  name: 'private-endpoints'
  scope: rg
  params: {
    prefix: '${abbreviations.networkPrivateEndpoints}${token}'
    location: location
    tags: tags
    networkId: vnetEnabled ? network.outputs.id : ''
    subnetId: vnetEnabled ? network.outputs.endpointsSubnetId : ''
    storageId: storage.outputs.id
    keyVaultId: keyVault.outputs.id
  }
}

module scheduler 'app/durable-scheduler.bicep' = if (usesScheduler) {
  name: 'durable-scheduler'
  scope: rg
  params: {
    name: '${abbreviations.durableTaskSchedulers}${token}'
    location: location
    tags: tags
    principalId: identity.outputs.principalId
  }
}

module access 'app/rbac.bicep' = {
  name: 'access'
  scope: rg
  params: {
    storageName: storage.outputs.name
    keyVaultName: keyVault.outputs.name
    applicationInsightsName: monitoring.outputs.applicationInsightsName
    appPrincipalId: identity.outputs.principalId
    personPrincipalId: principalId
    personPrincipalType: principalType
  }
}

module api 'app/api.bicep' = {
  name: 'api'
  scope: rg
  dependsOn: [
    access
    privateEndpoints
  ]
  params: {
    name: appName
    planName: '${abbreviations.webServerFarms}${token}'
    location: location
    tags: union(tags, { 'azd-service-name': 'api' })
    storageName: storage.outputs.name
    packageContainer: storage.outputs.packageContainer
    identityId: identity.outputs.id
    identityClientId: identity.outputs.clientId
    applicationInsightsName: monitoring.outputs.applicationInsightsName
    logAnalyticsId: monitoring.outputs.logAnalyticsId
    subnetId: vnetEnabled ? network.outputs.appSubnetId : ''
    workspaceId: quantumAccess.outputs.id
    workspaceLocation: quantumAccess.outputs.location
    workspaceEndpoint: quantumAccess.outputs.endpoint
    keyVaultName: keyVault.outputs.name
    keyVaultUri: keyVault.outputs.uri
    workspaceConnectionSecret: workspaceConnectionSecret
    schedulerConnection: usesScheduler ? '${scheduler.outputs.connection};ClientID=${identity.outputs.clientId}' : ''
    instanceMemory: instanceMemory
    alwaysReadyHttp: alwaysReadyHttp
    alwaysReadyDurable: alwaysReadyDurable
    alwaysReadyBlob: alwaysReadyBlob
    adminIsolation: adminIsolation
    signInClientId: signInClientId
  }
}

module orderEvents 'app/system-topic.bicep' = {
  name: 'order-events'
  scope: rg
  params: {
    name: '${abbreviations.eventGridSystemTopics}orders-${token}'
    location: location
    tags: tags
    storageName: storage.outputs.name
    deadLetterContainer: storage.outputs.deadLetterContainer
    logAnalyticsId: monitoring.outputs.logAnalyticsId
  }
}

module outputEvents 'app/system-topic.bicep' = if (makesWorkspace) {
  name: 'output-events'
  scope: rg
  params: {
    name: '${abbreviations.eventGridSystemTopics}outputs-${token}'
    location: quantumLocation
    tags: tags
    storageName: makesWorkspace ? quantum.outputs.storageName : ''
    deadLetterContainer: makesWorkspace ? quantum.outputs.deadLetterContainer : ''
    logAnalyticsId: monitoring.outputs.logAnalyticsId
  }
}

module actionGroup 'app/action-group.bicep' = {
  name: 'action-group'
  scope: rg
  params: {
    name: '${abbreviations.insightsActionGroups}${token}'
    tags: tags
    emails: alertEmails
  }
}

module alerts 'app/alerts.bicep' = {
  name: 'alerts'
  scope: rg
  params: {
    prefix: '${abbreviations.insightsAlerts}${token}-'
    location: location
    tags: tags
    logAnalyticsId: monitoring.outputs.logAnalyticsId
    actionGroupId: actionGroup.outputs.id
    dailySpend: max(1, budgetAmount / 5)
  }
}

module workbook 'app/workbook.bicep' = {
  name: 'workbook'
  scope: rg
  params: {
    location: location
    tags: tags
    logAnalyticsId: monitoring.outputs.logAnalyticsId
  }
}

module budget 'app/budget.bicep' = if (budgetAmount > 0) {
  name: 'budget'
  scope: rg
  params: {
    name: 'budget-${environmentName}'
    amount: budgetAmount
    firstDay: firstDay
    actionGroupId: actionGroup.outputs.id
  }
}

output AZURE_LOCATION string = location
output AZURE_TENANT_ID string = tenant().tenantId
output RESOURCE_GROUP string = rg.name
output AZURE_FUNCTION_APP_NAME string = api.outputs.name
output SERVICE_API_NAME string = api.outputs.name
output SERVICE_API_URI string = api.outputs.uri
output APPLICATIONINSIGHTS_CONNECTION_STRING string = monitoring.outputs.connectionString
output AZURE_STORAGE_ACCOUNT_NAME string = storage.outputs.name
output AZURE_KEY_VAULT_NAME string = keyVault.outputs.name
output AZURE_QUANTUM_WORKSPACE_NAME string = quantumAccess.outputs.name
output AZURE_QUANTUM_WORKSPACE_RG string = workspaceParts[4]
output AZURE_QUANTUM_WORKSPACE_LOCATION string = quantumAccess.outputs.location
output ORDER_EVENTS_TOPIC string = orderEvents.outputs.name
output OUTPUT_EVENTS_TOPIC string = makesWorkspace ? outputEvents.outputs.name : ''
output BUDGET_START string = firstDay
