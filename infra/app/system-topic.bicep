// The events of one storage account. What cannot be delivered is kept there as a blob, written with the topic's own
// identity: whether Event Grid writes into another region is documented nowhere.
param name string
param location string
param tags object
param storageName string
param deadLetterContainer string
param logAnalyticsId string

// Built-in role.
var storageBlobDataContributor = 'ba92f5b4-2d11-453d-a403-e96b0029c9fe'

resource source 'Microsoft.Storage/storageAccounts@2024-01-01' existing = {
  name: storageName
}

resource deadLetters 'Microsoft.Storage/storageAccounts/blobServices/containers@2024-01-01' existing = {
  name: '${storageName}/default/${deadLetterContainer}'
}

resource topic 'Microsoft.EventGrid/systemTopics@2025-02-15' = {
  name: name
  location: location
  tags: tags
  identity: {
    type: 'SystemAssigned'
  }
  properties: {
    source: source.id
    topicType: 'Microsoft.Storage.StorageAccounts'
  }
}

resource role 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(deadLetters.id, topic.id, storageBlobDataContributor)
  scope: deadLetters
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', storageBlobDataContributor)
    principalId: topic.identity.principalId
    principalType: 'ServicePrincipal'
  }
}

// So that an alert can count what was not delivered.
resource counts 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  name: 'counts'
  scope: topic
  properties: {
    workspaceId: logAnalyticsId
    logs: [
      {
        category: 'DeliveryFailures'
        enabled: true
      }
    ]
    metrics: [
      {
        category: 'AllMetrics'
        enabled: true
      }
    ]
  }
}

output name string = topic.name
