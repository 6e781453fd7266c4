// What somebody is told about, each by a query of infra/monitor/queries; docs/operations.md says what to do then.
param prefix string
param location string
param tags object
param logAnalyticsId string
param actionGroupId string
param dailySpend int

// A row that a query gives is an alert. Severity 1 is an error, 2 a warning.
var alerts = [
  {
    name: 'poison'
    title: 'Orders were poisoned'
    severity: 1
    every: 'PT5M'
    over: 'PT15M'
    query: loadTextContent('../monitor/queries/alert-poison.kql')
  }
  {
    name: 'overdue'
    title: 'Jobs take longer than expected'
    severity: 2
    every: 'PT15M'
    over: 'PT30M'
    query: loadTextContent('../monitor/queries/alert-overdue.kql')
  }
  {
    name: 'silent'
    title: 'Orchestrations do not move'
    severity: 2
    every: 'PT15M'
    over: 'PT30M'
    query: loadTextContent('../monitor/queries/alert-silent.kql')
  }
  {
    name: 'failures'
    title: 'Many jobs of a target fail'
    severity: 2
    every: 'PT15M'
    over: 'PT6H'
    query: loadTextContent('../monitor/queries/alert-failures.kql')
  }
  {
    name: 'spend'
    title: 'A day costs more than it may'
    severity: 1
    every: 'PT1H'
    over: 'P1D'
    query: replace(loadTextContent('../monitor/queries/alert-spend.kql'), 'DAILY_SPEND', string(dailySpend))
  }
  {
    name: 'throttling'
    title: 'A service is asked too often'
    severity: 2
    every: 'PT15M'
    over: 'PT1H'
    query: loadTextContent('../monitor/queries/alert-throttling.kql')
  }
  {
    name: 'dead-letters'
    title: 'Events were not delivered'
    severity: 1
    every: 'PT5M'
    over: 'PT15M'
    query: loadTextContent('../monitor/queries/alert-dead-letters.kql')
  }
]

resource rules 'Microsoft.Insights/scheduledQueryRules@2023-12-01' = [for alert in alerts: {
  name: '${prefix}${alert.name}'
  location: location
  tags: tags
  kind: 'LogAlert'
  properties: {
    displayName: 'Durable Quantum Jobs: ${alert.title}'
    severity: alert.severity
    enabled: true
    scopes: [logAnalyticsId]
    evaluationFrequency: alert.every
    windowSize: alert.over
    // A table of a new workspace is not there before its first row.
    skipQueryValidation: true
    autoMitigate: true
    criteria: {
      allOf: [
        {
          query: alert.query
          timeAggregation: 'Count'
          operator: 'GreaterThan'
          threshold: 0
          failingPeriods: {
            numberOfEvaluationPeriods: 1
            minFailingPeriodsToAlert: 1
          }
        }
      ]
    }
    actions: {
      actionGroups: [actionGroupId]
    }
  }
}]
