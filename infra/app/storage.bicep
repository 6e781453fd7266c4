// The app's own storage: orders, programs, results, answers, the job index, the durable engine and the package.
param name string
param location string
param tags object
param sku string

@description('Closed to the internet; reached by private endpoints.')
param isPrivate bool

// The names that quantum/storage.py gives; a test compares them.
var containers = ['orders', 'inputs', 'programs', 'results', 'poison', 'tries', 'waiting', 'watching', 'batches']
var queues = ['job-orders', 'job-answers', 'job-orders-poison', 'webjobs-blobtrigger-poison']
var tables = ['jobs', 'jobsopen', 'joblists', 'workspaces', 'uploads', 'places', 'batches', 'firstruns', 'ledger']
var ownContainers = ['app-package', 'event-dead-letters']

resource account 'Microsoft.Storage/storageAccounts@2024-01-01' = {
  name: name
  location: location
  tags: tags
  kind: 'StorageV2'
  sku: {
    name: sku
  }
  properties: {
    accessTier: 'Hot'
    allowBlobPublicAccess: false
    allowCrossTenantReplication: false
    allowSharedKeyAccess: false
    defaultToOAuthAuthentication: true
    dnsEndpointType: 'Standard'
    minimumTlsVersion: 'TLS1_2'
    supportsHttpsTrafficOnly: true
    publicNetworkAccess: isPrivate ? 'Disabled' : 'Enabled'
    networkAcls: {
      defaultAction: isPrivate ? 'Deny' : 'Allow'
      // Event Grid keeps undelivered events here.
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

resource blobContainers 'Microsoft.Storage/storageAccounts/blobServices/containers@2024-01-01' = [for container in concat(containers, ownContainers): {
  parent: blobs
  name: container
  properties: {
    publicAccess: 'None'
  }
}]

resource queueService 'Microsoft.Storage/storageAccounts/queueServices@2024-01-01' = {
  parent: account
  name: 'default'
}

resource queuesOfOrders 'Microsoft.Storage/storageAccounts/queueServices/queues@2024-01-01' = [for queue in queues: {
  parent: queueService
  name: queue
}]

resource tableService 'Microsoft.Storage/storageAccounts/tableServices@2024-01-01' = {
  parent: account
  name: 'default'
}

resource tablesOfJobs 'Microsoft.Storage/storageAccounts/tableServices/tables@2024-01-01' = [for table in tables: {
  parent: tableService
  name: table
}]

output id string = account.id
output name string = account.name
output packageContainer string = ownContainers[0]
output deadLetterContainer string = ownContainers[1]
