// Private ways from the app's network to its storage and its vault, with the names that lead there.
param prefix string
param location string
param tags object
param networkId string
param subnetId string
param storageId string
param keyVaultId string

var suffix = environment().suffixes.storage
var ways = [
  {
    service: 'blob'
    target: storageId
    zone: 'privatelink.blob.${suffix}'
  }
  {
    service: 'queue'
    target: storageId
    zone: 'privatelink.queue.${suffix}'
  }
  {
    service: 'table'
    target: storageId
    zone: 'privatelink.table.${suffix}'
  }
  {
    service: 'vault'
    target: keyVaultId
    zone: 'privatelink.vaultcore.azure.net'
  }
]

resource zones 'Microsoft.Network/privateDnsZones@2024-06-01' = [for way in ways: {
  name: way.zone
  location: 'global'
  tags: tags
}]

resource links 'Microsoft.Network/privateDnsZones/virtualNetworkLinks@2024-06-01' = [for (way, i) in ways: {
  parent: zones[i]
  name: 'app-network'
  location: 'global'
  tags: tags
  properties: {
    registrationEnabled: false
    virtualNetwork: {
      id: networkId
    }
  }
}]

resource endpoints 'Microsoft.Network/privateEndpoints@2024-05-01' = [for way in ways: {
  name: '${prefix}-${way.service}'
  location: location
  tags: tags
  properties: {
    subnet: {
      id: subnetId
    }
    privateLinkServiceConnections: [
      {
        name: way.service
        properties: {
          privateLinkServiceId: way.target
          groupIds: [way.service]
        }
      }
    ]
  }
}]

resource names 'Microsoft.Network/privateEndpoints/privateDnsZoneGroups@2024-05-01' = [for (way, i) in ways: {
  parent: endpoints[i]
  name: 'default'
  properties: {
    privateDnsZoneConfigs: [
      {
        name: way.service
        properties: {
          privateDnsZoneId: zones[i].id
        }
      }
    ]
  }
}]
