// Lets the app use one workspace, made here or long before, and tells where that workspace is.
param workspaceName string
param principalId string

// Built-in role: jobs of the workspace and nothing else of it.
var quantumWorkspaceDataContributor = 'c1410b24-3e69-4857-8f86-4d0a2e603250'

resource workspace 'Microsoft.Quantum/workspaces@2025-12-15-preview' existing = {
  name: workspaceName
}

resource role 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(workspace.id, principalId, quantumWorkspaceDataContributor)
  scope: workspace
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', quantumWorkspaceDataContributor)
    principalId: principalId
    principalType: 'ServicePrincipal'
  }
}

output id string = workspace.id
output name string = workspace.name
output location string = workspace.location
output endpoint string = workspace.properties.endpointUri
