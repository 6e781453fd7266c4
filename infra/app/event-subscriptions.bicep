// Who is told about new orders and new outputs. The postdeploy hook deploys this: the functions and the key of their
// webhook exist only once the code is there. The key is looked up here, so no shell ever holds it.
param functionAppName string
param storageName string
param orderEventsTopic string

@description('Empty where the workspace was there before: its outputs are then found by looking.')
param outputEventsTopic string

resource app 'Microsoft.Web/sites@2024-04-01' existing = {
  name: functionAppName
}

resource account 'Microsoft.Storage/storageAccounts@2024-01-01' existing = {
  name: storageName
}

resource orderTopic 'Microsoft.EventGrid/systemTopics@2025-02-15' existing = {
  name: orderEventsTopic
}

resource outputTopic 'Microsoft.EventGrid/systemTopics@2025-02-15' existing = {
  // A name must be one even where nothing is made below it.
  name: empty(outputEventsTopic) ? orderEventsTopic : outputEventsTopic
}

resource orders 'Microsoft.EventGrid/systemTopics/eventSubscriptions@2025-02-15' = {
  parent: orderTopic
  name: 'start-from-blob'
  properties: {
    destination: {
      endpointType: 'WebHook'
      properties: {
        endpointUrl: 'https://${app.properties.defaultHostName}/runtime/webhooks/blobs?functionName=Host.Functions.start_from_blob&code=${listKeys('${app.id}/host/default', '2024-04-01').systemKeys.blobs_extension}'
        maxEventsPerBatch: 1
        preferredBatchSizeInKilobytes: 64
      }
    }
    filter: {
      includedEventTypes: ['Microsoft.Storage.BlobCreated']
      subjectBeginsWith: '/blobServices/default/containers/orders/'
    }
    eventDeliverySchema: 'EventGridSchema'
    retryPolicy: {
      maxDeliveryAttempts: 30
      eventTimeToLiveInMinutes: 1440
    }
    deadLetterWithResourceIdentity: {
      identity: {
        type: 'SystemAssigned'
      }
      deadLetterDestination: {
        endpointType: 'StorageBlob'
        properties: {
          resourceId: account.id
          blobContainerName: 'event-dead-letters'
        }
      }
    }
  }
}

resource outputs 'Microsoft.EventGrid/systemTopics/eventSubscriptions@2025-02-15' = if (!empty(outputEventsTopic)) {
  parent: outputTopic
  name: 'wake-from-event'
  properties: {
    destination: {
      endpointType: 'AzureFunction'
      properties: {
        resourceId: '${app.id}/functions/wake_from_event'
        maxEventsPerBatch: 1
        preferredBatchSizeInKilobytes: 64
      }
    }
    filter: {
      includedEventTypes: ['Microsoft.Storage.BlobCreated']
      subjectBeginsWith: '/blobServices/default/containers/job-'
      // Both outputData and rawOutputData: the comparison knows no case.
      subjectEndsWith: 'outputData'
      isSubjectCaseSensitive: false
    }
    eventDeliverySchema: 'EventGridSchema'
    // A wake-up is a hint: when it is late, the app has looked by itself.
    retryPolicy: {
      maxDeliveryAttempts: 5
      eventTimeToLiveInMinutes: 60
    }
    deadLetterWithResourceIdentity: {
      identity: {
        type: 'SystemAssigned'
      }
      deadLetterDestination: {
        endpointType: 'StorageBlob'
        properties: {
          resourceId: outputTopic.properties.source
          blobContainerName: 'event-dead-letters'
        }
      }
    }
  }
}
