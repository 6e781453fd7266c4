// A quantum workspace and the storage that it is linked to, which Azure Quantum wants publicly reachable.
param name string
param storageName string
param location string
param tags object
param providers array

// Built-in roles.
var storageAccountContributor = '17d1049b-9a84-46fb-8f53-869881c3d3ab'
var storageBlobDataContributor = 'ba92f5b4-2d11-453d-a403-e96b0029c9fe'

resource account 'Microsoft.Storage/storageAccounts@2024-01-01' = {
  name: storageName
  location: location
  tags: tags
  kind: 'StorageV2'
  sku: {
    name: 'Standard_LRS'
  }
  properties: {
    accessTier: 'Hot'
    allowBlobPublicAccess: false
    allowCrossTenantReplication: false
    allowSharedKeyAccess: false
    defaultToOAuthAuthentication: true
    minimumTlsVersion: 'TLS1_2'
    supportsHttpsTrafficOnly: true
    publicNetworkAccess: 'Enabled'
    networkAcls: {
      defaultAction: 'Allow'
      bypass: 'AzureServices'
    }
  }
}

resource blobs 'Microsoft.Storage/storageAccounts/blobServices@2024-01-01' = {
  parent: account
  name: 'default'
  properties: {
    deleteRetentionPolicy: {
      enabled: true
      days: 7
    }
    containerDeleteRetentionPolicy: {
      enabled: true
      days: 7
    }
  }
}

// Azure Quantum makes a container for each job; this one is Event Grid's, for the wake-ups that reach nobody.
resource deadLetters 'Microsoft.Storage/storageAccounts/blobServices/containers@2024-01-01' = {
  parent: blobs
  name: 'event-dead-letters'
  properties: {
    publicAccess: 'None'
  }
}

resource workspace 'Microsoft.Quantum/workspaces@2025-12-15-preview' = {
  name: name
  location: location
  tags: tags
  identity: {
    type: 'SystemAssigned'
  }
  properties: {
    providers: providers
    storageAccount: account.id
    apiKeyEnabled: false
  }
}

resource accountRoles 'Microsoft.Authorization/roleAssignments@2022-04-01' = [for role in [storageAccountContributor, storageBlobDataContributor]: {
  name: guid(account.id, workspace.id, role)
  scope: account
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', role)
    principalId: workspace.identity.principalId
    principalType: 'ServicePrincipal'
  }
}]

output name string = workspace.name
output storageName string = account.name
output deadLetterContainer string = deadLetters.name
