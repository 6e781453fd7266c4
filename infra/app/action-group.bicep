// Who is told when something needs a look: the owners of the subscription, and the addresses given.
param name string
param tags object
param emails array

// Built-in role.
var owner = '8e3af657-a8ff-443c-a75c-2fe8c4bcb635'

resource group 'Microsoft.Insights/actionGroups@2023-01-01' = {
  name: name
  location: 'global'
  tags: tags
  properties: {
    groupShortName: 'quantumjobs'
    enabled: true
    armRoleReceivers: [
      {
        name: 'owners'
        roleId: owner
        useCommonAlertSchema: true
      }
    ]
    emailReceivers: [for email in emails: {
      name: email
      emailAddress: email
      useCommonAlertSchema: true
    }]
  }
}

output id string = group.id
