// The function app on Flex Consumption, and every setting that it reads.
param name string
param planName string
param location string
param tags object
param storageName string
param packageContainer string
param identityId string
param identityClientId string
param applicationInsightsName string
param logAnalyticsId string
param subnetId string
param workspaceId string
param workspaceLocation string
param workspaceEndpoint string
param keyVaultName string
param keyVaultUri string
param workspaceConnectionSecret string
param schedulerConnection string
param instanceMemory int
param alwaysReadyHttp int
param alwaysReadyDurable int
param alwaysReadyBlob int
param adminIsolation bool
param signInClientId string

// MiB of address space for each of two compilers, by the MiB of an instance: the host and the worker need the rest.
var compilerMemory = {
  '2048': '768'
  '4096': '1536'
}
// The groups that Flex Consumption scales as one. What is always ready is paid for, used or not.
var readyForHttp = (alwaysReadyHttp > 0) ? [{ name: 'http', instanceCount: alwaysReadyHttp }] : []
var readyForDurable = (alwaysReadyDurable > 0) ? [{ name: 'durable', instanceCount: alwaysReadyDurable }] : []
var readyForBlob = (alwaysReadyBlob > 0) ? [{ name: 'blob', instanceCount: alwaysReadyBlob }] : []
var workspaceParts = split(workspaceId, '/')

// The runtime and its version stand in functionAppConfig: Flex Consumption refuses the settings that say so elsewhere.
var settings = {
  AzureWebJobsStorage__credential: 'managedidentity'
  AzureWebJobsStorage__clientId: identityClientId
  AzureWebJobsStorage__blobServiceUri: account.properties.primaryEndpoints.blob
  AzureWebJobsStorage__queueServiceUri: account.properties.primaryEndpoints.queue
  AzureWebJobsStorage__tableServiceUri: account.properties.primaryEndpoints.table
  APPLICATIONINSIGHTS_CONNECTION_STRING: applicationInsights.properties.ConnectionString
  APPLICATIONINSIGHTS_AUTHENTICATION_STRING: 'ClientId=${identityClientId};Authorization=AAD'
  APPLICATIONINSIGHTS_CONTROLPLANE_DISABLED: 'true'
  APPLICATIONINSIGHTS_SDKSTATS_DISABLED: 'true'
  APPLICATIONINSIGHTS_STATSBEAT_DISABLED_ALL: 'true'
  PYTHON_ENABLE_OPENTELEMETRY: 'true'
  OTEL_TRACES_SAMPLER: 'parentbased_always_on'
  AZURE_CLIENT_ID: identityClientId
  AZURE_QUANTUM_SUBSCRIPTION_ID: workspaceParts[2]
  AZURE_QUANTUM_WORKSPACE_RG: workspaceParts[4]
  AZURE_QUANTUM_WORKSPACE_NAME: last(workspaceParts)
  AZURE_QUANTUM_WORKSPACE_LOCATION: workspaceLocation
  AZURE_QUANTUM_ENDPOINT: workspaceEndpoint
  KEY_VAULT_URL: keyVaultUri
  COMPILE_MEMORY_MIB: compilerMemory[string(instanceMemory)]
  QDK_PYTHON_TELEMETRY: 'none'
}
var secretSettings = empty(workspaceConnectionSecret) ? {} : {
  AZURE_QUANTUM_CONNECTION_STRING: '@Microsoft.KeyVault(VaultName=${keyVaultName};SecretName=${workspaceConnectionSecret})'
}
var schedulerSettings = empty(schedulerConnection) ? {} : {
  DURABLE_TASK_SCHEDULER_CONNECTION_STRING: schedulerConnection
}
var signInSettings = empty(signInClientId) ? {} : {
  SIGN_IN: 'required'
}

resource account 'Microsoft.Storage/storageAccounts@2024-01-01' existing = {
  name: storageName
}

resource applicationInsights 'Microsoft.Insights/components@2020-02-02' existing = {
  name: applicationInsightsName
}

resource plan 'Microsoft.Web/serverfarms@2024-04-01' = {
  name: planName
  location: location
  tags: tags
  kind: 'functionapp'
  sku: {
    name: 'FC1'
    tier: 'FlexConsumption'
  }
  properties: {
    reserved: true
  }
}

resource app 'Microsoft.Web/sites@2024-04-01' = {
  name: name
  location: location
  tags: tags
  kind: 'functionapp,linux'
  identity: {
    type: 'UserAssigned'
    userAssignedIdentities: {
      '${identityId}': {}
    }
  }
  properties: {
    serverFarmId: plan.id
    httpsOnly: true
    publicNetworkAccess: 'Enabled'
    keyVaultReferenceIdentity: identityId
    virtualNetworkSubnetId: empty(subnetId) ? null : subnetId
    // Documented, and missing from the published type.
    #disable-next-line BCP037
    functionsRuntimeAdminIsolationEnabled: adminIsolation
    functionAppConfig: {
      deployment: {
        storage: {
          type: 'blobContainer'
          value: '${account.properties.primaryEndpoints.blob}${packageContainer}'
          authentication: {
            type: 'UserAssignedIdentity'
            userAssignedIdentityResourceId: identityId
          }
        }
      }
      runtime: {
        name: 'python'
        version: '3.13'
      }
      scaleAndConcurrency: {
        alwaysReady: concat(readyForHttp, readyForDurable, readyForBlob)
        instanceMemoryMB: instanceMemory
        maximumInstanceCount: 40
        // For Python it is 1 where it is not set: each request in flight would have an instance of its own. The doors
        // only wait; of 16 that compile, two do so at a time, and the last turn comes well within 30 seconds.
        triggers: {
          http: {
            perInstanceConcurrency: 16
          }
        }
      }
    }
    // Neither ftpsState nor alwaysOn: Flex Consumption refuses them. FTP is off by its policy below.
    siteConfig: {
      http20Enabled: true
      minTlsVersion: '1.2'
      scmMinTlsVersion: '1.2'
    }
  }
}

// The platform checks a token and names the caller in headers that callers cannot set. Requests without a token go on to
// the app, which answers 401: Event Grid and the durable extension call its webhooks with keys.
resource signIn 'Microsoft.Web/sites/config@2024-04-01' = if (!empty(signInClientId)) {
  parent: app
  name: 'authsettingsV2'
  properties: {
    platform: {
      enabled: true
    }
    globalValidation: {
      requireAuthentication: false
      unauthenticatedClientAction: 'AllowAnonymous'
    }
    httpSettings: {
      requireHttps: true
    }
    identityProviders: {
      azureActiveDirectory: {
        enabled: true
        registration: {
          clientId: signInClientId
          openIdIssuer: '${environment().authentication.loginEndpoint}${tenant().tenantId}/v2.0'
        }
        validation: {
          allowedAudiences: [
            signInClientId
            'api://${signInClientId}'
          ]
        }
      }
    }
    login: {
      tokenStore: {
        enabled: false
      }
    }
  }
}

resource appSettings 'Microsoft.Web/sites/config@2024-04-01' = {
  parent: app
  name: 'appsettings'
  properties: union(settings, secretSettings, schedulerSettings, signInSettings)
}

// Packages are sent with a token of Microsoft Entra ID, never with a publishing password.
resource ftpPasswords 'Microsoft.Web/sites/basicPublishingCredentialsPolicies@2024-04-01' = {
  parent: app
  name: 'ftp'
  properties: {
    allow: false
  }
}

resource scmPasswords 'Microsoft.Web/sites/basicPublishingCredentialsPolicies@2024-04-01' = {
  parent: app
  name: 'scm'
  properties: {
    allow: false
  }
}

resource logs 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  name: 'logs'
  scope: app
  properties: {
    workspaceId: logAnalyticsId
    logs: [
      {
        category: 'FunctionAppLogs'
        enabled: true
      }
    ]
  }
}

output name string = app.name
output uri string = 'https://${app.properties.defaultHostName}'
